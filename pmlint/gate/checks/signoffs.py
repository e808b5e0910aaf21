"""Sign-offs: by the owner of record, over everything that is there (docs/spec/gate.md, 6).

1. A sign-off is judged when it is written: by the owner of record, and everything else is settled
   in the merge result.
2. A change that closes, meets, cancels, reopens or adds an action or a condition leaves no older
   sign-off behind: so one on the base is never older than what it signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.gate.case import Case
from pmlint.gate.comparison import FieldChange
from pmlint.gate.proofs.closing import Closing
from pmlint.gate.refusal import Lack, Refusal
from pmlint.gate.settled import Settled
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.project.holds import Hold, land
from pmlint.project.repositories import is_foreign_name

AT = Path() / "restart" / "signoff"


def entries(postmortem: Postmortem | None) -> list[Mapping[str, Any]]:
    """The sign-offs of a postmortem: one, or a list where routes have several owners."""
    restart = postmortem.data.get("restart") if postmortem else None
    written = restart.get("signoff") if isinstance(restart, Mapping) else None
    listed = written if isinstance(written, list) else [written]
    return [entry for entry in listed if isinstance(entry, Mapping) and entry.get("by")]


def signoff_refusals(
    case: Case, settled: Settled, before: Postmortem | None, after: Postmortem, change: FieldChange
) -> Iterator[Refusal]:
    """What is wrong with a sign-off that the change writes."""
    known = entries(before)
    new = [entry for entry in entries(after) if entry not in known]
    owners = {route: case.owner_of_record(route) for route in case.routes_of(after.id)}
    for entry in new:
        by = str(entry["by"])
        if lack := _not_the_owner(case, by, owners, after):
            yield _refusal("signed-by-another", after, change, lack.reason, owners)
    if new and (hold := _first_open(case, settled, after, owners)):
        about = f"{hold.subject}: " if hold.subject else ""
        reason = f"it is signed off, but {about}{hold.reason}"
        yield _refusal("early-signoff", after, change, reason, owners, hold)


def _not_the_owner(
    case: Case, by: str, owners: Mapping[str, str], after: Postmortem
) -> Lack | None:
    foreign = next(filter(is_foreign_name, owners), "")
    if foreign:
        # Without a list of people any name that somebody makes up would sign for that owner.
        if not case.approvals.knows_people:
            return Lack(f"no people file names who may sign for '{foreign}'")
        # Who owns a route of another repository nobody knows here: a known person who did not
        # write the review signs for it (docs/spec/fleet.md, names).
        if lack := case.approvals.not_eligible(by, after.authors, landed=True):
            return lack
        return case.approvals.not_known(by) or case.approvals.not_agreed(by)
    of = [owner for owner in owners.values() if owner and case.approvals.is_same(by, owner)]
    if not of:
        known = ", ".join(sorted(set(filter(None, owners.values())))) or "nobody"
        return Lack(f"it is signed off by {by}, and the owner of record is {known}")
    return case.approvals.not_agreed(by)


def _first_open(
    case: Case, settled: Settled, after: Postmortem, owners: Mapping[str, str]
) -> Hold | None:
    """What else is not settled in the merge result."""
    for route in owners or ("",):
        for hold in settled.written(case.merged, after, route):
            if hold.kind != "sign-off":
                return hold
    for action in after.actions:
        if action.status != "done" or settled.follows_restart(action, after):
            continue
        closing = Closing(after, None, None, action)
        # what landed long ago is asked less than what this change closes
        before = case.postmortem(case.base, after.id)
        was = {item.id: item.data for item in before.actions} if before else {}
        lack: Lack | None
        if was.get(action.id) == action.data:
            lack = case.proofs.not_there(action, case.proofs.in_result)
        else:
            lack = case.proofs.lacking(closing, case.proofs.in_result)
        if lack is not None:
            release = land(after, action)
            return Hold(after.id, "action", action.id, action.owner, None, lack.reason, release)
    return None


def outrun_refusals(case: Case, before: Postmortem, after: Postmortem) -> Iterator[Refusal]:
    """A sign-off that stays while what it speaks of changes."""
    fact = "(a sign-off that an action or condition has outrun)"
    if not case.table.rows("postmortem").fact(fact).asks("added"):
        return
    route = next(iter(case.routes_of(after.id)), "")
    stays = [entry for entry in entries(before) if entry in entries(after)]
    moved = _moved(before, after)
    if stays and moved:
        reason = f"{', '.join(moved)} changed, and the sign-off is older"
        yield Refusal(
            "early-signoff",
            f"{after.id}: {reason}",
            after.file,
            AT,
            subject=after.id,
            field="restart.signoff",
            before=stays[0],
            after=stays[0],
            values={
                "postmortem": after.id,
                "route": route,
                "owner": case.owner_of_record(route),
                "release": "everything is settled",
            },
        )


def _moved(before: Postmortem, after: Postmortem) -> list[str]:
    """The ids of actions and conditions that were closed, met, reopened, added or removed."""
    old = {action.id: action.status or "open" for action in before.actions}
    new = {action.id: action.status or "open" for action in after.actions}
    met = {condition.id: str(condition.met) for condition in before.restart.conditions}
    now = {condition.id: str(condition.met) for condition in after.restart.conditions}
    started = {"in-progress": "open"}  # to start an open action changes nothing that was signed
    return [
        name
        for was, is_now in ((old, new), (met, now))
        for name in sorted(was.keys() | is_now.keys())
        if started.get(was.get(name, ""), was.get(name))
        != started.get(is_now.get(name, ""), is_now.get(name))
    ]


def _refusal(
    code: str,
    after: Postmortem,
    change: FieldChange,
    reason: str,
    owners: Mapping[str, str],
    hold: Hold | None = None,
) -> Refusal:
    route = next(iter(owners), "")
    release = ""
    if hold is not None:
        about = hold.subject or "the review"
        release = f"{about} is settled ({hold.release})" if hold.release else f"{about} is settled"
    return Refusal(
        code,
        f"{after.id}: {reason}",
        after.file,
        AT,
        subject=after.id,
        field="restart.signoff",
        before=change.before,
        after=change.after,
        values={
            "postmortem": after.id,
            "route": route,
            "owner": owners.get(route, ""),
            "release": release,
        },
    )
