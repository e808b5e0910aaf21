"""The bench: its corpus is clean, and a suite that fails loses no other."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import corpus, results
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
    assert missed.startswith("- **Missed: 5,000 unchanged, warm against cold, by hash.** A quarter")
    assert sum(line.endswith("| not measured in this run |") for line in lines) > 30
