"""Two budgets of a route, judged in exact integers (docs/spec/due.md, *Windows*).

No float decides: `>` on floats gave 797 false alerts on exact edges below 2,000 runs. A window of
length w at the step of now covers ``[now - w, now)``, a run on the edge counts in the step that
begins there; Prometheus before 3.0 counts both edges and lost an alert by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from pmlint.project.amounts import STEP
from pmlint.runs.series import RouteSeries, WindowCounts

_DAY = 86_400 // STEP


class BurnPair(NamedTuple):
    """An alert on the rate at which a budget is spent: a share of it within ``long``, and still
    within ``short``. Both windows in steps; ``severity`` is ``page`` or ``ticket``.
    """

    severity: str
    share: Fraction
    long: int
    short: int

    def factor(self, window: int) -> Fraction:
        """How many times faster than allowed it is, for a promise over ``window`` steps."""
        return self.share * window / self.long


class Allowance(NamedTuple):
    """What a budget allows: the share of runs, over a window in steps."""

    budget: str
    share: Fraction
    window: int


class RateTest(NamedTuple):
    """Whether more than ``parts`` of ``of`` runs count for a budget, in each of some windows.

    ``windows`` are lengths in steps, the longest first, which needs ``least`` such runs. All are
    integers, because each is asked at thousands of moments: with fractions a month of 200 routes
    took 40 s, and 3 s so.
    """

    budget: str
    windows: tuple[int, ...]
    parts: int
    of: int
    least: int

    def exceeds(self, count: int, runs: int) -> bool:
        """Whether so many of some runs are strictly too many; of no runs, none are."""
        return count * self.of > self.parts * runs

    def fails(self, windows: Iterable[WindowCounts]) -> bool:
        """Whether it fails by what its windows counted."""
        long, *others = windows
        # A short window needs no minimum: it only says that it is still going on.
        return long.of(self.budget) >= self.least and all(
            self.exceeds(counts.of(self.budget), counts.runs) for counts in (long, *others)
        )


class FiringPair(NamedTuple):
    """A pair that fires, with what its two windows counted."""

    budget: str
    pair: BurnPair
    long: WindowCounts
    short: WindowCounts


class BudgetState(NamedTuple):
    """A budget at one moment: its count, the largest count that is within, whether it is spent, and
    the step of the first day on which the runs known now are within by themselves.
    """

    budget: str
    counted: int
    allowed: int
    spent: bool
    within_again: int | None


PAIRS = (
    BurnPair("page", Fraction(2, 100), 12, 1),
    BurnPair("page", Fraction(5, 100), 72, 6),
    BurnPair("ticket", Fraction(10, 100), 288, 24),
    BurnPair("ticket", Fraction(10, 100), 864, 72),
)
"""The pairs of the SRE workbook, as shares of a month's budget: 1h/5m, 6h/30m, 1d/2h, 3d/6h."""
MIN_BAD = 3
"""So many runs at least make a rate: one of forty is none, and would page."""


def usable(pairs: Iterable[BurnPair], window: int) -> list[BurnPair]:
    """The pairs that say something of a promise over ``window`` steps.

    One whose factor is below 1 would fire on a route that keeps its promise.
    """
    return [pair for pair in pairs if pair.factor(window) >= 1]


def firing(
    series: RouteSeries,
    allowance: Allowance,
    now: int,
    since: int,
    pairs: Iterable[BurnPair] = PAIRS,
    min_bad: int = MIN_BAD,
) -> Iterator[FiringPair]:
    """The pairs that fire at the step ``now``; nothing before the step ``since`` counts."""
    for pair in usable(pairs, allowance.window):
        long = series.window(max(now - pair.long, since), now)
        short = series.window(max(now - pair.short, since), now)
        if pair_test(allowance, pair, min_bad).fails((long, short)):
            yield FiringPair(allowance.budget, pair, long, short)


def state_of(
    series: RouteSeries, allowance: Allowance, now: int, since: int, min_bad: int = MIN_BAD
) -> BudgetState:
    """What is left of a budget at the step ``now``."""
    counts = series.window(max(now - allowance.window, since), now)
    count = counts.of(allowance.budget)
    within = allowance.share.numerator * counts.runs // allowance.share.denominator
    spent = spent_test(allowance, min_bad).fails((counts,))
    again = _within_again(series, allowance, now, since, min_bad) if spent else None
    return BudgetState(allowance.budget, count, max(within, min_bad - 1), spent, again)


def pair_test(allowance: Allowance, pair: BurnPair, min_bad: int) -> RateTest:
    """Whether a pair fires: both its windows burn faster than its factor."""
    rate = allowance.share * pair.factor(allowance.window)
    windows = (pair.long, pair.short)
    return RateTest(allowance.budget, windows, rate.numerator, rate.denominator, min_bad)


def spent_test(allowance: Allowance, min_bad: int) -> RateTest:
    """Whether a budget is spent."""
    share, windows = allowance.share, (allowance.window,)
    return RateTest(allowance.budget, windows, share.numerator, share.denominator, min_bad)


def _within_again(
    series: RouteSeries, allowance: Allowance, now: int, since: int, min_bad: int
) -> int:
    """The step at which the first day begins on which the runs known now are within again.

    Good runs that are still to come make it sooner; after one whole window nothing is left.
    """
    test = spent_test(allowance, min_bad)
    day = now - now % _DAY + _DAY
    while True:
        counts = series.window(max(day - allowance.window, since), now)
        if not test.fails((counts,)):
            return day
        day += _DAY
