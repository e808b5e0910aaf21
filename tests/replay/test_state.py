"""Two runs that are no replay: what is missing is named, and nothing is stated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pmlint.replay.junit import Ending, PlayedRun, PlayedTest
from pmlint.replay.state import NotAReplay, ReplayRun, entry_of

FILES = {"tests/replays/test_pm.py": "1" * 40}


def run(**endings: Ending) -> ReplayRun:
    cases = tuple(PlayedTest("tests.replays.test_pm", name, how) for name, how in endings.items())
    return ReplayRun("0" * 40, PlayedRun(cases, datetime(2026, 11, 27, tzinfo=UTC)))


def test_the_same_tests_red_and_green_are_a_replay() -> None:
    entry = entry_of(
        "PM-2026-001",
        FILES,
        run(test_a="failed", test_b="failed"),
        run(test_b="passed", test_a="passed"),
    )
    assert entry["red"]["predicate"]["failedTests"] == ["test_a", "test_b"]
    assert entry["green"]["predicate"]["passedTests"] == ["test_a", "test_b"]


@pytest.mark.parametrize(
    ("red", "green", "said"),
    [
        ({"test_a": "failed", "test_b": "failed"}, {"test_a": "passed"}, "only at the broken"),
        ({"test_a": "failed"}, {"test_a": "passed", "test_b": "passed"}, "did not run at the"),
        ({"test_a": "error"}, {"test_a": "passed"}, "an error is no failure"),
        ({"test_a": "passed"}, {"test_a": "passed"}, "'test_a' passed at the broken commit"),
        ({"test_a": "failed"}, {"test_a": "skipped"}, "was skipped or expected to fail"),
        ({"test_a": "failed"}, {}, "no test of the replay ran"),
    ],
)
def test_anything_else_is_none(red: dict[str, Ending], green: dict[str, Ending], said: str) -> None:
    with pytest.raises(NotAReplay, match=said):
        entry_of("PM-2026-001", FILES, run(**red), run(**green))
