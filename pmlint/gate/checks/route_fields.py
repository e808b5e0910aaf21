"""The fields of a route: what restores it, and what stays as it is while it is held
(docs/spec/gate.md, 3 and 7).

1. What only ``settling`` frees restores a route; what blocks it is one refusal for each field.
2. A route of ``signed_routes`` is compared as if it were held at all times, and each restart of it
   needs a signature over its file as it will be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pmlint.check.verdict import RouteVerdict
from pmlint.finding import Related
from pmlint.gate.case import Case
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.ledgers import held_by_ledgers, ledger_refusals
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.signatures import signature_hold
from pmlint.gate.checks.wording import message, noun
from pmlint.gate.comparison import FieldChange, Scope
from pmlint.gate.refusal import Lack, Refusal, as_argument, shown
from pmlint.gate.settled import Settled
from pmlint.model import Postmortem, Route
from pmlint.project.holds import Hold


def restores(change: FieldChange) -> bool:
    """Whether a change restores its route, which only settling frees."""
    return change.row.frees == "settling"


def restored(
    case: Case, settled: Settled, pair: PlacePair, restoring: list[FieldChange]
) -> tuple[RouteVerdict | None, list[Refusal]]:
    """What a restored route lacks: one refusal for each field, with everything that blocks it."""
    if not restoring:
        return None, []
    after = pair.after
    signed = settled.is_signed(after.id)
    holds: list[Hold] = []
    if signed or settled.is_held(after.id) or case.linked([after.id]):
        holds = settled.restart_holds(after, frozenset((after.id,)))
    if signed and (missing := signature_hold(case, after)):
        holds.append(missing)
    holds += held_by_ledgers(case, after.id)
    unjudged = list(ledger_refusals(case, after))
    flags = tuple(_flag_text(change) for change in restoring)
    word: Literal["allowed", "refused", "unjudged"] = "refused" if holds else "allowed"
    if unjudged and not holds:
        word = "unjudged"
    verdict = RouteVerdict(after.id, word, flags, tuple(holds), after.file)
    held = [_held(case, pair, change, holds) for change in restoring] if holds else []
    return verdict, [*held, *unjudged]


def _flag_text(change: FieldChange) -> str:
    name = change.name or change.row.field
    for group in ("restart_flags.", "trust.", "guards."):
        name = name.removeprefix(group)
    return f"{name}: {shown(change.before)} → {shown(change.after)}"


def _held(case: Case, pair: PlacePair, change: FieldChange, holds: list[Hold]) -> Refusal:
    after = pair.after
    first = holds[0]
    is_new = pair.before is None and not after.mapped
    down = "add it with 'state: paused' and 'restart: false', or " if is_new else ""
    unsigned = _is_signature(holds)
    return Refusal(
        "signature-invalid" if unsigned else "route-held",
        f"held route '{after.id}': {_what(pair, change)} while {_by_what(holds)}",
        after.file,
        field_place(after, change),
        subject=after.id,
        field=change.row.field,
        before=change.before,
        after=change.after,
        related=tuple(_related(case, hold) for hold in holds),
        values={
            "route": after.id,
            "release": f"{down}{first.release}",
            "owner": case.owner_of_record(after.id),
        },
        help=first.release if unsigned else "",
        holds=tuple(holds),
    )


def _by_what(holds: list[Hold]) -> str:
    """The first of what holds a route, and how much more there is."""
    first, *rest = holds
    about = " ".join(filter(None, (first.postmortem, first.subject)))
    reason = f"{about} holds it ({first.reason})" if about else first.reason
    if not rest:
        return reason
    more = f"{reason}, and {len(rest)} more"
    if not about:
        return more
    return f"{more} {'does' if len(rest) == 1 else 'do'}"


def _is_signature(holds: list[Hold]) -> bool:
    return all(hold.kind == "sign-off" and not hold.postmortem for hold in holds)


def _what(pair: PlacePair, change: FieldChange) -> str:
    if pair.before is None and change.direction == "raised":
        # Compared with nothing, as if it had been down: no file ever said "retired".
        return f"it is new, with {noun(change)} at {shown(change.after)},"
    return message("", change, Lack(""))


def field_place(route: Route, change: FieldChange) -> Any:
    """Where a changed field of a route is: in a mapped file as its source names it."""
    if not route.mapped:
        return change.at
    name = str(change.at[-1]) if change.at else ""
    flag = next((flag for flag in route.flags if flag.name == name), None)
    if flag is not None and change.at[:1] == ("restart_flags",):
        return flag.at
    field = next((item for item in (*route.trusted, *route.guarded) if item.name == name), None)
    return field.at if field is not None else route.fields.get(name, route.at)


def _related(case: Case, hold: Hold) -> Related:
    """The place of what blocks: on the base, or in the merge result where only that has it."""
    for side in (case.base, case.merged):
        read = case.postmortem(side, hold.postmortem) if hold.postmortem else None
        if read is not None:
            span = side.locate(read.file, _part(read, hold))
            subject = "#".join(filter(None, (hold.postmortem, hold.subject)))
            return Related(
                hold.reason,
                read.file,
                span,
                subject,
                hold.reason,
                hold.owner,
                hold.deadline,
                hold.release,
            )
    return Related(
        hold.reason,
        "",
        subject=hold.postmortem,
        reason=hold.reason,
        owner=hold.owner,
        release=hold.release,
    )


def _part(read: Postmortem, hold: Hold) -> Any:
    for action in read.actions if hold.subject else ():
        if action.id == hold.subject:
            return action.at / "status"
    for condition in read.restart.conditions if hold.subject else ():
        if condition.id == hold.subject:
            return condition.at / "met"
    return read.at / ("restart" if hold.kind == "sign-off" else "status")


def kept(case: Case, settled: Settled, pair: PlacePair, change: FieldChange) -> Iterator[Refusal]:
    """A field of a held route that only an approval or amendment may move."""
    row, after = change.row, pair.after
    parts = change.inner
    if pair.before is not None and change.loosens and row.when not in ("never", "budget"):
        held = row.when == "always" or settled.is_held(after.id) or settled.is_signed(after.id)
        # links are asked by `links`: they stand in the route or in the postmortem
        if held and row.code != "link-removed":
            full = change._replace(scopes=(*change.scopes, *mapped_scopes(case, after, change)))
            lack = lack_of(full, case.approvals, interested_people(case, pair), case.today.latest)
            if lack is not None:
                yield _changed(case, pair, change, lack)
                parts = ()
    for part in parts:
        if part.loosens and restores(part):
            _, refusals = restored(case, settled, pair, [part])
            yield from refusals
            continue
        yield from kept(case, settled, pair, part)


def mapped_scopes(case: Case, route: Route, change: FieldChange) -> Iterator[Scope]:
    """What concerns a route may be in a postmortem that blocks it, as ``routes.ID.owner``."""
    for name in case.linked([route.id]):
        before, after = (case.postmortem(side, name) for side in (case.base, case.merged))
        if before is not None and after is not None:
            field = f"routes.{route.id}.{change.name}" if change.name else f"routes.{route.id}"
            yield Scope(before.data, after.data, field)


def interested_people(case: Case, pair: PlacePair) -> tuple[str, ...]:
    """Owners, old and new, and the authors of what is linked."""
    people: dict[str, None] = {}
    for route in filter(None, pair):
        people[route.owner] = None
    people[case.owner_of_record(pair.after.id)] = None
    for name in case.linked([pair.after.id]):
        read = case.postmortem(case.base, name)
        people.update(dict.fromkeys(read.authors if read else ()))
    return tuple(people)


def _changed(case: Case, pair: PlacePair, change: FieldChange, lack: Lack) -> Refusal:
    after = pair.after
    linked = case.linked([after.id])
    return Refusal(
        change.row.code,
        message(f"held route '{after.id}'", change, lack),
        after.file,
        field_place(after, change),
        subject=after.id,
        field=change.row.field,
        before=change.before,
        after=change.after,
        values={
            "route": after.id,
            "control": change.part,
            "to": as_argument(change.after),
            "from": shown(change.before),
            "field": change.name,
            "postmortem": linked[0] if linked else "",
            "path": after.file,
        },
        help=_amended_by(after, change),
    )


def _amended_by(route: Route, change: FieldChange) -> str:
    """The command that records the decision, where it is not that of the code."""
    by = "--reason REASON --approved-by HANDLE"
    if route.mapped and change.row.code == "route-owner-changed":
        # no file of ours has the owner, so a postmortem that blocks the route keeps the decision
        return f"pmlint amend {{postmortem}} --set routes.{{route}}.{{field}}={{to}} {by}"
    if change.row.field == "controls[].layer":
        return f"pmlint amend {{route}} --control {{control}} --layer {{to}} {by}"
    return ""
