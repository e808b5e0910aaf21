"""Waivers and the baseline: what they set aside is counted, and what they may not hide is not
hidden.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.check.engine import check_tree
from pmlint.cli import commands
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
BROKEN = (
    "done_when: the alert refund-rescues pages @maria above 3 rescues in 10 minutes",
    "done_when: the alerting is in place",
)
RULE = "layer-without-end"


def printed(root: Path, waiver: str) -> list[str]:
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    file = root / FILE
    text = (
        file.read_text().replace(*BROKEN).replace("restart:\n", f"waivers: [{waiver}]\nrestart:\n")
    )
    file.write_text(text)
    tree = WorkTree(str(root))
    return render("concise", check_tree(tree, load(tree), date(2026, 10, 15)).report).splitlines()


GOOD = '{rule: layer-without-end, reason: "The alert is in review.", approved_by: "@eva", until: 2026-11-15}'


def test_a_waiver_sets_aside_and_is_counted(tmp_path: Path) -> None:
    assert printed(tmp_path, GOOD) == ["All clean: 1 postmortem and 1 route (1 waived)"]


def test_of_several_waivers_one_whose_approver_is_not_the_owner_counts(tmp_path: Path) -> None:
    by = [
        GOOD.replace("@eva", f"@{who}") for who in ("tom", "Tom", "eva", "dana")
    ]  # the action is Tom's, and Dana an author
    unused = [
        line.split(": ")[0] for line in printed(tmp_path, ", ".join(by)) if "unused-waiver" in line
    ]
    assert unused == [f"{FILE}:56:12", f"{FILE}:56:114"]
    assert not [
        line
        for line in printed(tmp_path, ", ".join(by))
        if RULE in line and "waives nothing" not in line and "@dana" not in line
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("2026-11-15", "2026-10-14"),
            "invalid-waiver: the waiver of 'layer-without-end' does not count: it expired on 2026-10-14",
        ),
        (
            ("2026-11-15", "2027-01-14"),
            "invalid-waiver: the waiver of 'layer-without-end' does not count: it is for more than 90 days",
        ),
        (
            ("@eva", "@dana"),
            "invalid-waiver: the waiver of 'layer-without-end' does not count: its approver @dana is an author",
        ),
        (
            ("@eva", "@Dana"),
            "invalid-waiver: the waiver of 'layer-without-end' does not count: its approver @Dana is an author",
        ),
        (
            ("layer-without-end", "schema"),
            "invalid-waiver: the waiver of 'schema' does not count: 'schema' can't be waived",
        ),
        (
            ("layer-without-end", "layer-without"),
            "invalid-waiver: there is no rule 'layer-without' to waive",
        ),
        (
            ("layer-without-end", "clock-order"),
            "unused-waiver: nothing here breaks 'clock-order', so this waives nothing",
        ),
        (
            ("@eva", "@tom"),
            "unused-waiver: nothing here breaks 'layer-without-end', so this waives nothing",
        ),
        (('reason: "The alert is in review.", ', ""), "schema: 'waiver' has no 'reason'"),
        ((", until: 2026-11-15", ""), "schema: 'waiver' has no 'until'"),
        ((' approved_by: "@eva",', ""), "schema: 'waiver' has no 'approved_by'"),
    ],
)
def test_a_waiver_that_does_not_count(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    lines = printed(tmp_path, GOOD.replace(*change))
    assert any(said in line for line in lines), lines
    assert "schema" in said or any(f"error {RULE}: " in line for line in lines), lines


def run(root: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.chdir(root)
    done = CliRunner().invoke(commands, [*words, "--now", "2026-10-15"])
    return done.exit_code, done.output


def test_the_baseline_only_shrinks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(printed(tmp_path, "")) == 2
    (tmp_path / "pmlint.toml").touch()
    assert run(tmp_path, monkeypatch, "baseline") == (
        0,
        "Wrote pmlint-baseline.json: 1 known finding\n",
    )
    assert json.loads((tmp_path / "pmlint-baseline.json").read_text())["known"] == [
        {"postmortem": "PM-2026-001", "rule": "layer-without-end", "subject": "A2"}
    ]
    assert run(tmp_path, monkeypatch, "check") == (
        0,
        "All clean: 1 postmortem and 1 route (1 in the baseline)\n",
    )
    assert run(tmp_path, monkeypatch, "baseline", "--check")[0] == 0
    with pytest.raises(Exception, match="there is a baseline already"):
        CliRunner().invoke(commands, ["baseline"], catch_exceptions=False)
    file = tmp_path / FILE
    file.write_text(file.read_text().replace(*reversed(BROKEN)))
    assert run(tmp_path, monkeypatch, "baseline", "--check") == (
        1,
        "no longer found: PM-2026-001 layer-without-end A2\npmlint-baseline.json: 1 known, 1 no longer found\n",
    )
    assert run(tmp_path, monkeypatch, "baseline", "--prune")[0] == 0
    assert json.loads((tmp_path / "pmlint-baseline.json").read_text())["known"] == []


def test_a_baseline_that_is_none_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(tmp_path, "")
    (tmp_path / "pmlint.toml").touch()
    (tmp_path / "pmlint-baseline.json").write_text("[]")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Exception, match="this is not a baseline"):
        CliRunner().invoke(commands, ["check"], catch_exceptions=False)


def test_waivers_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed(tmp_path, GOOD)
    (tmp_path / "pmlint.toml").touch()
    assert (
        "2026-11-15  PM-2026-001  layer-without-end  @eva"
        in run(tmp_path, monkeypatch, "waivers")[1]
    )
    assert run(tmp_path, monkeypatch, "waivers", "--expiring-in", "30") == (0, "no waivers\n")
    assert "layer-without-end" in run(tmp_path, monkeypatch, "waivers", "--expiring-in", "31")[1]
