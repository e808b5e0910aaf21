"""The catalogue of attacks, judged in memory: in milliseconds, so that each refusal is seen whole,
in two modes of approvals, and mutants of the checks can be tried. `test_attacks.py` plays each in a
real repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pmlint.check.verdict import Verdict
from pmlint.gate.approvals import GivenApproval
from tests.gate.attack_data import PARTS, Case, cases
from tests.gate.memory_repository import MemoryRepository
from tests.gate.said import SaidFile

SECTIONS = ("attacks", "passes", "trees", "git", "stretch", "agents", "agent_passes")
MODES = ("recorded", "forge")
"""Signatures of approvals are for real keys."""
OF_GIT = {"git", "words", "environment", "event", "staged", "unstaged", "commits", "meanwhile"}
OF_GIT |= {"budgets", "replays", "now", "twice", "by", "message"}
"""Keys of an entry that only a real repository has an answer to."""
AGENT = "claude[bot]"
"""Who makes a change of an agent; `test_agents.py` has the other ways in which one says so."""
VERBS_OF_GIT = {
    "encode",
    "run",
    "branch",
    "submodule",
    "sign",
    "statement",
    "mode",
    "side",
    "store",
}
SAID = SaidFile("attacks_said.json")


def verbs(edits: list[Mapping[str, Any]]) -> Iterator[str]:
    """What some edits do, with the parts that they name."""
    for edit in edits:
        for verb, what in edit.items():
            if verb == "do":
                yield from verbs(PARTS[what])
            else:
                yield verb
                yield from (str(what),) if "${key" in str(what) else ()


def is_played(case: Case) -> bool:
    entry = case.entry
    changes = entry.get("steps") or [entry.get("edits")]
    if OF_GIT & entry.keys() or not all(isinstance(edits, list) for edits in changes):
        return False
    every = [verb for edits in (*entry.get("before", []), *changes) for verb in verbs(edits)]
    return not any(verb in VERBS_OF_GIT or "${key" in verb for verb in every)


def played() -> Iterator[Case]:
    for section in SECTIONS:
        for case in cases(section, every=MODES):
            if case.mode in MODES and is_played(case):
                author = {"author": AGENT} if section.startswith("agent") else {}
                yield case._replace(entry={**author, **case.entry})


CASES = list(played())


def given(entry: Mapping[str, Any], repository: MemoryRepository) -> Iterator[GivenApproval]:
    """The approvals that an entry hands over."""
    for one in entry.get("approvals", ()):
        own = one if isinstance(one, Mapping) else {"login": one.lstrip("@")}
        commit = repository.filled(own.get("commit", "")).strip('"')
        yield GivenApproval(own["login"], own.get("state", "APPROVED"), commit)


def last_verdict(case: Case) -> Verdict:
    """What is said of the last change of a case; one that is allowed is merged before the next."""
    entry = case.entry
    repository = MemoryRepository(case.mode)
    repository.prepare(entry.get("before", []))
    author = entry.get("author", MemoryRepository.author)
    for edits in entry.get("steps") or [entry["edits"]]:
        approvals = [] if case.mode == "recorded" else list(given(entry, repository))
        verdict = repository.verdict(edits, author, approvals=approvals)
        if verdict.verdict != "allowed":
            break
        repository.target = repository.objects.add(repository.files_now)
    return verdict


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case, update: bool) -> None:
    name = "" if case.mode == "recorded" else f"{case.name} | {case.mode}"
    SAID.check_verdict(case, last_verdict(case), update, name)


def test_most_of_the_catalogue_is_played() -> None:
    assert len(CASES) > 1000
    names = {case.name for case in CASES if case.codes}
    assert {name.partition(" | ")[0] for name in SAID.names} == names
