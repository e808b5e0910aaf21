"""Runs in steps of five minutes: all that the budgets of a route are judged by.

Traces, rows and the answer of a warehouse all become counts of steps first, so there is one
implementation of windows (docs/spec/due.md, *Warehouses*).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from pmlint.project.amounts import STEP
from pmlint.runs.event import TraceRun
from pmlint.runs.series import RECORDED, RouteSeries, WindowCounts

_NANOSECONDS = 10**9
_BAD = frozenset(("failed", *RECORDED[1:]))
"""A near miss spends nothing (docs/spec/due.md, *Two budgets*)."""


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


class RunKind(NamedTuple):
    """What runs that count alike have in common. ``counts_as`` has ``runs``, the outcome, and
    ``rescued``, ``corrected`` and ``touched`` as in `CountRow`.
    """

    autonomy: str
    counts_as: frozenset[str]


@cache
def kind_of_run(autonomy: str, outcome: str, is_rescued: bool, is_corrected: bool) -> RunKind:
    """The kind of a run that had rescues, or corrections."""
    said = {"rescued": is_rescued, "corrected": is_corrected, "touched": is_rescued or is_corrected}
    return RunKind(autonomy, frozenset(("runs", outcome, *(name for name in said if said[name]))))


class _Numbers(NamedTuple):
    """Steps in the order in which they came, and how many runs of a kind ended in each."""

    steps: array[int]
    runs: array[int]


class CountTable:
    """The counts of all routes, 12 bytes for each step and kind of run: ten million runs of 200
    routes are 27 MB, which took 82 MB as rows of all columns and 600 MB as tuples.

    ``known`` are the ids of the registry's routes; of others only the number of runs is kept.
    """

    def __init__(self, known: Collection[str]) -> None:
        self._numbers: dict[str, dict[RunKind, _Numbers]] = {route: {} for route in known}
        self.unassigned: dict[str, int] = {}
        self.last = -1

    def count_steps(
        self, route: str, kind: RunKind, steps: Sequence[int], runs: Sequence[int]
    ) -> None:
        """Add runs of one kind: so many in each of some steps."""
        self.reach(max(steps, default=-1))
        kinds = self._numbers.get(route)
        if kinds is None:
            self.unassigned[route] = self.unassigned.get(route, 0) + sum(runs)
            return
        if kind not in kinds:
            kinds[kind] = _Numbers(array("i"), array("q"))
        kinds[kind].steps.extend(steps)
        kinds[kind].runs.extend(runs)

    def add_row(self, row: CountRow) -> None:
        """Add a row of a warehouse. It does not say which of its runs failed and were rescued, so
        each of its columns counts by itself.
        """
        outcomes = dict(zip(_OUTCOMES, row[4:10], strict=True))
        outcomes["unknown"] = row.runs - sum(outcomes.values())
        touched = {"rescued": row.rescued, "corrected": row.corrected, "touched": row.touched}
        self.count_steps(
            row.route, RunKind(row.autonomy, frozenset(("runs",))), (row.step,), (row.runs,)
        )
        if row.route in self._numbers:
            for name, number in (*outcomes.items(), *touched.items()):
                if number:
                    kind = RunKind(row.autonomy, frozenset((name,)))
                    self.count_steps(row.route, kind, (row.step,), (number,))

    def reach(self, step: int) -> None:
        """Note that there were runs in a step, also where they are counted as an earlier one."""
        self.last = max(self.last, step)

    def count(self, run: TraceRun) -> None:
        """Count a run when it ended, or when it started while it has no end. Without any time it
        is in no window; ``trace-clock`` has said so.
        """
        at = time_of(run)
        if at is not None:
            kind = kind_of_run(run.autonomy, run.outcome, run.rescues > 0, run.corrections > 0)
            self.count_steps(run.route, kind, (step_of(at),), (1,))

    def series(self, route: str, rescued_by: Iterable[str], end: int) -> RouteSeries:
        """The steps of a known route before the step ``end``. ``rescued_by`` names the counts of
        which one above 0 makes a run rescued: ``rescues``, ``corrections``, or both.
        """
        return self._series(route, rescued_by, end, lambda autonomy: True)

    def at_most(
        self, route: str, above: Collection[str], rescued_by: Iterable[str], first: int, end: int
    ) -> WindowCounts:
        """The counts of a known route from the step ``first`` to ``end`` (exclusive), without runs
        at an autonomy of ``above``; a run that says none counts.
        """
        series = self._series(route, rescued_by, end, lambda autonomy: autonomy not in above)
        return series.window(first, end)

    def by_autonomy(
        self, route: str, wanted: Collection[str], first: int, end: int
    ) -> dict[str, int]:
        """The runs of a known route at some autonomies, from the step ``first`` to ``end``
        (exclusive).
        """
        found: dict[str, int] = {}
        for kind, numbers in self._numbers[route].items():
            # Nearly always nothing was above: that is seen without a look at each step.
            if kind.autonomy in wanted and "runs" in kind.counts_as:
                inside = (runs for step, runs in zip(*numbers, strict=True) if first <= step < end)
                found[kind.autonomy] = found.get(kind.autonomy, 0) + sum(inside)
        return {autonomy: runs for autonomy, runs in found.items() if runs}

    def _series(
        self, route: str, rescued_by: Iterable[str], end: int, is_wanted: Callable[[str], bool]
    ) -> RouteSeries:
        counting = {
            "runs": {"runs"},
            "bad": _BAD,
            "rescued": {_rescued_column(frozenset(rescued_by))},
            "unknown": {"unknown"},
            **{name: {name} for name in RECORDED},
        }
        kinds = self._numbers[route].items()
        counted = {
            name: [
                numbers
                for kind, numbers in kinds
                if is_wanted(kind.autonomy) and not kind.counts_as.isdisjoint(names)
            ]
            for name, names in counting.items()
        }
        return RouteSeries(counted, end)


_OUTCOMES = [name.replace("_", "-") for name in CountRow._fields[4:10]]


def time_of(run: TraceRun) -> int | None:
    """When a run counts, in nanoseconds since 1970."""
    return run.started if run.ended is None else run.ended


def step_of(nanoseconds: int) -> int:
    """The step in which a time in nanoseconds since 1970 lies."""
    return nanoseconds // (STEP * _NANOSECONDS)


def _rescued_column(names: frozenset[str]) -> str:
    """Which column of `CountRow` counts a rescued run."""
    if names == {"rescues"}:
        return "rescued"
    # A run with both is one rescued run, which a sum of two columns would count twice.
    return "corrected" if names == {"corrections"} else "touched"
