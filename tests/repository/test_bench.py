"""The bench: its corpus is clean, and a suite that fails loses no other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import corpus, old_reviews, results
from bench.__main__ import measured
from bench.measure import Failed
from bench.peers import Peers
from bench.stage import Outcome, Stage
from pmlint.cli import commands


def test_the_corpus_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.write(tmp_path / "corpus", 24, 6)
    monkeypatch.chdir(tmp_path / "corpus")
    done = CliRunner().invoke(commands, ["check", "--now", corpus.NOW, "--no-cache"])
    assert (done.exit_code, done.output) == (0, "All clean: 24 postmortems and 6 routes\n")


@pytest.mark.parametrize(
    "error",
    [
        Failed("left with exit code 2"),
        ImportError("no duckdb"),
        OSError("disk full"),
        subprocess.CalledProcessError(1, "git"),
    ],
)
def test_a_suite_that_fails_says_why(error: Exception, tmp_path: Path) -> None:
    def suite(stage: Stage) -> Outcome:
        raise error

    outcome = measured(suite, "warm", Stage(tmp_path, Peers(tmp_path)))
    assert outcome.notes == [f"'warm' could not be measured: {error}"]
    assert (outcome.tables, outcome.figures) == ([], {})


def test_a_goal_is_met_missed_with_its_cause_or_not_measured() -> None:
    lines = list(results.goals({"gate": 0.13, "warm-hash": 0.09}))
    (met,) = (line for line in lines if line.startswith("| `gate`, 2,000"))
    assert met.endswith("| ≤ 0.15 |  | 0.13 | met |")
    (missed,) = (line for line in lines if line.startswith("- **Missed"))
    assert missed.startswith("- **Missed: 5,000 unchanged, warm against cold, by hash.** Of a run")
    assert sum(line.endswith("| not measured in this run |") for line in lines) > 30


def test_actions_of_old_reviews_are_counted_beside_import(tmp_path: Path) -> None:
    """A row that import does not take is counted and named; a label, a step and a header are none."""
    text = (
        "---\ntitle: Outage\n---\n# Outage\n\n## Timeline\n\n- 10:00 down\n\n## Action items\n\n"
        "- Cap every refund\n  - first the test\n- Prevention:\n  - Alert on it\n-\n\n"
        "## Our improvements next quarter\n\n| what | until |\n|---|---|\n| Page Ana | June |\n"
    )
    (tmp_path / "outage.md").write_text(text)
    assert [(row.line, row.text) for row in old_reviews.rows(text)] == [
        (12, "Cap every refund"),
        (15, "Alert on it"),
        (22, "Page Ana"),
    ]
    found = old_reviews.played(tmp_path)
    assert (found.drafts, found.skipped, found.counted, found.taken) == (1, 0, 3, 2)
    assert [(file, row.line) for file, row in found.missed] == [("old/outage.md", 22)]
