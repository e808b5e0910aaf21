"""Files of routes that go, come twice, cannot be read, or no longer pass (docs/spec/gate.md, 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pmlint.finding import Level
from pmlint.gate.case import Case
from pmlint.gate.checks import places
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.ledgers import held_by_ledgers, unknown_holds
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.route_fields import interested_people, mapped_scopes
from pmlint.gate.comparison import FieldChange, Scope
from pmlint.gate.refusal import Refusal, cannot_be_read
from pmlint.gate.settled import Settled
from pmlint.gate.snapshot import Snapshot
from pmlint.model import Route


def removed(case: Case, settled: Settled, name: str) -> Iterator[Refusal]:
    """The places of a held route that the change removes, without leave to."""
    gone = list(places.removed(case.base, case.merged, name))
    left = case.merged.routes.get(name, [])
    if not gone:
        return
    if not (settled.is_held(name) or settled.is_signed(name) or held_by_ledgers(case, name)):
        if not left:
            yield from unknown_holds(case, name)
        return
    for route in gone:
        rows = case.table.rows("place" if route.mapped else "route")
        row = rows.fact(".")
        if not route.mapped and case.merged.tree.entry(route.file) is not None:
            row = rows.field("id")  # the file is there, and is another route now
        if not row.asks("removed") and not row.asks("changed"):
            continue
        if left and not route.mapped:
            continue  # a mapped place goes on as the route; its owner of record is asked there
        if any(finding.path == route.file for finding in _syntax(case.merged)):
            continue  # the file is there and can't be read, which is said by itself
        if route.mapped and _is_freed(case, route):
            continue
        linked = case.linked([name])
        yield Refusal(
            "route-removed",
            f"held route '{name}' was removed"
            + ("" if route.mapped else "; set its state to 'retired' instead"),
            route.file,
            side="base" if case.merged.tree.entry(route.file) is None else "",
            subject=name,
            field=row.field,
            values={"route": name, "postmortem": linked[0] if linked else ""},
            help=_way_out(route, is_held_here=bool(linked)),
        )


def _way_out(route: Route, *, is_held_here: bool) -> str:
    """What to do instead: a postmortem of this repository may say who approved that a mapped place
    goes; of one that only a ledger holds nobody here can.
    """
    if not route.mapped:
        return "keep it and set its state to 'retired'"
    return "" if is_held_here else "keep it until no ledger holds it"


def _is_freed(case: Case, route: Route) -> bool:
    """Whether an approval, or an amendment of a postmortem that blocks it, removes a place."""
    row = case.table.rows("place").fact(".")
    empty = Scope({}, {}, "")
    change = FieldChange(row, "removed", route.id, None, route.at, route.at, (empty,))
    full = change._replace(
        scopes=tuple(
            scope._replace(field=f"routes.{route.id}")
            for scope in mapped_scopes(case, route, change)
        )
    )
    interested = interested_people(case, PlacePair(route, route))
    return lack_of(full, case.approvals, interested, case.today.latest) is None


def duplicates(case: Case) -> Iterator[Refusal]:
    """Ids that the change gives to a second file of ours."""
    is_asked = case.table.rows("route").fact("(twin)").asks("added")
    before = _native_by_id(case.base)
    for folded, native in _native_by_id(case.merged).items():
        known = before.get(folded, [])
        if is_asked and len(native) > 1 and len(native) > len(known):
            files = {route.file for route in known}
            added = next((route for route in native if route.file not in files), native[-1])
            other = next(route for route in native if route is not added)
            yield Refusal(
                "duplicate-route",
                f"'{other.id}' is the id of two files: {other.file} and {added.file}",
                added.file,
                added.at / "id",
                subject=other.id,
                field="id",
                values={"route": other.id},
            )


def _native_by_id(side: Snapshot) -> dict[str, list[Route]]:
    """The routes in files of ours, by their ids without case: a runtime may ask without it."""
    found: dict[str, list[Route]] = {}
    for name, routes in side.routes.items():
        native = [route for route in routes if not route.mapped]
        found.setdefault(name.casefold(), []).extend(native)
    return found


def _syntax(side: Snapshot) -> list[Any]:
    return [finding for finding in side.registry.findings if finding.code == "syntax"]


def unreadable(case: Case, settled: Settled) -> Iterator[Refusal]:
    """A file of routes that cannot be read, where the change touches it or a held route is
    nowhere.
    """
    lost = [name for name in case.base.routes if name not in case.merged.routes]
    needed = any(settled.is_held(name) for name in lost)
    for finding in _syntax(case.merged):
        touched = case.base.identity(finding.path) != case.merged.identity(finding.path)
        if touched or needed:
            entry = case.merged.tree.entry(finding.path)
            is_file = entry is None or entry.kind == "file"
            yield cannot_be_read("unreadable-file" if is_file else "not-a-regular-file", finding)


def broken(case: Case, settled: Settled, pair: PlacePair) -> Iterator[Refusal]:
    """Errors of a held route that it did not have on the base."""
    before, after = pair
    if before is None or not (settled.is_held(after.id) or settled.is_signed(after.id)):
        return
    if not case.table.rows("route").fact("(check)").asks("added"):
        return
    known = {(code, text) for code, text, _ in _route_errors(case, case.base, before)}
    for code, text, span in _route_errors(case, case.merged, after):
        if (code, text) not in known:
            yield Refusal(
                "no-longer-passes",
                f"{after.id}: {code}: {text}",
                after.file,
                span=span,
                subject=after.id,
                values={"path": after.file},
            )


def _route_errors(case: Case, side: Snapshot, route: Route) -> Iterator[tuple[str, str, Any]]:
    for finding in side.registry.findings:
        if finding.path == route.file and finding.code != "syntax":
            yield finding.code, finding.message, finding.span
    for policy, problem in case.policies.route(route):
        if policy.level is Level.ERROR:
            yield policy.id, problem.message, side.locate(route.file, problem.at)
