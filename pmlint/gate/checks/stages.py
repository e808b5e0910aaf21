"""Stages: a route comes back step by step, each step earned (docs/spec/trust.md, *Stages*).

1. A linked review with stages lets a route rise to its first stage, then one stage a change, never
   above (`stage-skipped`), and only from a stage whose demands are met (`stage-not-earned`). Of two
   such reviews the lower level counts.
2. The change that enters a stage writes it into the route with the judge's own day, which never
   moves afterwards (`stage-since`). Commit dates are never used. So is a stage that comes beside
   its review, or by itself: a day that nobody judged would have been earned by nobody.
3. Going back is free, and coming again begins anew.
4. ``stage`` goes once the last stage is entered, or as the route is retired (`stage-removed`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from typing import Any, NamedTuple

from pmlint.gate.case import Case
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.comparison import FieldChange
from pmlint.gate.refusal import Refusal
from pmlint.gate.statements import moment_in
from pmlint.model import Postmortem, Route
from pmlint.model.counting import count
from pmlint.model.restart import Stage
from pmlint.model.route import RouteStage
from pmlint.project.amounts import decimal
from pmlint.project.holds import Hold
from pmlint.project.stages import TrustLevel, acting_level, position, stage_level

_ROW = "stage"


class NextStage(NamedTuple):
    """The one stage of a review that a route may enter now, and the stage that it comes from."""

    review: Postmortem
    stage: Stage
    comes_from: Stage | None


def stage_refusals(case: Case, pair: PlacePair, changes: list[FieldChange]) -> Iterator[Refusal]:
    """What a change of a route does to its stages."""
    before, after = pair
    # Stages of mapped routes are for later (docs/spec/trust.md): their files name no autonomy.
    if after.mapped or (before is not None and before.mapped):
        return
    reviews = _staged_reviews(case, after.id)
    moved = next((one for one in changes if one.row.field == _ROW and one.loosens), None)
    refusals: list[Refusal] = []
    if reviews and _rises(before, after):
        refusals += _risen(case, pair, reviews)
    elif moved is not None and before is not None:
        refusals += _moved(case, pair, reviews, moved)
    yield from refusals or _undated(case, pair)


def _undated(case: Case, pair: PlacePair) -> Iterator[Refusal]:
    """A stage that is new in a route's file, and of another day than the judge's."""
    old = pair.before.stage if pair.before is not None else None
    stage = pair.after.stage
    if stage is None or stage.since == case.clock.day:
        return
    if old is None or (old.postmortem, old.id, old.since) != (
        stage.postmortem,
        stage.id,
        stage.since,
    ):
        found = _since(case, pair, None, f"is new today, {case.clock.day}")
        yield found._replace(values={**found.values, "since": case.clock.day.isoformat()})


def stage_holds(refusals: list[Refusal]) -> list[Hold]:
    """What holds a restored route at its stage, from what is refused of it."""
    return [Hold("", "stage", "", "", None, one.message, one.way_out, one.code) for one in refusals]


def next_stage_hold(case: Case, route: Route) -> Iterator[Hold]:
    """What keeps a route from all that it could have: the one stage that it may enter next, or what
    it has not shown for that.
    """
    reviews = _staged_reviews(case, route.id) if not route.mapped else []
    steps = [step for read in reviews if (step := _next(route, read)) is not None]
    if not steps:
        return
    step = min(steps, key=lambda one: _order(stage_level(one.stage)))
    pair = PlacePair(route, route)
    refusals = [refusal for one in steps for refusal in _earned(case, pair, one)]
    if not refusals:
        stage = step.stage
        message = f"stage {stage.id} of {step.review.id} is next: {stage.state}, {stage.autonomy}"
        refusals = [_refusal(pair, "stage-skipped", message, "stage", step, case)]
    yield from stage_holds(refusals)


def _staged_reviews(case: Case, route: str) -> list[Postmortem]:
    """The reviews of the base that are linked to a route and have stages; one that was withdrawn
    was no incident.
    """
    found = [case.postmortem(case.base, name) for name in case.linked([route])]
    return [read for read in found if read and read.restart.stages and read.status != "withdrawn"]


def _rises(before: Route | None, after: Route) -> bool:
    old = acting_level(before) if before is not None else None
    new = acting_level(after)
    if old is None:
        # a route that the base has not comes from nowhere, and one that is down goes nowhere
        return after.runs
    return new.is_above(old)


def _risen(case: Case, pair: PlacePair, reviews: list[Postmortem]) -> Iterator[Refusal]:
    """What a route lacks that goes further than it did."""
    before, after = pair
    steps = [step for read in reviews if (step := _next(before, read)) is not None]
    if not steps:
        return  # every stage of every review is behind it
    step = min(steps, key=lambda one: _order(stage_level(one.stage)))
    allowed = stage_level(step.stage)
    # elementwise: one review may allow a higher state, another a higher autonomy
    for other in steps:
        allowed = allowed.lowest(stage_level(other.stage))
    if acting_level(after).is_above(allowed):
        yield _refusal(
            pair,
            "stage-skipped",
            f"'{after.id}' goes beyond stage {step.stage.id} of {step.review.id}, which allows "
            f"{step.stage.state} and {step.stage.autonomy}",
            _highest(after, allowed),
            step,
            case,
        )
        return
    yield from _named(case, pair, step)
    for one in steps:
        yield from _earned(case, pair, one)


def _next(before: Route | None, read: Postmortem) -> NextStage | None:
    """The stage that a route may enter; None where all are behind it."""
    stages = read.restart.stages
    if before is None:
        return NextStage(read, stages[0], None)
    here = position(before, read)
    level = acting_level(before)
    if here is not None:
        if stage_level(stages[here]).is_above(level):
            return NextStage(read, stages[0], None)  # it went back, and begins anew
        if here + 1 < len(stages):
            return NextStage(read, stages[here + 1], stages[here])
        return None
    if not stage_level(stages[-1]).is_above(level):
        return None
    if before.stage is None:
        return NextStage(read, stages[0], None)
    # The route counts at a stage of another review: what it shows there has to be enough for the
    # stage of this one that it has reached, too. Else to name the other would pass all demands.
    reached = [one for one in stages if not stage_level(one).is_above(level)]
    following = next(one for one in stages if stage_level(one).is_above(level))
    return NextStage(read, following, reached[-1] if reached else None)


def _order(level: TrustLevel) -> tuple[int, int]:
    return (level.state, level.autonomy)


def _named(case: Case, pair: PlacePair, step: NextStage) -> Iterator[Refusal]:
    """What the entry of a stage lacks in the route's file: its name, and its day."""
    stage = pair.after.stage
    is_last = step.stage.id == step.review.restart.stages[-1].id
    if stage is None and is_last:
        pass  # it may go in the very change that enters the last stage
    elif stage is None or (stage.postmortem, stage.id) != (step.review.id, step.stage.id):
        named = f"names {stage.postmortem} {stage.id}" if stage is not None else "names no stage"
        yield _refusal(
            pair,
            "stage-skipped",
            f"'{pair.after.id}' enters stage {step.stage.id} of {step.review.id}, and {named}",
            "stage",
            step,
            case,
        )
    elif stage.since != case.clock.day:
        yield _since(case, pair, step, f"is entered today, {case.clock.day}")


