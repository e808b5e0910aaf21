"""Runs in steps of five minutes: all that the budgets of a route are judged by.

Ten million rows of a month are 8,640 steps of a route, and a few cumulative sums answer each
window. Traces, rows and the answer of a warehouse all become `CountRow`s first, so there is one
implementation of windows (docs/spec/due.md, *Warehouses*).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from pmlint.runs.event import TraceRun

STEP = 300
"""Seconds of one step. One-minute steps cost twice the time and memory for the same 37 alerts."""
_NANOSECONDS = 10**9
RECORDED = ("near-miss", "customer-visible-defect", "control-breach", "unsafe-action")
"""Outcomes that somebody recorded: each makes a review owed by itself."""
_OUTCOMES = ("failed", "near-miss", *RECORDED[1:], "ok")


class CountRow(NamedTuple):
    """How many runs of a route ended in a step at one autonomy: the columns of the query that
    ``pmlint due --sql`` prints. ``touched`` had a rescue or a correction.
    """

    route: str
    step: int
    autonomy: str
    runs: int
    failed: int
    near_miss: int
    customer_visible_defect: int
    control_breach: int
    unsafe_action: int
    ok: int
    rescued: int
    corrected: int
    touched: int


_WIDTH = len(CountRow._fields) - 1
"""Numbers of a row in `CountTable`: all but the route."""


class StepCounts(NamedTuple):
    """What ended in one step: ``step`` is floor(unix seconds / 300). ``recorded`` counts the
    outcomes of `RECORDED`, in their order.
    """

    step: int
    runs: int
    bad: int
    rescued: int
    unknown: int = 0
    recorded: tuple[int, ...] = (0, 0, 0, 0)

    def of(self, outcome: str) -> int:
        """How many runs ended with a recorded outcome."""
        return self.recorded[RECORDED.index(outcome)]


class WindowCounts(NamedTuple):
    """Runs of a window, and how many of them were bad, rescued, and of unknown outcome."""

    runs: int
    bad: int
    rescued: int
    unknown: int = 0

    def of(self, budget: str) -> int:
        """What the budget ``failures`` or ``rescues`` counts."""
        return self.bad if budget == "failures" else self.rescued


class RouteSeries:
    """The steps of one route in order, with cumulative sums, so that a window is two look-ups."""

    def __init__(self, steps: Iterable[StepCounts]) -> None:
        self.steps = sorted(steps)
        self._at = [counts.step for counts in self.steps]
        columns = zip(*(counts[1:5] for counts in self.steps), strict=True)
        self._sums = [[0, *accumulate(column)] for column in columns] or [[0]] * 4

    def window(self, first: int, end: int) -> WindowCounts:
        """The counts of the steps from ``first`` to ``end`` (exclusive)."""
        low, high = bisect_left(self._at, first), bisect_left(self._at, end)
        if high <= low:
            return WindowCounts(0, 0, 0)
        return WindowCounts(*(column[high] - column[low] for column in self._sums))

    def between(self, first: int, end: int) -> list[StepCounts]:
        """The steps from ``first`` to ``end`` (exclusive) that have runs."""
        return self.steps[bisect_left(self._at, first) : bisect_left(self._at, end)]


class CountTable:
    """The counts of all routes, 48 bytes a row: ten million runs of 200 routes are 1.7 million
    rows, which as tuples took 600 MB.

    ``known`` are the ids of the registry's routes; of others only the number of runs is kept.
    """

    def __init__(self, known: Collection[str]) -> None:
        self._rows: dict[str, array[int]] = {route: array("i") for route in known}
        self._autonomies: dict[str, int] = {}
        self.unassigned: dict[str, int] = {}
        self.last = -1

    def add(self, route: str, step: int, autonomy: str, counts: Sequence[int]) -> None:
        """Add a row; ``counts`` are the last ten columns of `CountRow`. Raises `OverflowError` for
        two billion runs in one step.
        """
        rows = self._rows.get(route)
        self.last = max(self.last, step)
        if rows is None:
            self.unassigned[route] = self.unassigned.get(route, 0) + counts[0]
            return
        number = self._autonomies.setdefault(autonomy, len(self._autonomies))
        rows.extend((step, number, *counts))

    def count(self, run: TraceRun) -> None:
        """Count a run when it ended, or when it started while it has no end. Without any time it
        is in no window; ``trace-clock`` has said so.
        """
        at = time_of(run)
        if at is None:
            return
        outcomes = [run.outcome == outcome for outcome in _OUTCOMES]
        rescued, corrected = run.rescues > 0, run.corrections > 0
        counts = (1, *outcomes, rescued, corrected, rescued or corrected)
        self.add(run.route, step_of(at), run.autonomy, counts)

    def of(self, route: str) -> Iterator[CountRow]:
        """The rows of a known route, in the order in which they came."""
        names = list(self._autonomies)
        rows = self._rows[route]
        for start in range(0, len(rows), _WIDTH):
            step, number, *counts = rows[start : start + _WIDTH]
            yield CountRow(route, step, names[number], *counts)


def time_of(run: TraceRun) -> int | None:
    """When a run counts, in nanoseconds since 1970."""
    return run.started if run.ended is None else run.ended


def step_of(nanoseconds: int) -> int:
    """The step in which a time in nanoseconds since 1970 lies."""
    return nanoseconds // (STEP * _NANOSECONDS)


def series_of(rows: Iterable[CountRow], rescued_by: Iterable[str], end: int) -> RouteSeries:
    """The steps of one route before the step ``end``. ``rescued_by`` names the counts of which one
    above 0 makes a run rescued: ``rescues``, ``corrections``, or both.
    """
    column = _rescued_column(frozenset(rescued_by))
    steps: dict[int, StepCounts] = {}
    for row in rows:
        if row.step < end:
            found = _step(row, column)
            before = steps.get(row.step)
            steps[row.step] = found if before is None else _sum(before, found)
    return RouteSeries(steps.values())


def _rescued_column(names: frozenset[str]) -> str:
    if names == {"rescues"}:
        return "rescued"
    # A run with both is one rescued run, which a sum of two columns would count twice.
    return "corrected" if names == {"corrections"} else "touched"


def _step(row: CountRow, rescued: str) -> StepCounts:
    recorded = (row.near_miss, row.customer_visible_defect, row.control_breach, row.unsafe_action)
    bad = row.failed + sum(recorded[1:])  # a near miss spends nothing (docs/spec/due.md)
    unknown = row.runs - row.ok - row.failed - sum(recorded)
    return StepCounts(row.step, row.runs, bad, getattr(row, rescued), unknown, recorded)


def _sum(one: StepCounts, other: StepCounts) -> StepCounts:
    return StepCounts(
        one.step,
        one.runs + other.runs,
        one.bad + other.bad,
        one.rescued + other.rescued,
        one.unknown + other.unknown,
        tuple(a + b for a, b in zip(one.recorded, other.recorded, strict=True)),
    )
