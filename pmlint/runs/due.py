"""Which routes owe a postmortem: episodes of each route, and the reviews that answer them.

An episode is answered by a review of the route that is in review, accepted or closed, and
1. was opened on its first day or later, and spans it: route_start to containment meet it, or, where
   that is not known, the 14 days before it was opened; or
2. was opened on its first day or later, and names it under ``episodes``; or
3. for rescues and budgets: was open when it began, since its fix is on its way.
A review that is signed off answers nothing new; a withdrawn one answers only what it names
(docs/spec/due.md, *Triggers*).

Every day is one of UTC, also where the team has a time zone, unlike that of a deadline. A deadline
is a day that a person promised; these are moments of a log, and what is printed of them is copied:
``since 2026-11-20`` into ``episodes``. A statement is the same bytes wherever it is made, and the
digest of its settings does not have the time zone: it could change an answer and nobody would see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

from pmlint.model import Postmortem, Route
from pmlint.model.resources import read_json
from pmlint.model.route import RouteStage
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.amounts import STEP, decimal, duration
from pmlint.project.promise import WINDOW, countable, route_promise
from pmlint.runs.budgets import (
    Allowance,
    BudgetState,
    FiringPair,
    firing,
    state_of,
)
from pmlint.runs.counts import CountTable
from pmlint.runs.series import RouteSeries, WindowCounts
from pmlint.runs.settings import DueSettings, RunSettings
from pmlint.runs.triggers import Episode, Promise, episodes

DueAnswer = Literal["within", "over", "no-slo", "idle", "unjudged"]
_BEFORE_OPENED = 14
"""Days that an incident may have lasted before its review was opened."""
_AUTONOMY = tuple(read_json("vocabulary.json")["autonomy"])
"""From the least to the most."""
NOTHING = WindowCounts(0, 0, 0)
_ANSWERING = ("in-review", "accepted", "closed")


class OwedReview(NamedTuple):
    """An episode, the review that answers it, a draft that would, and the end of its grace, which
    is over where it is late.
    """

    episode: Episode
    answered_by: str
    draft: str
    grace_until: date
    is_late: bool


class StageCounts(NamedTuple):
    """The stage that a route names, and its runs since it was entered (docs/spec/trust.md)."""

    stage: RouteStage
    counts: WindowCounts


class RouteDue(NamedTuple):
    """The answer for one route; times as steps of five minutes since 1970. ``above`` counts runs by
    an autonomy that is above the registry's.
    """

    route: Route
    answer: DueAnswer
    why: tuple[str, ...]
    promise: Promise
    since: int
    counts: WindowCounts
    budgets: tuple[BudgetState, ...]
    firing: tuple[FiringPair, ...]
    owed: tuple[OwedReview, ...]
    above: tuple[tuple[str, int], ...] = ()
    stage: StageCounts | None = None

    @property
    def unanswered(self) -> tuple[OwedReview, ...]:
        """The episodes that no review answers."""
        return tuple(owed for owed in self.owed if not owed.answered_by)


class DueQuestion(NamedTuple):
    """What is judged: counts of runs, linked postmortems, and the settings. ``tree`` has the
    OpenSLO files that routes name.
    """

    tree: Tree
    postmortems: Sequence[Postmortem]
    counts: CountTable
    runs: RunSettings
    due: DueSettings
    history: bool = True


def judge_routes(routes: Iterable[Route], question: DueQuestion, now: datetime) -> list[RouteDue]:
    """The answer for each route at a moment, which is cut to five minutes; routes by id."""
    step = int(now.timestamp()) // STEP
    last = question.counts.last
    is_stale = last >= 0 and step - last > question.runs.max_age
    found = []
    for route in sorted({one.id: one for one in routes}.values(), key=lambda one: one.id):
        linked = [
            review
            for review in question.postmortems
            if route.id in review.routes or review.id in route.postmortems
        ]
        # One route at a time: what is made of its rows is much larger than they are.
        series = question.counts.series(route.id, question.due.rescued_by, step)
        judged = _judge(route, linked, series, step, question, is_stale=is_stale)
        above = _above(route, question.counts, judged.since, step)
        stage = _stage_counts(route, linked, question, step)
        found.append(judged._replace(above=above, stage=stage))
    return found


def _judge(
    route: Route,
    linked: Sequence[Postmortem],
    series: RouteSeries,
    now: int,
    question: DueQuestion,
    *,
    is_stale: bool,
) -> RouteDue:
    try:
        promise = promise_of(route, question.tree, question.due)
    except (Malformed, ValueError):
        # `check` says what is wrong with it; counted against nothing, it is not within.
        return RouteDue(route, "unjudged", ("unreadable",), Promise(), 0, NOTHING, (), (), ())
    window = promise.allowances[0].window if promise.allowances else duration(WINDOW)
    signed = _last_signoff(linked)
    since = max(now - window, signed)
    counts = series.window(since, now)
    least = question.due.min_bad
    budgets = tuple(state_of(series, one, now, since, least) for one in promise.allowances)
    fired = tuple(
        pair
        for one in promise.allowances
        for pair in firing(series, one, now, since, promise.pairs, least)
    )
    why = _why_unjudged(route, promise, counts, question.runs, is_stale=is_stale)
    owed = tuple(
        _owed(episode, linked, question.due.grace, now)
        for episode in episodes(series, promise, now, signed, history=question.history)
    )
    answer = _answer(route, promise, budgets, fired, why, counts)
    return RouteDue(route, answer, why, promise, since, counts, budgets, fired, owed)


def promise_of(route: Route, tree: Tree, settings: DueSettings) -> Promise:
    """What a route promises, by its ``slo`` or the OpenSLO file that it names. Raises `ValueError`
    for a value that is wrong, `Malformed` for such a file.
    """
    promised = countable(route_promise(route, tree))
    window = promised.window
    allowances: list[Allowance] = []
    if promised.objective is not None:
        allowances.append(Allowance("failures", 1 - promised.objective, window))
    repeated = settings.repeated
    if promised.rescues is not None:
        allowances.append(Allowance("rescues", promised.rescues, window))
        repeated = repeated._replace(share=promised.rescues)
    return Promise(tuple(allowances), repeated, settings.pairs, settings.min_bad, settings.join)


def window_edges(
    routes: Collection[Route], tree: Tree, due: DueSettings, now: datetime
) -> set[int]:
    """Where the windows of all routes begin and end at one moment, as steps.

    A sign-off, and the day on which a spent budget is within again, begin on a full hour besides.
    """
    promises = [Promise((), due.repeated, due.pairs)]
    for route in routes:
        try:
            promises.append(promise_of(route, tree, due))
        except (Malformed, ValueError):
            continue  # unreadable: nothing is counted against it
    lengths = {0, 1, duration(WINDOW)}
    for promise in promises:
        lengths.add(promise.repeated.within)
        lengths |= {allowance.window for allowance in promise.allowances}
        lengths |= {length for pair in promise.pairs for length in (pair.long, pair.short)}
    step = int(now.timestamp()) // STEP
    entered = {
        _day_step(route.stage.since) for route in routes if route.stage and route.stage.since
    }
    return {step - length for length in lengths} | entered


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
    route: Route, promise: Promise, counts: WindowCounts, runs: RunSettings, *, is_stale: bool
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
    share = decimal(runs.max_unknown)
    if counts.unknown * share.denominator > share.numerator * counts.runs:
        reasons.append("unknown-outcomes")
    return tuple(reasons)


def _stage_counts(
    route: Route, linked: Sequence[Postmortem], question: DueQuestion, now: int
) -> StageCounts | None:
    """The runs of the stage that a route names, from its first day on.

    A run counts unless its row says an autonomy above the stage's; by autonomy and never by
    fraction: the same 10 % flag turned on 1,037 and 1,004 of 10,000 cases in two implementations.
    """
    stage = route.stage
    if stage is None or stage.since is None:
        return None
    of_review = (
        one.autonomy
        for review in linked
        if review.id == stage.postmortem
        for one in review.restart.stages
        if one.id == stage.id
    )
    first = _day_step(stage.since)
    above = _higher(next(of_review, route.autonomy))
    rescued_by = question.due.rescued_by
    counts = question.counts.at_most(route.id, above, rescued_by, first, now)
    return StageCounts(stage, counts)


def _higher(autonomy: str) -> tuple[str, ...]:
    """The autonomies above one; none where it is not known."""
    return _AUTONOMY[_AUTONOMY.index(autonomy) + 1 :] if autonomy in _AUTONOMY else ()


def _day_step(day: date) -> int:
    """The step at which a day begins in UTC."""
    return int(datetime.combine(day, datetime.min.time(), UTC).timestamp()) // STEP


def _above(route: Route, counts: CountTable, since: int, end: int) -> tuple[tuple[str, int], ...]:
    """Runs between two steps at an autonomy above the registry's: the runtime does not read it."""
    higher = _higher(route.autonomy)
    return tuple(sorted(counts.by_autonomy(route.id, higher, since, end).items()))


def _owed(episode: Episode, linked: Sequence[Postmortem], grace_steps: int, now: int) -> OwedReview:
    begin, end = moment_of(episode.first), moment_of(episode.last)
    answering = [review.id for review in linked if _answers(review, episode, begin, end)]
    drafts = [review.id for review in linked if review.status == "draft"]
    grace = moment_of(episode.first + grace_steps).date()
    is_late = moment_of(now).date() > grace
    answer, draft = min(answering, default=""), min(drafts, default="")
    return OwedReview(episode, answer, draft, grace, is_late)


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
        opened = (review.opened or date.min).toordinal()
        return begin.toordinal() <= opened <= end.toordinal() + _BEFORE_OPENED
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
    return _day_step(max(days)) if days else 0
