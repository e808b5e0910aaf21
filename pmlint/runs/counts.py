"""Runs in steps of five minutes: all that the budgets of a route are judged by.

Ten million rows of a month are 8,640 steps of a route, and two cumulative sums answer each window.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from pmlint.runs.event import TraceRun

STEP = 300
"""Seconds of one step. One-minute steps cost twice the time and memory for the same 37 alerts."""
_NANOSECONDS = 10**9
BAD = frozenset(("failed", "customer-visible-defect", "control-breach", "unsafe-action"))
"""Outcomes that spend the budget of failures; a near miss spends none (docs/spec/due.md)."""


class StepCounts(NamedTuple):
    """What ended in one step: ``step`` is floor(unix seconds / 300).

    ``rescued`` counts runs with a rescue or a correction; ``outcomes`` are those of its runs that
    somebody recorded as worse than ok, once for each run.
    """

    step: int
    runs: int
    bad: int
    rescued: int
    outcomes: tuple[str, ...] = ()


class WindowCounts(NamedTuple):
    """Runs of a window, and how many of them were bad and rescued."""

    runs: int
    bad: int
    rescued: int

    def of(self, budget: str) -> int:
        """What the budget ``failures`` or ``rescues`` counts."""
        return self.bad if budget == "failures" else self.rescued


class RouteSeries:
    """The steps of one route in order, with cumulative sums, so that a window is two look-ups."""

    def __init__(self, steps: Iterable[StepCounts]) -> None:
        self.steps = sorted(steps)
        self._at = [counts.step for counts in self.steps]
        self._runs = [0, *accumulate(counts.runs for counts in self.steps)]
        self._bad = [0, *accumulate(counts.bad for counts in self.steps)]
        self._rescued = [0, *accumulate(counts.rescued for counts in self.steps)]

    def window(self, first: int, end: int) -> WindowCounts:
        """The counts of the steps from ``first`` to ``end`` (exclusive)."""
        low, high = bisect_left(self._at, first), bisect_left(self._at, end)
        if high <= low:
            return WindowCounts(0, 0, 0)
        return WindowCounts(
            self._runs[high] - self._runs[low],
            self._bad[high] - self._bad[low],
            self._rescued[high] - self._rescued[low],
        )

    def between(self, first: int, end: int) -> list[StepCounts]:
        """The steps from ``first`` to ``end`` (exclusive) that have runs."""
        return self.steps[bisect_left(self._at, first) : bisect_left(self._at, end)]


def step_of(nanoseconds: int) -> int:
    """The step in which a time in nanoseconds since 1970 lies."""
    return nanoseconds // (STEP * _NANOSECONDS)


def series_of(runs: Iterable[TraceRun], rescued_by: Iterable[str]) -> dict[str, RouteSeries]:
    """The steps of each route. A run counts when it ended, or when it started while it has no end.

    ``rescued_by`` names the columns of which one above 0 makes a run rescued.
    """
    columns = tuple(rescued_by)
    grouped: dict[str, dict[int, list[TraceRun]]] = {}
    for run in runs:
        at = run.started if run.ended is None else run.ended
        # Without any time a run is in no window; trace-clock has said so.
        if at is not None:
            grouped.setdefault(run.route, {}).setdefault(step_of(at), []).append(run)
    return {
        route: RouteSeries(_counted(step, listed, columns) for step, listed in steps.items())
        for route, steps in grouped.items()
    }


def _counted(step: int, runs: list[TraceRun], columns: tuple[str, ...]) -> StepCounts:
    outcomes = tuple(sorted(run.outcome for run in runs if run.outcome not in ("ok", "unknown")))
    return StepCounts(
        step=step,
        runs=len(runs),
        bad=sum(run.outcome in BAD for run in runs),
        rescued=sum(any(getattr(run, name) > 0 for name in columns) for run in runs),
        outcomes=outcomes,
    )
