"""The attacks of refunds.yaml are refused for the right reason, and their honest twins allowed;
however the change is expressed.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.gate.attack_data import Case, mistake
from tests.gate.refund_data import REFUNDS, RefundRepository, refund_cases

CASES = tuple(refund_cases())
ATTACKS = [case for case in CASES if case.codes]
HONEST = [case for case in CASES if not case.codes]
OTHER_WAYS = {"staged": {"words": ["--staged"]}, "unstaged": {"words": ["--worktree"]}}
"""How a change is made without a commit, and asked about."""


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> RefundRepository:
    return RefundRepository(template, template).copy(tmp_path / "repository")


def wrong(repository: RefundRepository, case: Case) -> str:
    """What is wrong with the answer to a case; empty where nothing is."""
    repository.prepare(case.entry.get("before", []))
    return mistake(case, repository.judge(case)[-1], repository)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(repository: RefundRepository, case: Case) -> None:
    assert wrong(repository, case) == ""


@pytest.mark.parametrize("way", OTHER_WAYS)
@pytest.mark.parametrize("case", [*ATTACKS[::9], *HONEST[::7]], ids=lambda case: case.id)
def test_the_same_verdict_however_it_is_expressed(
    repository: RefundRepository, case: Case, way: str
) -> None:
    entry = {**case.entry, "edits": [], way: case.entry["edits"], **OTHER_WAYS[way]}
    assert wrong(repository, case._replace(entry=entry)) == ""


def test_the_list_is_long_enough_and_each_name_is_there_once() -> None:
    assert len(ATTACKS) >= 170
    assert len(HONEST) >= 60
    assert [name for name, times in Counter(case.name for case in CASES).items() if times > 1] == []
    assert all({"kind", "code"} <= entry.keys() for entry in REFUNDS["attacks"])
