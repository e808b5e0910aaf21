"""What makes a review owed: outcomes, repeated rescue, and budgets that are spent too fast.

The whole log is judged, not only its end: at each full hour and at the end of each step with a bad
or rescued run. Firing moments at most a day apart are one episode (docs/spec/due.md, *Triggers*).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from pmlint.runs.budgets import MIN_BAD, PAIRS, Allowance, BurnPair, firing, state_of
from pmlint.runs.counts import RECORDED, RouteSeries

_HOUR = 12


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
    moments = list(_moments(series, now)) if history else [now]
    rescued = _rescue_moments(series, promise, moments)
    spending = _budget_moments(series, promise, moments, since)
    found = [
        *_outcome_episodes(series, now, moments if not history else None, promise.join),
        *_joined("repeated-rescue", series, rescued, promise.join),
        *_joined("budget-alert", series, spending, promise.join),
    ]
    return sorted(found, key=lambda episode: (episode.first, episode.trigger))


def _moments(series: RouteSeries, now: int) -> Iterator[int]:
    """The steps at which a route is judged: full hours, and the ends of steps with bad runs."""
    if not series.steps:
        return
    first = series.steps[0].step
    # Between two such moments no count grows, so nothing that fires is missed.
    hours = set(range(first - first % _HOUR + _HOUR, now + 1, _HOUR))
    ends = {counts.step + 1 for counts in series.steps if counts.bad or counts.rescued}
    yield from sorted(moment for moment in hours | ends | {now} if moment <= now)


def _outcome_episodes(
    series: RouteSeries, now: int, only: Iterable[int] | None, join: int
) -> Iterator[Episode]:
    steps = series.between(0, now)
    wanted = None if only is None else set(only)
    for trigger in RECORDED:
        moments = [
            Moment(counts.step + 1, counts.step, counts.of(trigger), counts.runs)
            for counts in steps
            if counts.of(trigger) and (wanted is None or counts.step + 1 in wanted)
        ]
        for group in _groups(moments, join):
            runs = sum(moment.counted for moment in group)
            yield Episode(trigger, group[0].at, group[-1].at, runs, _peak(group))


def _rescue_moments(
    series: RouteSeries, promise: Promise, moments: Iterable[int]
) -> Iterator[Moment]:
    repeated = promise.repeated
    for at in moments:
        first = at - repeated.within
        counts = series.window(first, at)
        often = counts.rescued * repeated.share.denominator > repeated.share.numerator * counts.runs
        if counts.rescued >= repeated.at_least and often:
            yield Moment(at, first, counts.rescued, counts.runs)


def _budget_moments(
    series: RouteSeries, promise: Promise, moments: Iterable[int], since: int
) -> Iterator[Moment]:
    for at in moments:
        fired: list[Moment] = []
        for allowance in promise.allowances:
            for one in firing(series, allowance, at, since, promise.pairs, promise.min_bad):
                first = max(at - one.pair.long, since)
                fired.append(Moment(at, first, one.long.of(allowance.budget), one.long.runs))
            state = state_of(series, allowance, at, since, promise.min_bad)
            if state.spent:
                first = max(at - allowance.window, since)
                runs = series.window(first, at).runs
                fired.append(Moment(at, first, state.counted, runs))
        if fired:
            yield max(fired, key=lambda moment: (moment.counted, -moment.first))


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
