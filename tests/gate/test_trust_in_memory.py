"""The catalogue of trust, judged in memory: stages, budgets and drills answer in milliseconds, so
that mutants of them can be tried. `test_attacks.py` plays each in a real repository.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.gate.attack_data import CATALOGUE, PARTS, STATEMENTS
from tests.gate.memory_repository import MemoryRepository
from tests.gate.replay_data import REPLAY
from tests.gate.said import SaidFile, said

OF_GIT = {"steps", "git", "words", "environment", "event", "staged", "commits", "now"}
"""Keys of an entry that only a real repository has an answer to."""

PARTS_OF_GIT = ("${key", "${head", "'statement'", "'side'", "'branch'")


def said_of(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The values of the statement that an entry hands over; None where memory has none like it."""
    what = entry.get("budgets", {})
    patch = STATEMENTS[what] if isinstance(what, str) else what
    return None if "signed" in patch else patch


def replays_of(entry: Mapping[str, Any]) -> Any:
    """The values of the statement of replays that an entry hands over; None as above."""
    what = entry.get("replays", {})
    patch = REPLAY["statements"][what] if isinstance(what, str) else what
    return None if "signed" in patch else what


def written(what: object) -> str:
    """What an entry edits, with the parts that it names."""
    text = str(what)
    names = re.findall(r"'do': '([^']+)'", text)
    return text + "".join(written(PARTS[name]) for name in names)


def is_played(entry: Mapping[str, Any]) -> bool:
    return (
        "edits" in entry
        and not OF_GIT & entry.keys()
        and "recorded" in entry.get("modes", ("recorded",))
        and not any(one in f"{written(entry)}{said_of(entry)}" for one in PARTS_OF_GIT)
        and said_of(entry) is not None
        and replays_of(entry) is not None
    )


def cases() -> Iterator[tuple[str, Mapping[str, Any], set[str]]]:
    """Each attack with its codes, and each twin with none."""
    for section in ("trust", "replay", "fresh_trust", "second_trust", "third_trust"):
        for entry in CATALOGUE[section]:
            code = entry.get("code", ())
            codes = {code} if isinstance(code, str) else set(code)
            honest = {**entry, **entry.get("twin", {})}
            for name, own, wanted in ((entry["name"], entry, codes), ("twin", honest, set[str]())):
                if is_played(own) and (wanted or "twin" in entry):
                    yield f"{entry['name']} | {name}" if not wanted else name, own, wanted


CASES = list(cases())


SAID = SaidFile("trust_said.json")


@pytest.mark.parametrize(("name", "entry", "codes"), CASES, ids=[one[0] for one in CASES])
def test_case(name: str, entry: Mapping[str, Any], codes: set[str], update: bool) -> None:
    repository = MemoryRepository()
    repository.prepare(entry.get("before", []))
    handed = said_of(entry) if "budgets" in entry else None
    author = entry.get("author", MemoryRepository.author)
    replays = replays_of(entry) if "replays" in entry else None
    verdict = repository.verdict(entry["edits"], author, handed, replays=replays)
    given = {refusal.code for refusal in verdict.refusals}
    if codes:
        assert verdict.verdict != "allowed"
        assert given & codes, given
        SAID.check(name, said(verdict), update)
    else:
        assert (verdict.verdict, given) == ("allowed", set())


def test_most_of_the_catalogue_is_played() -> None:
    assert len(CASES) > 250
