"""Attacks are refused, for the right reason; honest changes of the same shape are allowed; however the change is expressed."""

from __future__ import annotations

import pytest

from pmlint.errors import UsageError
from tests.gate.catalogue import ATTACKS, HONEST, Entry
from tests.gate.world import World, said

HOW = ("branch", "staged", "worktree")


def asked(world: World, entry: Entry, how: str) -> str:
    if entry.before is not None:
        entry.before(world)
        world.commit()
    entry.edit(world)
    try:
        return said(world.verdict(how=how))
    except UsageError as error:
        return f"UsageError: {error.message}"


@pytest.mark.parametrize("entry", ATTACKS, ids=lambda entry: entry.name)
def test_attack(world: World, entry: Entry) -> None:
    answer = asked(world, entry, "branch")
    assert not answer.startswith("allowed")
    assert entry.says in answer


@pytest.mark.parametrize("entry", HONEST, ids=lambda entry: entry.name)
def test_honest(world: World, entry: Entry) -> None:
    assert asked(world, entry, "branch").startswith("allowed")


@pytest.mark.parametrize("how", HOW[1:])
@pytest.mark.parametrize("entry", [*ATTACKS[::9], *HONEST[::7]], ids=lambda entry: entry.name)
def test_the_same_verdict_however_it_is_expressed(world: World, entry: Entry, how: str) -> None:
    answer = asked(world, entry, how)
    assert answer.startswith("allowed") != bool(entry.says), answer
    assert entry.says in answer


def test_the_catalogue_is_long_enough() -> None:
    assert len(ATTACKS) >= 120
    assert len(HONEST) >= 50
    assert len({entry.name for entry in (*ATTACKS, *HONEST)}) == len(ATTACKS) + len(HONEST)
