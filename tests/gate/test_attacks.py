"""The catalogue of attacks and of their honest twins, each in a real repository, asked of the real
command line.

``python -m tests.gate.figures`` counts them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.gate.attack_data import (
    CATALOGUE,
    Case,
    PreparedBases,
    cases,
    mistake,
)

SECTIONS = (
    "attacks",
    "trees",
    "git",
    "passes",
    "trust",
    "replay",
    "fresh_trust",
    "second_trust",
    "third_trust",
    "stretch",
)


def distinct() -> Iterator[Case]:
    """Every case, but an honest change that is the twin of several attacks only once."""
    played = set()
    for section in SECTIONS:
        for case in cases(section):
            entry = {name: value for name, value in case.entry.items() if name != "name"}
            key = json.dumps([case.mode, entry], sort_keys=True, default=str)
            if case.codes or key not in played:
                yield case
            played.add(key)


ALL = [
    # Where approvals are asked for, the same answers are given; with signatures ssh-keygen runs,
    # too.
    pytest.param(case, id=case.id, marks=() if case.mode == "recorded" else pytest.mark.slow)
    for case in distinct()
]


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case, bases: PreparedBases, tmp_path: Path) -> None:
    repository = bases.copy(case, tmp_path / "repository")
    answers = repository.judge(case)
    wrong = mistake(case, answers[-1], repository)
    assert not wrong, f"{wrong}\n{answers[-1].text}"


def test_every_attack_has_a_twin_a_kind_and_a_code() -> None:
    sections = ("attacks", "fresh_trust", "second_trust", "third_trust", "stretch")
    for entry in chain.from_iterable(CATALOGUE[section] for section in sections):
        assert {"name", "kind", "code", "twin"} <= set(entry), entry["name"]
    assert len(CATALOGUE["attacks"]) >= 180
    assert len(CATALOGUE["fresh_trust"]) >= 60
    names = Counter(
        entry["name"]
        for section in (*SECTIONS, "agents", "agent_passes")
        for entry in CATALOGUE[section]
    )
    assert [name for name, times in names.items() if times > 1] == []
