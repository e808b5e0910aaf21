"""The month of a fictional fleet, which the story of the demo begins with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pmlint.cli.demo import RUNS, TRACE, _Play
from pmlint.model.resources import read_text
from pmlint.runs.month import CUSTOMERS, FLEET, month_of_runs, trace_of_case

KINDS = ["instructions", "retrieval", "tool_log", "interventions", "outcome"]


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    """The repository of the story before anything is noticed."""
    play = _Play(str(tmp_path))
    play.watch()
    play.commit("Three routes and the log of their runs")
    return tmp_path


def pmlint(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pmlint", *words],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_seed_gives_the_same_bytes() -> None:
    assert month_of_runs() == month_of_runs(1)
    assert month_of_runs(1) != month_of_runs(2)
    assert trace_of_case() == trace_of_case()


def test_the_rows_are_what_the_fleet_says() -> None:
    rows = [json.loads(line) for line in month_of_runs().splitlines()]
    assert len(rows) == sum(habit.runs for habit in FLEET) * 30 + CUSTOMERS
    assert len({row["run"] for row in rows}) == len(rows)
    defects = [row for row in rows if row["outcome"] == "customer-visible-defect"]
    assert {row["route"] for row in defects} == {"refund-triage"}
    assert [row["started"] for row in rows] == sorted(row["started"] for row in rows)


@pytest.mark.parametrize("seed", range(1, 9))
def test_only_the_route_of_the_incident_owes_a_review(watched: Path, seed: int) -> None:
    (watched / RUNS).write_text(month_of_runs(seed), "utf-8")
    done = pmlint(watched, "due", "--now", "2026-09-12", "--output-format", "json")
    answers = {one["route"]: one["answer"] for one in json.loads(done.stdout)["routes"]}
    assert answers == {"mail-desk": "within", "order-status": "within", "refund-triage": "over"}
    owing = {one["route"] for one in json.loads(done.stdout)["routes"] if one["episodes"]}
    assert owing == {"refund-triage"}


def test_without_the_incident_nothing_is_owed(watched: Path) -> None:
    ordinary = [
        line for line in month_of_runs().splitlines(keepends=True) if "refund-20260912-" not in line
    ]
    (watched / RUNS).write_text("".join(ordinary), "utf-8")
    done = pmlint(watched, "due", "--now", "2026-09-12")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_pack_shows_the_clocks_of_the_review(watched: Path) -> None:
    done = pmlint(watched, "evidence", TRACE, "--new", "Refunds paid twice", "--now", "2026-09-14")
    assert done.returncode == 0, done.stderr
    draft = next((watched / "postmortems").glob("PM-2026-001-*.md")).read_text("utf-8")
    suggested = dict(re.findall(r"  (\w+): \{suggested: (\S+)\.000Z", draft))
    review = dict(
        re.findall(r"  (\w+): (\S+)Z$", read_text("examples/postmortem.md"), re.MULTILINE)
    )
    assert suggested == {name: review[name] for name in ("route_start", "first_warning")}
    assert re.findall(r"^  (\w+): \[\{path: evidence/", draft, re.MULTILINE) == KINDS
    assert 'event: "rescue by @dana"' in draft


def test_the_review_of_the_story_answers_what_was_owed(watched: Path) -> None:
    play = _Play(str(watched))
    pmlint(watched, "evidence", TRACE, "--new", "Refunds paid twice", "--now", "2026-09-14")
    play.review()
    play.commit("The incident and its postmortem")
    assert pmlint(watched, "check", "--now", f"{date(2026, 10, 15)}").returncode == 0
    done = pmlint(watched, "due", "--now", "2026-09-14")
    assert "owed-postmortem" not in done.stdout + done.stderr