def _earned(case: Case, pair: PlacePair, step: NextStage) -> Iterator[Refusal]:
    """What the stage before asks for, and the route has not shown."""
    if step.comes_from is not None and pair.before is not None:
        lacks = list(_not_earned(case, pair.before, step.comes_from))
        if lacks:
            yield _refusal(
                pair,
                "stage-not-earned",
                f"'{pair.after.id}' enters stage {step.stage.id} of {step.review.id}, and stage "
                f"{step.comes_from.id} asks for {'; '.join(lacks)}",
                _highest(pair.after, acting_level(pair.before)),
                step,
                case,
            )


def _not_earned(case: Case, before: Route, stage: Stage) -> Iterator[str]:
    """What a stage asks for that the route has not shown."""
    demand, entered = stage.at_least, before.stage
    since = entered.since if entered is not None else None
    counted = _counted(case, before)
    if demand.days is not None:
        # up to the statement's moment: what was not counted yet has not been shown
        days = (_as_of(case) - since).days if since is not None else 0
        if days < demand.days:
            yield f"{count(demand.days, 'day')}, and it has {max(days, 0)}"
    runs = counted.get("runs", 0)
    if demand.runs is not None and runs < demand.runs:
        yield f"{count(demand.runs, 'run')}, and it has {runs:,}"
    if demand.rescues is not None:
        yield from _too_many_rescues(demand.rescues, counted)


def _too_many_rescues(written: object, counted: dict[str, Any]) -> Iterator[str]:
    """Whether more runs were rescued than a stage allows; of no runs nobody can say."""
    runs, rescued = counted.get("runs", 0), counted.get("rescued", 0)
    try:
        share = decimal(written)
    except ValueError:
        yield "a share of rescues that cannot be read"
        return
    if not runs or rescued * share.denominator > share.numerator * runs:
        yield f"at most {written} of its runs rescued, and {rescued:,} of {runs:,} were"


