"""Stages of a review that ask less than they did, or let a route go further (docs/spec/trust.md,
*Stages*).

1. Compared as long as a linked route has not passed the stage, whether the review is settled or
   not: a route comes back after its review is settled.
2. A new stage before the present one, and one that asks more, are free.
3. A review that is removed or no longer linked would ask for nothing: `returning` says where
   `postmortems` and `links` refuse that, although the review is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.wording import message, refusal_of
from pmlint.gate.comparison import FieldChange
from pmlint.gate.refusal import Lack, Refusal
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.project.stages import passed, stage_level

CODE = "stage-loosened"
_STAGES = Path(("restart", "stages"))


def stage_demand_refusals(
    case: Case, before: Postmortem, after: Postmortem, changes: Iterable[FieldChange]
) -> Iterator[Refusal]:
    """What a change of a review takes from the stages that its routes have not passed."""
    # Of several routes the one that has come least far: the demands are still before it.
    behind = _least_passed(case, before)
    if not before.restart.stages or behind is None:
        return
    names = [stage.id for stage in before.restart.stages]
    for change in _loosening(changes):
        # a part without a stage of the base around it belongs to none that was passed
        if change.part not in names[:behind]:
            yield _refusal(after, change, message(change.part or after.id, change, Lack("")))
    yield from _order(case, before, after, behind)
    yield from _above_the_last(case, before, after)


def _least_passed(case: Case, review: Postmortem) -> int | None:
    """How many stages each linked route of the base has passed; None where no route is linked."""
    routes = [
        place
        for name in case.routes_of(review.id)
        for place in case.base.routes.get(name, ())
        if not place.mapped
    ]
    return min((passed(route, review) for route in routes), default=None)


def _loosening(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """The changes that weaken a stage; parts of a removed stage are left out."""
    for change in changes:
        if change.row.code == CODE and change.loosens:
            yield change
        else:
            yield from _loosening(change.inner)


def _order(case: Case, before: Postmortem, after: Postmortem, behind: int) -> Iterator[Refusal]:
    row = case.table.rows("postmortem").fact("(order of stages)")
    old = [stage.id for stage in before.restart.stages][behind:]
    new = [stage.id for stage in after.restart.stages]
    left = [name for name in old if name in new]
    change = FieldChange(row, "changed", old, new, _STAGES, _STAGES)
    if change.loosens and left != [name for name in new if name in left]:
        said = f"{after.id}: the stages {', '.join(left)} were reordered"
        help = f"put them in the order {', '.join(old)} again"
        yield _refusal(after, change, said)._replace(help=help)


def _above_the_last(case: Case, before: Postmortem, after: Postmortem) -> Iterator[Refusal]:
    row = case.table.rows("postmortem").fact("(a stage above the last)")
    known = {stage.id for stage in before.restart.stages}
    # A stage that is added before is one more to earn; one above the last gives more at the end.
    last = before.restart.stages[-1]
    for stage in after.restart.stages:
        is_above = stage_level(stage).is_above(stage_level(last))
        change = FieldChange(row, "added", None, dict(stage.data), stage.at, _STAGES)
        if stage.id not in known and is_above and change.loosens:
            said = f"{after.id}: stage {stage.id} was added, and allows more than {last.id}"
            yield _refusal(after, change, said)._replace(
                help=f"take {stage.id} out, or let it allow no more than {last.id}: "
                f"state '{last.state}', autonomy '{last.autonomy}'"
            )


def _refusal(after: Postmortem, change: FieldChange, text: str) -> Refusal:
    subject = f"{after.id}#{change.part}" if change.part else after.id
    names = {"postmortem": after.id, "stage": change.part}
    return refusal_of(change, text, after.file, change.at, subject, **names)
