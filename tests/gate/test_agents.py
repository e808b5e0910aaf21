"""Agents as authors: what is refused and what is allowed, however the change says that an agent
made it (docs/spec/agents.md).
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from tests.gate.agent_data import SECTIONS, agent_cases, among_honest
from tests.gate.attack_data import CATALOGUE, MODES, Case, Repository, mistake

ALL = [
    pytest.param(case, id=case.id, marks=() if number == 0 else pytest.mark.slow)
    for section in SECTIONS
    for _, group in groupby(agent_cases(section), lambda case: case.entry["edits"])
    for number, case in enumerate(group)
]


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case, repositories: dict[str, Repository], tmp_path: Path) -> None:
    repository = repositories[case.mode].copy(tmp_path / "repository")
    repository.prepare(case.entry["before"])
    answers = repository.judge(case)
    wrong = mistake(case, answers[-1], repository)
    assert not wrong, f"{wrong}\n{answers[-1].text}"


PEOPLE = [(section, entry["name"]) for section in SECTIONS for entry in CATALOGUE[section]]
LINE = {"message": "Work\n\nCo-authored-by: codex[bot] <codex[bot]@example.org>\n"}


@pytest.mark.parametrize(
    "is_between",
    [False, pytest.param(True, marks=pytest.mark.slow)],
    ids=["alone", "between commits of an agent"],
)
@pytest.mark.parametrize(("section", "name"), PEOPLE, ids=[name for _, name in PEOPLE])
def test_a_person_is_judged_as_without_agents(
    section: str, name: str, is_between: bool, repositories: dict[str, Repository], tmp_path: Path
) -> None:
    """The same change made by a person, also where the honest commits around it are an agent's."""
    entry = next(entry for entry in CATALOGUE[section] if entry["name"] == name)
    if is_between:
        entry = {**entry, **among_honest(entry, inside={}, outside=LINE)}
    repository = repositories["recorded"].copy(tmp_path / "repository")
    repository.prepare(entry.get("before", []))
    answer = repository.judge(Case(name, "recorded", entry, ()))[-1]
    assert (sorted(answer.codes) or answer.verdict) == entry.get("by_a_person", "allowed")


def test_each_change_of_an_agent_is_made_in_every_way_and_mode() -> None:
    assert len(CATALOGUE["agents"]) >= 40
    assert len(CATALOGUE["agent_passes"]) >= 20
    found = [case for section in SECTIONS for case in agent_cases(section)]
    assert Counter(case.mode for case in found).keys() == set(MODES)
    for way in CATALOGUE["agent_ways"]:
        assert sum(case.name.endswith(f"| {way['name']}") for case in found) >= 2 * 60


def test_what_an_agent_wrote_into_a_file_is_shown_where_it_is(
    repositories: dict[str, Repository], tmp_path: Path
) -> None:
    repository = repositories["recorded"].copy(tmp_path / "repository")
    edits = [
        {"conf": {"since = 2026-01-01": "since = 2025-01-01"}},
        {"append": {"people": '- {handle: "@zoe", name: Zoe}\n'}},
        {"policy": {"title: The cost": "title: A cost"}},
        {"delete": ["base"]},
        {"job": {"run: python -I -m pmlint gate": "run: python -I -m pmlint gate || true"}},
    ]
    entry = {"author": "codex[bot]", "edits": edits}
    answer = repository.judge(Case("whole files", "recorded", entry, ("agent-overreach",)))[-1]
    shown = {
        (one.path, one.row, one.side) for one in answer.refusals if one.code == "agent-overreach"
    }
    assert shown == {
        ("pmlint.toml", 4, ""),
        ("people.yaml", 9, ""),
        ("policies/cost-is-stated.yaml", 2, ""),
        ("pmlint-baseline.json", 1, "base"),
        (".github/workflows/postmortems.yml", 21, ""),
    }
