"""What makes a review owed: outcomes, repeated rescue, and budgets that are spent too fast.

The whole log is judged, not only its end: at each full hour and at the end of each step with a bad
or rescued run. Firing moments at most a day apart are one episode (docs/spec/due.md, *Triggers*).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain
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
from pmlint.runs.series import RECORDED, RouteSeries

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
    moments = _moments(series, promise, now) if history else [now]
    watched = _Watched(series, moments)
    found = [
        *_outcome_episodes(series, now, None if history else moments, promise.join),
        *_joined("repeated-rescue", series, _rescue_moments(watched, promise), promise.join),
        *_joined("budget-alert", series, _budget_moments(watched, promise, since), promise.join),
    ]
    return sorted(found, key=lambda episode: (episode.first, episode.trigger))


class _Watched:
    """A route at many moments. What a window counted at each of them is looked up once for all
    tests that ask for it.
    """

    def __init__(self, series: RouteSeries, moments: Sequence[int]) -> None:
        self._series, self._moments = series, moments
        self._ends = series.places(moments)
        self._begins: dict[tuple[int, int], list[int]] = {}

    def failing(self, test: RateTest, since: int) -> Iterator[Moment]:
        """The moments at which a test fails; nothing before the step ``since`` counts."""
        counts, runs = self._series.sums(_COUNTED[test.budget]), self._series.sums("runs")
        least, of, parts = test.least, test.of, test.parts
        if counts[-1] < least:
            return
        length, *others = test.windows
        begins, ends = self._begin(length, since), self._ends
        counted = [*map(sub, map(counts.__getitem__, ends), map(counts.__getitem__, begins))]
        # `RateTest.exceeds` written out: its call at each moment took 7% of the judging.
        failing = [
            place
            for place, count in enumerate(counted)
            if count >= least and count * of > parts * (runs[ends[place]] - runs[begins[place]])
        ]
        for other in others if failing else ():
            begin = self._begin(other, since)
            failing = [
                place
                for place in failing
                if test.exceeds(
                    counts[ends[place]] - counts[begin[place]],
                    runs[ends[place]] - runs[begin[place]],
                )
            ]
        for place in failing:
            at, total = self._moments[place], runs[ends[place]] - runs[begins[place]]
            yield Moment(at, max(at - length, since), counted[place], total)

    def _begin(self, length: int, since: int) -> list[int]:
        """For each moment, where in the series its window begins."""
        key = (length, since)
        if key not in self._begins:
            moments = self._moments
            # A moment before `since` has an empty window; the next ones have a shorter one.
            empty, shorter = bisect_left(moments, since), bisect_left(moments, since + length)
            firsts = [*moments[:empty], *[since] * (shorter - empty)]
            firsts += [at - length for at in moments[shorter:]]
            self._begins[key] = self._series.places(firsts)
        return self._begins[key]


def _moments(series: RouteSeries, promise: Promise, now: int) -> list[int]:
    """The steps at which a route is judged: full hours, and the ends of steps with bad runs."""
    # Between two such moments no count grows, and where every window is empty nothing fires, so
    # nothing is missed.
    longest = max(
        promise.repeated.within,
        *(allowance.window for allowance in promise.allowances),
        *(pair.long for pair in promise.pairs),
    )
    hours = (
        range(
            stretch.start - stretch.start % _HOUR + _HOUR,
            min(stretch.stop + longest, now) + 1,
            _HOUR,
        )
        for stretch in series.stretches
    )
    ends = {step + 1 for name in ("bad", "rescued") for step in series.counted(name) if step < now}
    return sorted({now, *ends, *chain.from_iterable(hours)})


def _outcome_episodes(
    series: RouteSeries, now: int, only: Collection[int] | None, join: int
) -> Iterator[Episode]:
    for trigger in RECORDED:
        moments = [
            Moment(step + 1, step, number, series.window(step, step + 1).runs)
            for step, number in series.counted(trigger).items()
            if step < now and (only is None or step + 1 in only)
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
