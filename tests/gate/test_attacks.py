"""The catalogue of attacks and of their honest twins, each in a real repository, asked of the real command line.

``python -m tests.gate.figures`` counts them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.gate.attack_data import (
    CATALOGUE,
    Case,
    Repository,
    cases,
    mistake,
)

OPEN = {
    "refused | another test is verified in the change that restarts",
    "refused | one replica no longer counts as on",
    "refused | a commit of another repository closes an action about a file of this one",
    "refused | a proof is verified as what it will be after the next change",
    "refused | a note in the evidence closes an action that names no place",
    "refused | another file of GitLab lets the job fail",
    "refused | a free route has the tool among those that read",
    "allowed | a native file of the mapped route runs",
    "allowed | the native route gets a mapped place that is on",
}
"""What the fresh attacks found, and the gate still judges wrong."""
SECTIONS = ("attacks", "passes", "trust")
ALL = [
    # Where approvals are asked for, the same answers are given; with signatures ssh-keygen runs, too.
    pytest.param(case, id=case.id, marks=() if case.mode == "recorded" else pytest.mark.slow)
    for section in SECTIONS
    for case in cases(section)
]


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case, repositories: dict[str, Repository], tmp_path: Path) -> None:
    repository = repositories[case.mode].copy(tmp_path / "repository")
    repository.prepare(case.entry.get("before", []))
    answers = repository.judge(case)
    wrong = mistake(case, answers[-1], repository)
    if case.id.rpartition(" | ")[0] in OPEN:
        assert wrong, "it is judged right by now"
        pytest.xfail(wrong)
    assert not wrong, f"{wrong}\n{answers[-1].text}"


def test_every_attack_has_a_twin_a_kind_and_a_code() -> None:
    for entry in CATALOGUE["attacks"]:
        assert {"name", "kind", "code", "twin"} <= set(entry), entry["name"]
    assert len(CATALOGUE["attacks"]) >= 180
    names = Counter(entry["name"] for section in (*SECTIONS, "agents", "agent_passes") for entry in CATALOGUE[section])
    assert [name for name, times in names.items() if times > 1] == []
