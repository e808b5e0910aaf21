"""What makes a review owed: outcomes, repeated rescue, and budgets that are spent too fast.

The whole log is judged, not only its end: at each full hour and at the end of each step with a bad
or rescued run. Firing moments at most a day apart are one episode (docs/spec/due.md, *Triggers*).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from operator import sub
from typing import NamedTuple

from pmlint.runs.budgets import (
    MIN_BAD,
    PAIRS,
    Allowance,
    BurnPair,
    RateTest,
    pair_test,
    spent_test,
    usable,
)
from pmlint.runs.counts import RECORDED, RouteSeries

_HOUR = 12
_COUNTED = {"failures": "bad", "rescues": "rescued"}
"""What each budget counts."""


class RepeatedRescue(NamedTuple):
    """When rescues are repeated: ``at_least`` within ``within`` steps, and more than ``share``
    of the runs. Three within a week are a habit; of many runs, some rescue was promised.
    """

    at_least: int = 3
    within: int = 7 * 24 * _HOUR
    share: Fraction = Fraction(2, 100)


class Promise(NamedTuple):
    """What a route promises, as the budgets that follow from it, and when rescues are repeated.
    Firing moments at most ``join`` steps apart are one episode.
    """

    allowances: tuple[Allowance, ...] = ()
    repeated: RepeatedRescue = RepeatedRescue()
    pairs: Sequence[BurnPair] = PAIRS
    min_bad: int = MIN_BAD
    join: int = 24 * _HOUR


class Moment(NamedTuple):
    """A step at which a trigger fires: ``counted`` of ``of`` runs, from ``first`` on."""

    at: int
    first: int
    counted: int
    of: int


class Episode(NamedTuple):
    """Firing moments that belong together. ``first`` and ``last`` are steps, ``runs`` how many runs
    were counted, ``peak`` the moment with the largest count.
    """

    trigger: str
    first: int
    last: int
    runs: int
    peak: Moment


def episodes(
    series: RouteSeries, promise: Promise, now: int, since: int = 0, *, history: bool = True
) -> list[Episode]:
    """Every episode of a route up to the step ``now``, in the order of its first moment.

    Nothing before the step ``since`` counts towards a budget. Without ``history`` only what fires
    at ``now`` is judged.
    """
    moments = _moments(series, now) if history else [now]
    watched = _Watched(series, moments)
    found = [
        *_outcome_episodes(series, now, moments if not history else None, promise.join),
        *_joined("repeated-rescue", series, _rescue_moments(watched, promise), promise.join),
        *_joined("budget-alert", series, _budget_moments(watched, promise, since), promise.join),
    ]
    return sorted(found, key=lambda episode: (episode.first, episode.trigger))


class _Watched:
    """A route at many moments: where each of a few windows begins is looked up once for all."""

    def __init__(self, series: RouteSeries, moments: Sequence[int]) -> None:
        self._series, self._moments = series, moments
        self._ends = series.positions(moments)
        self._begins: dict[tuple[int, int], list[int]] = {}

    def failing(self, test: RateTest, since: int) -> Iterator[Moment]:
        """The moments at which a test fails; nothing before the step ``since`` counts."""
        counts, runs = self._series.sums(_COUNTED[test.budget]), self._series.sums("runs")
        if counts[-1] < test.least:
            return
        length, *others = test.windows
        counted = self._within(counts, length, since)
        totals = self._within(runs, length, since)
        for place, (count, total) in enumerate(zip(counted, totals, strict=True)):
            if count < test.least or not test.exceeds(count, total):
                continue
            end = self._ends[place]
            begins = (self._begin(other, since)[place] for other in others)
            if all(test.exceeds(counts[end] - counts[at], runs[end] - runs[at]) for at in begins):
                at = self._moments[place]
                yield Moment(at, max(at - length, since), count, total)

    def _within(self, sums: Sequence[int], length: int, since: int) -> Iterator[int]:
        """For each moment, what a window counted."""
        begins = self._begin(length, since)
        return map(sub, map(sums.__getitem__, self._ends), map(sums.__getitem__, begins))

    def _begin(self, length: int, since: int) -> list[int]:
        """For each moment, where in the series its window begins."""
        key = (length, since)
        if key not in self._begins:
            firsts = (max(at - length, since) for at in self._moments)
            # A moment before `since` has an empty window, not one that begins after its end.
            found = map(min, self._series.positions(firsts), self._ends)
            self._begins[key] = list(found)
        return self._begins[key]


def _moments(series: RouteSeries, now: int) -> list[int]:
    """The steps at which a route is judged: full hours, and the ends of steps with bad runs."""
    if not series.steps:
        return []
    first = series.steps[0]
    # Between two such moments no count grows, so nothing that fires is missed.
    hours = range(first - first % _HOUR + _HOUR, now + 1, _HOUR)
    ends = (step + 1 for name in ("bad", "rescued") for step in series.steps_with(name, now))
    return sorted({*hours, *ends, now})


def _outcome_episodes(
    series: RouteSeries, now: int, only: Iterable[int] | None, join: int
) -> Iterator[Episode]:
    wanted = None if only is None else set(only)
    for trigger in RECORDED:
        moments = [
            Moment(step + 1, step, series.at(trigger, step), series.at("runs", step))
            for step in series.steps_with(trigger, now)
            if wanted is None or step + 1 in wanted
        ]
        for group in _groups(moments, join):
            runs = sum(moment.counted for moment in group)
            yield Episode(trigger, group[0].at, group[-1].at, runs, _peak(group))


def _rescue_moments(watched: _Watched, promise: Promise) -> Iterator[Moment]:
    repeated = promise.repeated
    share = repeated.share
    test = RateTest(
        "rescues", (repeated.within,), share.numerator, share.denominator, repeated.at_least
    )
    return watched.failing(test, -repeated.within)


def _budget_moments(watched: _Watched, promise: Promise, since: int) -> list[Moment]:
    fired: dict[int, list[Moment]] = {}
    for allowance in promise.allowances:
        pairs = usable(promise.pairs, allowance.window)
        tests = [pair_test(allowance, pair, promise.min_bad) for pair in pairs]
        for test in (*tests, spent_test(allowance, promise.min_bad)):
            for moment in watched.failing(test, since):
                fired.setdefault(moment.at, []).append(moment)
    largest = (max(ones, key=lambda one: (one.counted, -one.first)) for ones in fired.values())
    return sorted(largest)


def _joined(
    trigger: str, series: RouteSeries, moments: Iterable[Moment], join: int
) -> Iterator[Episode]:
    for group in _groups(list(moments), join):
        counts = series.window(group[0].first, group[-1].at)
        runs = counts.rescued if trigger == "repeated-rescue" else max(counts.bad, counts.rescued)
        yield Episode(trigger, group[0].at, group[-1].at, runs, _peak(group))


def _groups(moments: Sequence[Moment], join: int) -> Iterator[list[Moment]]:
    group: list[Moment] = []
    for moment in moments:
        if group and moment.at - group[-1].at > join:
            yield group
            group = []
        group.append(moment)
    if group:
        yield group


def _peak(group: Sequence[Moment]) -> Moment:
    """The moment with the largest count; of equal ones the first."""
    return max(group, key=lambda moment: (moment.counted, -moment.at))
