"""Attacks in other forms, everyday changes, and changes that a mutant of the gate took for another:
the rows of `attacks_forms.yaml` and `attacks_whole.yaml`, judged in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pmlint.check.verdict import Verdict
from tests.gate import DATA
from tests.gate.attack_data import Edit
from tests.gate.memory_repository import MemoryRepository
from tests.gate.said import SaidFile, said
from tests.gate.test_attacks_in_memory import given
from tests.yaml_file import read_yaml

FORMS = [read_yaml(DATA / name) for name in ("attacks_forms.yaml", "attacks_whole.yaml")]
ATTACKS = [entry for forms in FORMS for entry in forms["attacks"]]
PASSES = [entry for forms in FORMS for entry in forms["passes"]]
SAID = SaidFile("forms_said.json")


def name_of(entry: Mapping[str, Any]) -> str:
    return str(entry["name"])


def verdict_of(entry: Mapping[str, Any], edits: list[Edit]) -> Verdict:
    """What is said of edits on the base of an entry."""
    repository = MemoryRepository(entry.get("mode", "recorded"))
    repository.prepare(entry.get("before", []))
    author = entry.get("author", MemoryRepository.author)
    return repository.verdict(edits, author, approvals=given(entry, repository))


@pytest.mark.parametrize("entry", ATTACKS, ids=name_of)
def test_an_attack_is_refused_and_its_twin_allowed(entry: dict[str, Any], update: bool) -> None:
    refused = verdict_of(entry, entry["edits"])
    codes = {refusal.code for refusal in refused.refusals}
    assert refused.verdict != "allowed"
    assert codes & set(entry["code"]), codes
    assert all(refusal.help and refusal.path for refusal in refused.refusals)
    approvals = entry.get("twin_approvals", entry.get("approvals", []))
    twin = verdict_of({**entry, "approvals": approvals}, entry["twin"])
    assert [refusal.message for refusal in twin.refusals] == []
    assert twin.verdict == "allowed"
    SAID.check(entry["name"], said(refused), update)


@pytest.mark.parametrize("entry", PASSES, ids=name_of)
def test_an_everyday_change_is_allowed(entry: dict[str, Any]) -> None:
    verdict = verdict_of(entry, entry["edits"])
    assert [refusal.message for refusal in verdict.refusals] == []
    assert verdict.verdict == "allowed"


def test_what_is_said_is_of_these_attacks() -> None:
    assert SAID.names == set(map(name_of, ATTACKS))
