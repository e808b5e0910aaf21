"""The steps of one route as cumulative sums, so that what a window counted is two look-ups.

Ten million rows of a month are 8,640 steps of a route. The place of a step is a subtraction and no
search: a log has a thousand moments or more, and at each of them ten windows begin.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from pmlint.project.amounts import LONGEST

RECORDED = ("near-miss", "customer-visible-defect", "control-breach", "unsafe-action")
"""Outcomes that somebody recorded: each makes a review owed by itself."""
SERIES = ("runs", "bad", "rescued", "unknown", *RECORDED)
"""What `RouteSeries` counts; ``bad`` and ``rescued`` are what the two budgets count."""

StepNumbers = tuple[Sequence[int], Sequence[int]]
"""Steps in any order, also repeatedly, and how often something was counted in each."""


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
    """The steps of one route before the step ``end``. ``counts`` are those of `SERIES`; whatever
    else is counted, is counted of a run.

    ``stretches`` are the steps from the first to the last that has runs, without gaps that are
    longer than any window: one run of 1970 would make a list of five million steps for its route.
    """

    def __init__(self, counts: Mapping[str, Sequence[StepNumbers]], end: int) -> None:
        self._counts = counts
        self._end = end
        self.stretches = _stretches([steps for steps, _ in counts["runs"] if steps], end)
        self._places = list(accumulate(map(len, self.stretches), initial=0))
        self._sums: dict[str, list[int]] = {}

    def window(self, first: int, end: int) -> WindowCounts:
        """The counts of the steps from ``first`` to ``end`` (exclusive)."""
        if end <= first:
            return WindowCounts(0, 0, 0)
        low, high = self.places((first, end))
        columns = map(self.sums, SERIES[:4])
        return WindowCounts(*(column[high] - column[low] for column in columns))

    def places(self, steps: Sequence[int]) -> list[int]:
        """Where in `sums` the sum of all steps before each of some steps is; these are in order."""
        found: list[int] = []
        for place, stretch in zip(self._places, self.stretches, strict=False):
            begin = bisect_left(steps, stretch.start)
            end = bisect_left(steps, stretch.stop, begin)
            found += [place] * (begin - len(found))
            # All at once: clipped one by one, they took a third more of judging a month.
            before = stretch.start - place
            found += [step - before for step in steps[begin:end]]
        return found + self._places[-1:] * (len(steps) - len(found))

    def sums(self, name: str) -> list[int]:
        """A count of `SERIES`, summed up: an element is the sum of all that are before its step."""
        if name not in self._sums:
            self._sums[name] = list(accumulate(self._each(name), initial=0))
        return self._sums[name]

    def counted(self, name: str) -> dict[int, int]:
        """The steps in which something was counted, in order, and how often."""
        found: dict[int, int] = {}
        for steps, numbers in self._counts[name]:
            for step, number in zip(steps, numbers, strict=True):
                if step < self._end:
                    found[step] = found.get(step, 0) + number
        return {step: number for step, number in sorted(found.items()) if number}

    def _each(self, name: str) -> list[int]:
        """A count of `SERIES` at each place."""
        each = [0] * self._places[-1]
        if len(self.stretches) != 1:
            counted = self.counted(name)
            for place, number in zip(self.places([*counted]), counted.values(), strict=True):
                each[place] = number
            return each
        # Steps come in no order, and need none where there is one stretch.
        first, end = self.stretches[0].start, self._end
        for steps, numbers in self._counts[name]:
            for step, number in zip(steps, numbers, strict=True):
                if step < end:
                    each[step - first] += number
        return each


def _stretches(steps: Sequence[Sequence[int]], end: int) -> list[range]:
    """Ranges of steps that hold all of some steps before ``end``, with gaps of no use between."""
    first = min(map(min, steps), default=end)
    last = min(max(map(max, steps), default=end), end - 1)
    if first > last:
        return []
    # Most logs are of months, which need no look at each of their steps.
    if last - first <= 4 * LONGEST:
        return [range(first, last + 1)]
    ordered = sorted({step for some in steps for step in some if step < end})
    later = [n for n in range(1, len(ordered)) if ordered[n] - ordered[n - 1] > LONGEST]
    bounds = zip([0, *later], [*later, len(ordered)], strict=True)
    return [range(ordered[begin], ordered[after - 1] + 1) for begin, after in bounds]
