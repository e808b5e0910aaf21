"""`due` counts as the contract says it, run by run: nothing is summed up before, nothing is shared
between windows, and shares are fractions (docs/spec/due.md, *Windows* and *Triggers*).
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pmlint.project.amounts import decimal
from tests.runs.test_sources import due, lines, project

__all__ = ["project"]
HOUR, DAY = 12, 288
SHARES = {"failures": 1 - decimal("0.999"), "rescues": decimal("0.02")}
PAIRS = (("0.02", 12, 1), ("0.05", 72, 6), ("0.1", DAY, 24), ("0.1", 3 * DAY, 72))
MONTH, WEEK = 30 * DAY, 7 * DAY
BAD = ("failed", "customer-visible-defect", "control-breach", "unsafe-action")
RECORDED = ("near-miss", *BAD[1:])
NOW = 5_972_904
"""2026-10-13T06:00:00Z in steps of five minutes."""


class Ended(NamedTuple):
    """A run: the step in which it ended, its outcome, and whether it was rescued."""

    step: int
    outcome: str
    is_rescued: bool

    def spends(self, budget: str) -> bool:
        return self.outcome in BAD if budget == "failures" else self.is_rescued


def log(seed: int) -> list[Ended]:
    """A log with quiet months and days on which much goes wrong."""
    draw = random.Random(seed)
    found = []
    for _ in range(draw.choice([40, 150])):
        back = draw.choice([draw.randrange(1, 3 * DAY), draw.randrange(1, 60 * DAY)])
        luck = draw.choice([1, 1, 8])
        outcome = draw.choices(["ok", "unknown", *BAD, "near-miss"], [90, 2, luck, 1, 1, 1, 1])[0]
        found.append(Ended(NOW - back, outcome, draw.random() < 0.01 * luck))
    if draw.random() < 0.5:  # a clock that was never set
        found.append(Ended(draw.randrange(9), "failed", is_rescued=True))
    return found


def inside(runs: Sequence[Ended], at: int, length: int) -> list[Ended]:
    return [run for run in runs if at - length <= run.step < at]


def is_over(runs: Sequence[Ended], at: int, lengths: Sequence[int], budget: str, share: Fraction) -> bool:  # fmt: skip
    """Whether more than a share of the runs spend a budget in each window; three in the first."""
    for number, length in enumerate(lengths):
        counted = inside(runs, at, length)
        spent = sum(run.spends(budget) for run in counted)
        if (number == 0 and spent < 3) or not counted or Fraction(spent, len(counted)) <= share:
            return False
    return True


def fires(runs: Sequence[Ended], trigger: str, at: int) -> bool:
    """Whether a trigger fires at the end of a step."""
    if trigger in RECORDED:
        return any(run.outcome == trigger for run in inside(runs, at, 1))
    if trigger == "repeated-rescue":
        return is_over(runs, at, (WEEK,), "rescues", SHARES["rescues"])
    return any(
        is_over(runs, at, (long, short), budget, share * Fraction(part) * MONTH / long)
        for budget, share in SHARES.items()
        for part, long, short in PAIRS
    ) or any(is_over(runs, at, (MONTH,), budget, share) for budget, share in SHARES.items())


def moments(runs: Sequence[Ended], trigger: str) -> list[int]:
    """The end of each step with a run that was recorded so; for windows each full hour, and each
    end of a step with a bad or rescued run. A month after the last run no window has any.
    """
    if trigger in RECORDED:
        found = {run.step + 1 for run in runs if run.outcome == trigger}
    else:
        ends = {run.step + 1 for run in runs if run.outcome in BAD or run.is_rescued}
        month = range(0, MONTH + HOUR, HOUR)
        hours = {run.step - run.step % HOUR + after for run in runs for after in month}
        found = ends | hours | {NOW}
    return sorted(at for at in found if at <= NOW)


def episodes_of(runs: Sequence[Ended]) -> list[tuple[str, int, int]]:
    """Trigger, first and last firing moment; a day apart is one episode."""
    found: list[tuple[str, int, int]] = []
    for trigger in (*RECORDED, "repeated-rescue", "budget-alert"):
        spans: list[tuple[int, int]] = []
        for at in moments(runs, trigger):
            if not fires(runs, trigger, at):
                continue
            if spans and at - spans[-1][1] <= DAY:
                spans[-1] = (spans[-1][0], at)
            else:
                spans.append((at, at))
        found += [(trigger, *span) for span in spans]
    return sorted(found, key=lambda one: (one[1], one[0]))


@pytest.mark.parametrize("seed", range(4))
def test_episodes_and_counts_are_those_that_are_counted_by_hand(project: Path, seed: int) -> None:
    runs = log(seed)
    Path("a.jsonl").write_text(lines([row(number, run) for number, run in enumerate(runs)]))
    done = due("a.jsonl", "--output-format", "json", "--now", moment(NOW))
    (route,) = json.loads(done.stdout)["routes"]
    found = [(one["trigger"], one["from"], one["to"]) for one in route["episodes"]]
    assert found == [(name, moment(a), moment(b)) for name, a, b in episodes_of(runs)]
    month = inside(runs, NOW, MONTH)
    assert (route["runs"], route["bad"], route["rescued"], route["unknown"]) == (
        len(month),
        sum(run.spends("failures") for run in month),
        sum(run.spends("rescues") for run in month),
        sum(run.outcome == "unknown" for run in month),
    )


def moment(step: int) -> str:
    return f"{datetime.fromtimestamp(step * 300, UTC):%Y-%m-%dT%H:%M:%SZ}"


def row(number: int, run: Ended) -> dict[str, Any]:
    return {"run": f"r{number}", "route": "mail-desk", "started": moment(run.step), "outcome": run.outcome,
            "rescues": int(run.is_rescued), "corrections": 0, "approvals": 0}  # fmt: skip
