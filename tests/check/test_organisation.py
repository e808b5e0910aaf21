"""What an organisation demands cannot be loosened by a repository, alone or together, and each try
is a row.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.check.engine import check_tree
from pmlint.check.organisation import Demanded, judge_demands
from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.days import exactly
from pmlint.project.organisation import files_of, read_organisation

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
TODAY = "2026-11-20"
ORG = 'version = 1\nrequired_rules = ["overdue-action"]\nmax_waiver_days = 30\nlevels = {overdue-action = "error"}\n'
LATE = (FILE, 40, "overdue-action")
WAIVER = 'waivers: [{rule: overdue-action, reason: "the vendor is late", approved_by: "@maria", until: 2026-12-01}]\n'
LOOSENINGS: dict[str, tuple[str, dict[str, str]]] = {
    "ignore": ('ignore = ["overdue-action"]\n', {}),
    "select": ('select = ["action-owner"]\n', {}),
    "level": ('[rules.overdue-action]\nlevel = "warning"\n', {}),
    "off": ('[rules.overdue-action]\nlevel = "off"\nreason = "later"\n', {}),
    "since": ("since = 2026-11-01\n", {}),
    "waiver": ("", {"restart:\n  cond": f"{WAIVER}restart:\n  cond"}),
    "baseline": ("", {}),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "repository")
    (tmp_path / "org" / "policies").mkdir(parents=True)
    (tmp_path / "org" / "org.toml").write_text(ORG)
    (tmp_path / "repository" / "pmlint.toml").write_text("")
    return tmp_path


def loosen(root: Path, name: str) -> None:
    configuration, edits = LOOSENINGS[name]
    if name == "baseline":
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(root / "repository")
            CliRunner().invoke(commands, ["baseline", "--now", TODAY], catch_exceptions=False)
    settings = root / "repository" / "pmlint.toml"
    # tables come last, or they would swallow the keys
    settings.write_text(
        settings.read_text() + configuration
        if configuration.startswith("[")
        else configuration + settings.read_text()
    )
    file = root / "repository" / FILE
    for old, new in edits.items():
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))


def demanded(root: Path) -> Demanded:
    tree = WorkTree(str(root / "repository"))
    settings, day = load(tree), exactly(date.fromisoformat(TODAY))
    judged = check_tree(tree, settings, day)
    return judge_demands(
        tree, settings, day, read_organisation(files_of(str(root / "org"))), judged
    )


def late(found: Demanded) -> list[str]:
    return [str(one.level) for one in found.report.counted if one.code == "overdue-action"]


def test_a_finding_of_both_passes_is_one(root: Path) -> None:
    found = demanded(root)
    assert late(found) == ["error"]
    assert found.loosened == ()
    assert {key[0] for key in found.by_organisation} == {"overdue-action"}


@pytest.mark.parametrize("name", LOOSENINGS)
def test_what_a_repository_takes_away_comes_back(name: str, root: Path) -> None:
    loosen(root, name)
    found = demanded(root)
    assert late(found) == ["error"]
    how = "level" if name == "off" else name
    [row] = found.loosened
    assert (row.rule, row.how, row.findings) == ("overdue-action", how, 1)
    files = {"waiver": FILE, "baseline": "pmlint-baseline.json"}
    assert row.file == files.get(name, "pmlint.toml")
    assert row.row > 1 if name in ("waiver",) else row.row >= 1


def test_all_of_them_together(root: Path) -> None:
    for name in ("waiver", "baseline", "ignore", "since", "off"):
        loosen(root, name)
    found = demanded(root)
    assert late(found) == ["error"]
    assert len(found.loosened) == 1


def test_a_policy_of_the_same_id_counts_for_nothing(root: Path) -> None:
    text = (Path(__file__).parents[2] / "policies" / "action-deadline.yaml").read_text()
    (root / "repository" / "policies").mkdir()
    softened = text.replace("<= settings.horizon", "<= 10000 + settings.horizon")
    assert softened != text
    (root / "repository" / "policies" / "action-deadline.yaml").write_text(softened)
    (root / "org" / "org.toml").write_text(
        'version = 1\nrequired_rules = ["action-deadline"]\nhorizon = {customer-visible-defect = 1, control-breach = 1, internal-impact = 1, near-miss = 1}\n'
    )
    found = demanded(root)
    assert "action-deadline" in {one.code for one in found.report.counted}
    assert [row.how for row in found.loosened] == ["override"]


@pytest.mark.parametrize(
    ("gate", "rows"),
    [
        ("", []),
        ('approvals = "recorded"\n', [("approvals", 2)]),
        ('approvals = "signature"\nagents = ["claude*", "bots-*"]\n', []),
        ('approvals = "recorded"\nagents = ["bots-*"]\n', [("approvals", 2), ("agents", 3)]),
        ("agents = []\n", [("agents", 2)]),
    ],
)
def test_a_gate_that_asks_for_less_is_a_row(
    gate: str, rows: list[tuple[str, int]], root: Path
) -> None:
    (root / "org" / "org.toml").write_text(
        'version = 1\napprovals = "forge"\nagents = ["claude*"]\n'
    )
    (root / "repository" / "pmlint.toml").write_text(f"[gate]\n{gate}")
    found = demanded(root).loosened
    assert found == tuple((name, name, "pmlint.toml", row, 0) for name, row in rows)


@pytest.mark.parametrize("words", ['languages = ["de"]\n', '[words.remove]\nvow = ["seriously"]\n'])
def test_own_words_that_keep_a_rule_silent_are_a_row(words: str, root: Path) -> None:
    (root / "org" / "org.toml").write_text('version = 1\nrequired_rules = ["vow"]\n')
    (root / "repository" / "pmlint.toml").write_text(f"[words]\n{words}")
    file = root / "repository" / FILE
    file.write_text(file.read_text().replace("## ", "We take this very seriously.\n\n## ", 1))
    found = demanded(root)
    assert "vow" in {one.code for one in found.report.counted}
    assert found.loosened == (("vow", "override", "pmlint.toml", 1, 1),)


def test_an_organisation_that_asks_for_no_approvals_has_no_row(root: Path) -> None:
    (root / "repository" / "pmlint.toml").write_text(
        '[gate]\napprovals = "recorded"\nagents = []\n'
    )
    assert demanded(root).loosened == ()


def test_a_short_waiver_of_what_is_not_required_counts(root: Path) -> None:
    (root / "org" / "org.toml").write_text(
        'version = 1\nmax_waiver_days = 30\nlevels = {overdue-action = "error"}\n'
    )
    loosen(root, "waiver")
    assert late(demanded(root)) == []
    (root / "org" / "org.toml").write_text(
        'version = 1\nmax_waiver_days = 5\nlevels = {overdue-action = "error"}\n'
    )
    assert late(demanded(root)) == ["error"]


def test_a_repository_may_demand_more(root: Path) -> None:
    (root / "org" / "org.toml").write_text('version = 1\nlevels = {overdue-action = "warning"}\n')
    assert late(demanded(root)) == ["warning"]
    (root / "repository" / "pmlint.toml").write_text('[rules.overdue-action]\nlevel = "error"\n')
    assert late(demanded(root)) == ["error"]
    assert demanded(root).loosened == ()


def test_a_policy_of_the_organisation(root: Path) -> None:
    (root / "org" / "policies" / "two-authors.yaml").write_text(POLICY)
    found = demanded(root)
    assert "two-authors" in {one.code for one in found.report.counted}
    assert found.loosened == ()


POLICY = """\
id: two-authors
title: A review has one author
level: error
applies_to: postmortem
require: size(postmortem.authors) > 1
message: "'one author'"
at: postmortem.authors
why: Two see more than one.
fix: Name both.
examples:
  - fails: 1
    at: authors
    set: {authors: ["@dana"]}
  - fails: 0
    set: {authors: ["@dana", "@tom"]}
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 2\n", "more than 1"),
        ("required_rules = []\n", "has no 'version'"),
        ("version = 1\nrequired = []\n", "required"),
        ('version = 1\nrequired_rules = ["overdue-actoin"]\n', "there is no rule 'overdue-actoin'"),
        ('version = 1\nagents = ["*"]\n', "has no letter or digit"),
        ("version = \n", "org.toml"),
    ],
)
def test_what_is_wrong_is_exit_2_for_everybody(text: str, says: str, root: Path) -> None:
    (root / "org" / "org.toml").write_text(text)
    with pytest.raises(UsageError) as raised:
        demanded(root)
    assert says in f"{raised.value.file} {raised.value.message} {raised.value.help}"


def test_by_the_command_line(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loosen(root, "ignore")
    monkeypatch.chdir(root / "repository")

    def run(*words: str) -> tuple[int, list[dict[str, Any]]]:
        words = ("check", "--now", TODAY, "--output-format", "json", *words)
        done = CliRunner().invoke(commands, list(words), standalone_mode=False)
        code = done.return_value if isinstance(done.return_value, int) else done.exit_code
        return code, json.loads(done.stdout)["findings"]

    assert run() == (0, [])
    # the same documents, with the demand of somebody else
    code, findings = run("--policies", str(root / "org"))
    assert (code, [one["code"] for one in findings]) == (1, ["overdue-action"])
    assert run(FILE, "--policies", str(root / "org"))[0] == 1
