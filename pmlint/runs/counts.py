"""Runs in steps of five minutes: all that the budgets of a route are judged by.

Ten million rows of a month are 8,640 steps of a route, and a few cumulative sums answer each
window. Traces, rows and the answer of a warehouse all become `CountRow`s first, so there is one
implementation of windows (docs/spec/due.md, *Warehouses*).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, compress, islice, repeat
from operator import add, gt, itemgetter, le, sub
from typing import Any, NamedTuple

from pmlint.project.amounts import STEP
from pmlint.runs.event import TraceRun

_NANOSECONDS = 10**9
RECORDED = ("near-miss", "customer-visible-defect", "control-breach", "unsafe-action")
"""Outcomes that somebody recorded: each makes a review owed by itself."""
SERIES = ("runs", "bad", "rescued", "unknown", *RECORDED)
"""What `RouteSeries` counts; ``bad`` and ``rescued`` are what the two budgets count."""
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
    """The steps of one route in order, with cumulative sums, so that a window is two look-ups.

    ``steps`` may have a step twice, as when its runs had two autonomies. ``columns`` are the counts
    of `SERIES`, one number for each of the steps.
    """

    def __init__(self, steps: Sequence[int], columns: Iterable[Iterable[int]]) -> None:
        self.steps = list(steps)  # bisect makes a number of each element of an array
        sums = [list(accumulate(column, initial=0)) for column in columns]
        self._sums = dict(zip(SERIES, sums, strict=True))
        self._window = sums[:4]

    def window(self, first: int, end: int) -> WindowCounts:
        """The counts of the steps from ``first`` to ``end`` (exclusive)."""
        low, high = self.positions((first, end))
        if high <= low:
            return WindowCounts(0, 0, 0)
        return WindowCounts(*(column[high] - column[low] for column in self._window))

    def positions(self, steps: Iterable[int]) -> list[int]:
        """How many of the series' steps are before each of some others."""
        return list(map(bisect_left, repeat(self.steps), steps))

    def sums(self, name: str) -> list[int]:
        """A count of `SERIES`, summed up to each of `positions`."""
        return self._sums[name]

    def steps_with(self, name: str, end: int) -> list[int]:
        """The steps before ``end`` in which something was counted, in order."""
        sums = self._sums[name]
        high = bisect_left(self.steps, end)
        grows = map(gt, sums[1 : high + 1], sums)
        return list(dict.fromkeys(compress(self.steps[:high], grows)))

    def at(self, name: str, step: int) -> int:
        """How often something was counted in one step."""
        low, high = self.positions((step, step + 1))
        return self._sums[name][high] - self._sums[name][low]


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
        self.reach(step)
        if rows is None:
            self.unassigned[route] = self.unassigned.get(route, 0) + counts[0]
            return
        number = self._autonomies.setdefault(autonomy, len(self._autonomies))
        rows.extend((step, number, *counts))

    def reach(self, step: int) -> None:
        """Note that there were runs in a step, also where they are counted as an earlier one."""
        self.last = max(self.last, step)

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

    def add_rows(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add rows of the columns of `CountRow`; a route may be None."""
        last = self.last
        for row in rows:
            known = self._rows.get(row[0])
            if known is None:
                self.add(row[0] or "", row[1], row[2], row[3:])
            else:
                # As `add`, whose call took a third of the time of two million rows.
                number = self._autonomies.setdefault(row[2], len(self._autonomies))
                known.extend((row[1], number, *row[3:]))
            if row[1] > last:
                last = row[1]
        self.reach(last)

    def of(self, route: str) -> Iterator[CountRow]:
        """The rows of a known route, in the order in which they came."""
        names = list(self._autonomies)
        rows = self._rows[route]
        for start in range(0, len(rows), _WIDTH):
            step, number, *counts = rows[start : start + _WIDTH]
            yield CountRow(route, step, names[number], *counts)

    def series(self, route: str, rescued_by: Iterable[str], end: int) -> RouteSeries:
        """The steps of a known route before the step ``end``. ``rescued_by`` names the counts of
        which one above 0 makes a run rescued: ``rescues``, ``corrections``, or both.
        """
        columns = self._columns(route)
        runs, failed, near, defect, breach, unsafe, ok, *rescues = columns[2:]
        size = bisect_left(columns[0], end)
        # Column by column: an object for each of two million rows took 8 s of 15.
        bad = [*map(add, map(add, failed, defect), map(add, breach, unsafe))]
        known = map(add, map(add, bad, near), ok)  # a near miss spends nothing (docs/spec/due.md)
        rescued = rescues[_rescued_column(frozenset(rescued_by))]
        counted = (runs, bad, rescued, map(sub, runs, known), near, defect, breach, unsafe)
        return RouteSeries(columns[0][:size], (islice(column, size) for column in counted))

    def at_most(
        self, route: str, above: Collection[str], rescued_by: Iterable[str], first: int, end: int
    ) -> WindowCounts:
        """The counts of a known route from the step ``first`` to ``end`` (exclusive), without runs
        at an autonomy of ``above``; a run that says none counts.
        """
        kept = CountTable((route,))
        kept.add_rows(row for row in self.of(route) if row.autonomy not in above)
        return kept.series(route, rescued_by, end).window(first, end)

    def by_autonomy(
        self, route: str, wanted: Iterable[str], first: int, end: int
    ) -> dict[str, int]:
        """The runs of a known route at some autonomies, from the step ``first`` to ``end``
        (exclusive).
        """
        names = {self._autonomies[name]: name for name in wanted if name in self._autonomies}
        rows = self._rows[route]
        numbers = rows[1::_WIDTH]
        found: dict[str, int] = {}
        # Nearly always nothing was above: that is seen without a look at each row.
        if names.keys() & set(numbers):
            for step, number, runs in zip(rows[::_WIDTH], numbers, rows[2::_WIDTH], strict=True):
                if number in names and first <= step < end:
                    found[names[number]] = found.get(names[number], 0) + runs
        return found

    def _columns(self, route: str) -> list[array[int]]:
        """The columns of a known route by step: step, autonomy, and the counts."""
        rows = self._rows[route]
        columns = [rows[number::_WIDTH] for number in range(_WIDTH)]
        steps = columns[0]
        if all(map(le, steps, steps[1:])):
            return columns
        ordered = itemgetter(*sorted(range(len(steps)), key=steps.__getitem__))
        return [array("i", ordered(column)) for column in columns]


def time_of(run: TraceRun) -> int | None:
    """When a run counts, in nanoseconds since 1970."""
    return run.started if run.ended is None else run.ended


def step_of(nanoseconds: int) -> int:
    """The step in which a time in nanoseconds since 1970 lies."""
    return nanoseconds // (STEP * _NANOSECONDS)


def _rescued_column(names: frozenset[str]) -> int:
    """Which of the last three columns of `CountRow` counts a rescued run."""
    if names == {"rescues"}:
        return 0
    # A run with both is one rescued run, which a sum of two columns would count twice.
    return 1 if names == {"corrections"} else 2
