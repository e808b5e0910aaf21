"""Which routes owe a postmortem: episodes of each route, and the reviews that answer them.

An episode is answered by a review of the route that is in review, accepted or closed, and
1. was opened on its first day or later, and spans it: route_start to containment meet it, or, where
   that is not known, the 14 days before it was opened; or
2. was opened on its first day or later, and names it under ``episodes``; or
3. for rescues and budgets: was open when it began, since its fix is on its way.
A review that is signed off answers nothing new; a withdrawn one answers only what it names
(docs/spec/due.md, *Triggers*).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

from pmlint.model import Postmortem, Route
from pmlint.runs.budgets import (
    MIN_BAD,
    PAIRS,
    Allowance,
    BudgetState,
    FiringPair,
    decimal,
    duration,
    firing,
    state_of,
)
from pmlint.runs.counts import STEP, RouteSeries, WindowCounts, series_of
from pmlint.runs.event import TraceRun
from pmlint.runs.triggers import Episode, Promise, RepeatedRescue, episodes

DueAnswer = Literal["within", "over", "no-slo", "idle", "unjudged"]
GRACE = timedelta(days=5)
"""So long a review may be owed before it is an error."""
MAX_AGE = timedelta(hours=24)
"""The newest run of all may be so old; an older log says nothing of today."""
_BEFORE_OPENED = timedelta(days=14)
_WINDOW = "30d"
_UNKNOWN_SHARE = 5
"""One unknown outcome in five is where a route is not judged any more."""
_ANSWERING = ("in-review", "accepted", "closed")


class OwedReview(NamedTuple):
    """An episode, the review that answers it, a draft that would, and the end of its grace."""

    episode: Episode
    answered_by: str
    draft: str
    grace_until: date


class RouteDue(NamedTuple):
    """The answer for one route; times as steps of five minutes since 1970."""

    route: Route
    answer: DueAnswer
    why: tuple[str, ...]
    since: int
    counts: WindowCounts
    unknown: int
    budgets: tuple[BudgetState, ...]
    firing: tuple[FiringPair, ...]
    owed: tuple[OwedReview, ...]

    @property
    def unanswered(self) -> tuple[OwedReview, ...]:
        """The episodes that no review answers."""
        return tuple(owed for owed in self.owed if not owed.answered_by)


def judge_routes(
    routes: Iterable[Route],
    postmortems: Sequence[Postmortem],
    runs: Sequence[TraceRun],
    now: datetime,
    *,
    history: bool = True,
) -> list[RouteDue]:
    """The answer for each route at a moment, which is cut to five minutes; routes by id.

    Raises `ValueError` for an ``slo`` that is not one.
    """
    step = int(now.timestamp()) // STEP
    # A run after the step of now counts in no window, and its clock may be wrong.
    known = [run for run in runs if 0 < (_at(run) or 0) < step * STEP * 10**9]
    series = series_of(known, ("rescues", "corrections"))
    newest = max((_at(run) or 0 for run in known), default=0) // 10**9
    is_stale = bool(known) and now.timestamp() - newest > MAX_AGE.total_seconds()
    unknown = _unknown_counts(known)
    found = []
    for route in sorted({one.id: one for one in routes}.values(), key=lambda one: one.id):
        linked = [
            review
            for review in postmortems
            if route.id in review.routes or review.id in route.postmortems
        ]
        counted = series.get(route.id, RouteSeries(()))
        lacks = unknown.get(route.id, 0)
        judged = _judge(route, linked, counted, step, lacks, is_stale=is_stale, history=history)
        found.append(judged)
    return found


def _judge(
    route: Route,
    linked: Sequence[Postmortem],
    series: RouteSeries,
    now: int,
    unknown: int,
    *,
    is_stale: bool,
    history: bool,
) -> RouteDue:
    promise = promise_of(route)
    window = promise.allowances[0].window if promise.allowances else duration(_WINDOW)
    since = max(now - window, _last_signoff(linked))
    counts = series.window(since, now)
    budgets = tuple(state_of(series, one, now, since) for one in promise.allowances)
    fired = tuple(
        pair for one in promise.allowances for pair in firing(series, one, now, since, PAIRS)
    )
    why = _why_unjudged(route, promise, counts, unknown, is_stale=is_stale)
    owed = tuple(
        _owed(episode, linked)
        for episode in episodes(series, promise, now, _last_signoff(linked), history=history)
    )
    answer = _answer(route, promise, budgets, fired, why, counts)
    return RouteDue(route, answer, why, since, counts, unknown, budgets, fired, owed)


def promise_of(route: Route) -> Promise:
    """What a route promises, by its ``slo``. Raises `ValueError` for a value that is wrong."""
    slo = route.data.get("slo")
    fields: Mapping[str, object] = slo if isinstance(slo, dict) else {}
    window = duration(str(fields.get("window", _WINDOW)))
    allowances: list[Allowance] = []
    if "objective" in fields:
        allowances.append(Allowance("failures", 1 - decimal(fields["objective"]), window))
    repeated = RepeatedRescue()
    if "rescues" in fields:
        share = decimal(fields["rescues"])
        allowances.append(Allowance("rescues", share, window))
        repeated = repeated._replace(share=share)
    return Promise(tuple(allowances), repeated, PAIRS, MIN_BAD)


def moment_of(step: int) -> datetime:
    """The moment at which a step begins."""
    return datetime.fromtimestamp(step * STEP, UTC)


def _answer(
    route: Route,
    promise: Promise,
    budgets: Sequence[BudgetState],
    fired: Sequence[FiringPair],
    why: Sequence[str],
    counts: WindowCounts,
) -> DueAnswer:
    if why:
        return "unjudged"
    if not counts.runs and not route.runs:
        return "idle"
    if not promise.allowances:
        return "no-slo"
    pages = any(pair.pair.severity == "page" for pair in fired)
    return "over" if pages or any(state.spent for state in budgets) else "within"


def _why_unjudged(
    route: Route, promise: Promise, counts: WindowCounts, unknown: int, *, is_stale: bool
) -> tuple[str, ...]:
    """Why a route that promises something cannot be judged. What runs and is not counted is not
    within its budget: nothing judged is no pass.
    """
    if not promise.allowances:
        return ()
    reasons: list[str] = []
    if route.runs and not counts.runs:
        reasons.append("no-runs")
    if is_stale and route.runs:
        reasons.append("stale")
    if counts.runs and unknown * _UNKNOWN_SHARE > counts.runs:
        reasons.append("unknown-outcomes")
    return tuple(reasons)


def _owed(episode: Episode, linked: Sequence[Postmortem]) -> OwedReview:
    begin, end = moment_of(episode.first), moment_of(episode.last)
    answering = [review.id for review in linked if _answers(review, episode, begin, end)]
    drafts = [review.id for review in linked if review.status == "draft"]
    grace = (begin + GRACE).date()
    return OwedReview(episode, min(answering, default=""), min(drafts, default=""), grace)


def _answers(review: Postmortem, episode: Episode, begin: datetime, end: datetime) -> bool:
    if review.opened is None:
        return False
    later = review.opened >= begin.date()
    named = later and any(
        one.trigger == episode.trigger
        and one.day is not None
        and begin.date() <= one.day <= end.date()
        for one in review.episodes
    )
    if review.status == "withdrawn":  # its reason and approver say: this was no incident
        return named
    if review.status not in _ANSWERING:
        return False
    return (
        named
        or (later and _spans(review, begin, end))
        or (episode.trigger in ("repeated-rescue", "budget-alert") and _was_open(review, begin))
    )


def _spans(review: Postmortem, begin: datetime, end: datetime) -> bool:
    """Whether the incident of a review meets an episode, by the widest reading of its clocks."""
    start, contained = (
        review.clocks.interval("route_start"),
        review.clocks.interval("containment"),
    )
    first = start.earliest if start else None
    last = contained.latest if contained else None
    # A review with half a span could claim everything before or after it.
    if first is None or last is None:
        opened = datetime.combine(review.opened or date.min, datetime.min.time(), UTC)
        first, last = opened - _BEFORE_OPENED, opened + timedelta(days=1)
    return first <= end and begin <= last


def _was_open(review: Postmortem, begin: datetime) -> bool:
    """Whether a review was open when an episode began: after it was opened, before its sign-off."""
    signed = [signoff.on for signoff in review.restart.signoffs if signoff.on is not None]
    opened = review.opened or date.max
    return opened <= begin.date() and (not signed or begin.date() < max(signed))


def _last_signoff(linked: Iterable[Postmortem]) -> int:
    """The step at which the day of the last sign-off begins: it starts the budgets anew. What went
    before was answered, and paid for by landed actions.
    """
    days = [
        signoff.on
        for review in linked
        if review.status in ("accepted", "closed")
        and all(action.status in ("done", "cancelled") for action in review.actions)
        and all(condition.met for condition in review.restart.conditions)
        for signoff in review.restart.signoffs
        if signoff.on is not None
    ]
    if not days:
        return 0
    return int(datetime.combine(max(days), datetime.min.time(), UTC).timestamp()) // STEP


def _unknown_counts(runs: Iterable[TraceRun]) -> dict[str, int]:
    found: dict[str, int] = {}
    for run in runs:
        if run.outcome == "unknown":
            found[run.route] = found.get(run.route, 0) + 1
    return found


def _at(run: TraceRun) -> int | None:
    return run.started if run.ended is None else run.ended
