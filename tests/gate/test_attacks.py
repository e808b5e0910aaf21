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

SECTIONS = ("attacks", "passes", "trust", "replay")
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
    assert not wrong, f"{wrong}\n{answers[-1].text}"


def test_every_attack_has_a_twin_a_kind_and_a_code() -> None:
    for entry in CATALOGUE["attacks"]:
        assert {"name", "kind", "code", "twin"} <= set(entry), entry["name"]
    assert len(CATALOGUE["attacks"]) >= 180
    names = Counter(entry["name"] for section in (*SECTIONS, "agents", "agent_passes") for entry in CATALOGUE[section])
    assert [name for name, times in names.items() if times > 1] == []
