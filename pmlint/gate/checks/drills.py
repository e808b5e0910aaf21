"""Drills of kill switches in the gate (docs/spec/trust.md, *Kill-switch drills*).

1. With ``[tool.pmlint.gate] drills`` a restored route needs each of its kill switches tried in
   time; one that had a switch on the base and has none any more was not tried either.
2. A drill is never changed or removed (a row of the table), and never of a day to come.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.refusal import Refusal
from pmlint.model import Route
from pmlint.model.route import Control, Drill
from pmlint.project.drills import switches, why_overdue
from pmlint.project.holds import Hold

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
    """Drills of a day to come: they would count when nobody looks any more."""
    before, after = pair
    known = before.data.get("controls") if before is not None else None
    for control in after.controls:
        for drill in control.drills:
            is_new = not isinstance(known, list) or control.data not in known
            if is_new and drill.on is not None and drill.on > case.today.latest:
                yield Refusal(
                    REMOVED,
                    f"'{after.id}' {control.id}: its drill is of {drill.on}, a day to come",
                    after.file,
                    drill.at / "on",
                    subject=after.id,
                    field="controls[].drills[]",
                    after=drill.data.get("on"),
                    help="write the drill on the day on which it was made",
                    values={"route": after.id, "control": control.id},
                )