def _counted(case: Case, before: Route) -> dict[str, Any]:
    """The runs of the stage that the route names on the base: of that review, stage and day, or
    nothing.
    """
    stage = before.stage
    if stage is None or case.budgets.is_off:
        return {}
    found = case.budgets.entry(before.id).get("stage") or {}
    wanted = (stage.postmortem, stage.id, stage.since.isoformat() if stage.since else "")
    said = (found.get("postmortem"), found.get("id"), found.get("since"))
    return dict(found) if said == wanted else {}


def _as_of(case: Case) -> date:
    """Up to which day a route has shown something: that of a usable statement, else today.

    In UTC, as the day on which the stage was entered: by the statement's own offset it could gain
    a day that has not come.
    """
    as_of = "" if case.budgets.is_off else case.budgets.as_of
    return moment_in(as_of).astimezone(UTC).date() if as_of else case.clock.day


def _moved(
    case: Case, pair: PlacePair, reviews: list[Postmortem], moved: FieldChange
) -> Iterator[Refusal]:
    """A stage that changes while the route goes no further."""
    before, after = pair
    assert before is not None
    old, new = before.stage, after.stage
    read = next((one for one in reviews if new is not None and one.id == new.postmortem), None)
    if new is None or read is None:
        # to name a stage of a review that has none would be to name none
        if old is not None and not _may_go(before, after, reviews, old):
            yield _refusal(
                pair,
                "stage-removed",
                f"'{after.id}' no longer names stage {old.id} of {old.postmortem}, which is not "
                "its last",
                "stage",
                None,
                case,
            )
        return
    # By positions and not by ids alone: an id that the review lost is no place to come from.
    here, there = position(before, read), position(after, read)
    if here is not None and here == there:
        if old is not None and old.since != new.since:
            yield _since(case, pair, None, f"was entered on {old.since}")
        return
    step = _next(before, read)
    if there is not None and here is not None and there < here:
        if new.since != case.clock.day:
            yield _since(case, pair, step, f"is entered today, {case.clock.day}")
        return
    if step is None or step.stage.id != new.id:
        yield _refusal(
            pair,
            "stage-skipped",
            f"'{after.id}' names stage {new.id} of {new.postmortem} before it may enter it",
            "stage",
            step,
            case,
        )
        return
    yield from _named(case, pair, step)
    yield from _earned(case, pair, step)


def _may_go(before: Route, after: Route, reviews: list[Postmortem], old: RouteStage) -> bool:
    """Whether a route may name no stage any more."""
    if after.state == "retired":
        return True
    read = next((one for one in reviews if one.id == old.postmortem), None)
    here = position(before, read) if read is not None else None
    # a stage that no linked review has asks for nothing
    return read is None or here is None or here + 1 == len(read.restart.stages)


def _highest(after: Route, allowed: TrustLevel) -> str:
    """The field by which a route goes beyond a level."""
    level = acting_level(after)
    if level.autonomy > allowed.autonomy:
        return "autonomy"
    return "state" if level.state > allowed.state else "restart"


def _since(case: Case, pair: PlacePair, step: NextStage | None, why: str) -> Refusal:
    stage = pair.after.stage
    assert stage is not None
    return _refusal(
        pair,
        "stage-since",
        f"'{pair.after.id}': stage {stage.id} of {stage.postmortem} {why}, and 'since' is "
        f"{stage.data.get('since')}",
        "stage",
        step,
        case,
    )


def _refusal(
    pair: PlacePair, code: str, message: str, field: str, step: NextStage | None, case: Case
) -> Refusal:
    before, after = pair
    at = after.place(field)
    return Refusal(
        code,
        message,
        after.file,
        at / "since" if code == "stage-since" else at,
        subject=after.id,
        field=field,
        before=before.data.get(field) if before is not None else None,
        after=after.data.get(field),
        values={"route": after.id, **_wanted(case, before, step)},
    )


def _wanted(case: Case, before: Route | None, step: NextStage | None) -> dict[str, str]:
    """What the file of a route has to say of its stage: of the one that it may enter, today; else
    as it is on the base.
    """
    if step is not None:
        stage, today = step.stage, case.clock.day.isoformat()
        names = {"postmortem": step.review.id, "stage": stage.id, "since": today}
        return {**names, "state": stage.state, "autonomy": stage.autonomy}
    if before is None or before.stage is None:
        return {}
    known = before.stage
    since = str(known.data.get("since"))
    return {"postmortem": known.postmortem, "stage": known.id, "since": since}
