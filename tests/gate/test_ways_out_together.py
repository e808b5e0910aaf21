"""A change of several fields at once: the way out of each of its refusals is followed, and then the
gate allows it.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pmlint.cli import commands
from tests.gate.attack_data import Case, Repository
from tests.gate.test_ways_out import FILLED, printed

MACHINE = '- {handle: "@ci", name: CI, signs: [budgets], allowed_signer: "${key ci}"}\n'
TEAM = {"people": {"name: Kim": "name: Kim, team: desk"}}
KNOWN = '{"postmortem": "PM-2026-007", "rule": "slow-containment", "subject": ""}'


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, keys: Path) -> Repository:
    return Repository.create(tmp_path_factory.mktemp("recorded"), "recorded", keys)


@pytest.fixture
def desk(recorded: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setattr("tests.gate.attack_data.TODAY", date.today().isoformat())
    repository = recorded.copy(tmp_path / "repository")
    monkeypatch.chdir(repository.root)
    return repository


def refusals(desk: Repository, edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        desk.judge(Case("together", "recorded", {"edits": edits}, ()))[-1].text
    )["refusals"]
    return found


def follow(desk: Repository, helps: list[str]) -> str:
    """Run every command of the helps, and ask the same gate again."""
    for help in helps:
        for words in printed(help, FILLED):
            assert not commands.main(words, standalone_mode=False), words
    return desk.ask(desk.commit(), {}, "recorded").verdict


@pytest.mark.parametrize(
    ("edits", "fields"),
    [
        (
            [
                {
                    "pm": {
                        '    control: price-approval\n    owner: "@tom"': '    control: freshness\n    owner: "@eva"'
                    }
                },
                {"pm": {"deadline: 2026-10-30": "deadline: 2026-11-20"}},
                {
                    "pm": {
                        "customers: 41\n": "customers: 40\n",
                        "amount: 1230": "amount: 100",
                    }
                },
            ],
            [
                "actions[].control",
                "actions[].deadline",
                "actions[].owner",
                "impact.cost.amount",
                "impact.customers",
            ],
        ),
        (
            [{"pm": {"id: R2": "id: R9", "50 replies": "40 replies"}}],
            ["restart.conditions[].id", "restart.conditions[].text"],
        ),
        (
            [{"people": {"signs: [budgets]": "signs: [replays]", "name: CI": "name: The CI"}}],
            ["[].signs[]"],
        ),
        (
            [
                {
                    "conf": {
                        "since = 2026-01-01": "since = 2026-09-01",
                        "visible-defect = 90": "visible-defect = 99",
                    }
                },
                {"policy": {"level: error": "level: warning\nsince: 2026-11-01"}},
                {"conf": {"pmlint-baseline": "known"}},
                {"write": {"known.json": f'{{"version": 1, "known": [{KNOWN}]}}'}},
            ],
            ["horizon.*", "known[]", "level", "since", "since"],
        ),
    ],
    ids=["an action", "conditions", "signs", "what judges"],
)
def test_all_ways_out_of_a_change(
    edits: list[dict[str, Any]], fields: list[str], desk: Repository
) -> None:
    desk.prepare([[{"append": {"people": MACHINE}}]])
    found = refusals(desk, edits)
    assert sorted(one.get("field", one["message"]) for one in found) == fields
    assert follow(desk, [one["help"] for one in found]) == "allowed"


def test_a_field_that_no_person_has(desk: Repository) -> None:
    """Taken out where the change brings it; where the base has it, that it goes is a decision."""
    (brought,) = refusals(desk, [TEAM])
    assert brought["help"] == "take 'team' out: it is not a field of a person"
    desk.play([{"people": {", team: desk": ""}}])
    assert follow(desk, []) == "allowed"
    desk.git("checkout", "-q", "main")
    desk.prepare([[TEAM]])
    (gone,) = refusals(desk, [{"people": {", team: desk": ""}}])
    assert follow(desk, [gone["help"]]) == "allowed"


def test_a_configuration_that_is_taken_out_is_restored(desk: Repository) -> None:
    helps = {one["help"] for one in refusals(desk, [{"delete": ["conf"]}])}
    assert {"restore pmlint.toml"} <= helps
    desk.git("checkout", "-q", "main", "--", "pmlint.toml")
    assert follow(desk, []) == "allowed"
