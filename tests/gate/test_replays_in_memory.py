"""The catalogue of replays, judged in memory, so that each refusal is seen whole and mutants can be
tried. `test_attacks.py` plays each in a real repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pmlint.check.verdict import Verdict
from pmlint.gate.case import GateChange
from pmlint.gate.statements import HandedStatement
from pmlint.gate.verdict import judge
from tests.gate.attack_data import Case, cases
from tests.gate.memory_repository import MemoryRepository
from tests.gate.replay_data import replay_text
from tests.gate.said import SaidFile
from tests.gate.test_attacks_in_memory import verbs
from tests.gate.world import TODAY

SAID = SaidFile("replays_said.json")


class Replays(MemoryRepository):
    """A repository in memory that knows the ids of its files."""

    def blob_of(self, file: str) -> str:
        return self.objects.blob_at(self.target, file)


def played() -> Iterator[Case]:
    """Those that need neither a key nor what only git knows."""
    for case in cases("replay", every=("recorded",)):
        changes = (*case.entry.get("before", []), case.entry.get("edits", []))
        used = {verb for edits in changes for verb in verbs(edits)}
        signed = (
            isinstance(case.entry.get("replays"), Mapping) and "signed" in case.entry["replays"]
        )
        if "edits" in case.entry and not signed and not used & {"branch", "statement", "run"}:
            yield case


CASES = list(played())


def verdict_of(entry: Mapping[str, Any]) -> Verdict:
    repository = Replays()
    repository.prepare(entry.get("before", []))
    handed = None
    if "replays" in entry:
        text = replay_text(repository, entry["replays"])
        handed = HandedStatement("replays.json", text.encode())
    repository.play(entry["edits"])
    objects = repository.objects
    head = objects.add(repository.files_now)
    author = entry.get("author", MemoryRepository.author)
    change = GateChange(objects, repository.target, head, objects.tree(head), TODAY, author)  # type: ignore[arg-type]
    return judge(change._replace(replays=handed))


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case(case: Case, update: bool) -> None:
    SAID.check_verdict(case, verdict_of(case.entry), update)


def test_most_of_the_catalogue_is_played() -> None:
    assert len(CASES) > 60
    assert SAID.names == {case.name for case in CASES if case.codes}
