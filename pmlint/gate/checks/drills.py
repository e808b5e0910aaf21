"""Drills of kill switches in the gate (docs/spec/trust.md, *Kill-switch drills*).

1. With ``[tool.pmlint.gate] drills`` a restored route needs each of its kill switches tried in
   time; one that had a switch on the base and has none any more was not tried either.
2. A drill is never changed or removed (a row of the table), and never of a day to come.
3. A control that comes under a new id brings no drill of one that goes: it dies with its id.
4. A switch that is called something else is not tried any more: its drills go, and with
   ``drills`` so would the demand.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.refusal import Refusal
from pmlint.model import Route
from pmlint.model.route import Control, Drill
from pmlint.project.drills import LAYERS, switches, why_overdue
from pmlint.project.holds import Hold, same

OVERDUE = "drill-overdue"
REMOVED = "drill-removed"


def drill_holds(case: Case, pair: PlacePair) -> Iterator[Hold]:
    """The kill switches of a restored route that were not tried in time."""
    before, after = pair
    if not case.settings.gate.drills or after.mapped:
        return
    owner = case.owner_of_record(after.id)
    for control in switches(after):
        why = _why_overdue(case, after._replace(owner=owner), control)
        if why is not None:
            reason = f"the {control.layer} {control.id}: {why}"
            entry = f'{{"on": {case.clock.day}, seconds: SECONDS, by: HANDLE, proof: [...]}}'
            who = f"a known person other than {owner or 'the owner'}"
            release = f"let {who} try {control.id}, and add {entry} to its drills in {after.file}"
            yield Hold("", "drill", "", owner, None, reason, release, OVERDUE)
    # to take the switch away would be the shortest way around its drill
    lost = next(switches(before), None) if before is not None else None
    if lost is not None and next(switches(after), None) is None:
        reason = f"its {lost.layer} {lost.id} was removed, and no other can be tried"
        release = f"restore the control {lost.id}"
        yield Hold("", "drill", "", owner, None, reason, release, OVERDUE)


def _why_overdue(case: Case, route: Route, control: Control) -> str | None:
    def lacking(drill: Drill) -> str | None:
        if lack := case.approvals.not_known(drill.by):
            return f"its drill of {drill.on} does not count: {lack.reason}"
        if case.approvals.is_same(drill.by, route.owner):
            return f"its drill of {drill.on} was made by {drill.by}, the owner under another handle"
        missing = case.proofs.not_shown(drill.proof, case.proofs.in_result)
        return f"its drill of {drill.on}: {missing.reason}" if missing is not None else None

    return why_overdue(route, control, case.settings.drills, case.clock.day, lacking)


def drill_refusals(case: Case, pair: PlacePair) -> Iterator[Refusal]:
    """Drills that a control cannot have had: of a day to come, or of another control."""
    before, after = pair
    yield from _relabelled(case, pair)
    known = before.data.get("controls") if before is not None else None
    for control in after.controls:
        if isinstance(known, list) and control.data in known:
            continue
        for drill in control.drills:
            if drill.on is not None and drill.on > case.today.latest:
                # It would count when nobody looks any more.
                reason = f"its drill is of {drill.on}, a day to come"
                way_out = "write the drill on the day on which it was made"
                yield _refusal(after, control, drill, reason, way_out)
            elif (origin := _lost_origin(pair, drill)) is not None:
                reason = f"its drill of {drill.on} is that of {origin}, which was removed"
                way_out = f"keep the id {origin}, or let somebody try {control.id}"
                yield _refusal(after, control, drill, reason, way_out)


def _relabelled(case: Case, pair: PlacePair) -> Iterator[Refusal]:
    """Switches of the base that have another layer now, which nobody tries."""
    before, after = pair
    now = {control.id: control for control in after.controls}
    for control in switches(before) if before is not None else ():
        kept = now.get(control.id)
        if kept is None or kept.layer in LAYERS:
            continue
        if not control.drills and not case.settings.gate.drills:
            continue
        yield Refusal(
            REMOVED if control.drills else OVERDUE,
            f"'{after.id}' {control.id}: it was a {control.layer}, and would not be tried as "
            f"{kept.layer or 'nothing'}",
            after.file,
            kept.at / "layer",
            subject=after.id,
            field="controls[].layer",
            before=control.layer,
            after=kept.layer,
            help=f"write 'layer: {control.layer}' for {control.id} again; what it does besides is "
            "a control of its own",
            values={"route": after.id, "control": control.id},
        )


def _lost_origin(pair: PlacePair, drill: Drill) -> str | None:
    """The id of a control that the change removes and that had this drill."""
    before, after = pair
    kept = {control.id for control in after.controls}
    for control in before.controls if before is not None else ():
        # By day and person alone: seconds and proof are easily written in another way.
        for own in control.drills if control.id not in kept else ():
            if own.on == drill.on and same(own.by, drill.by):
                return control.id
    return None


def _refusal(route: Route, control: Control, drill: Drill, reason: str, way_out: str) -> Refusal:
    return Refusal(
        REMOVED,
        f"'{route.id}' {control.id}: {reason}",
        route.file,
        drill.at / "on",
        subject=route.id,
        field="controls[].drills[]",
        after=drill.data.get("on"),
        help=way_out,
        values={"route": route.id, "control": control.id},
    )
