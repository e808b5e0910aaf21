"""Routes: what a change restores, takes away or exchanges (docs/spec/gate.md, 3 and 7).

1. What only ``settling`` frees restores a route; what blocks it is one refusal for each field.
2. A new route that is down restores nothing; one that is up is compared with nothing.
3. A route of ``signed_routes`` is compared as if it were held at all times, and each restart of it
   needs a signature over its file as it will be.
4. A route that gains what a held one has counts as the held one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.check.verdict import RouteVerdict
from pmlint.finding import Level, Related
from pmlint.gate.case import Case
from pmlint.gate.checks import places
from pmlint.gate.checks.frees import lack_of
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.signatures import signature_hold
from pmlint.gate.checks.wording import message
from pmlint.gate.comparison import Comparison, FieldChange, Scope
from pmlint.gate.refusal import Lack, Refusal, shown
from pmlint.gate.settled import Settled
from pmlint.gate.snapshot import Snapshot
from pmlint.gate.values import covers
from pmlint.model import Postmortem, Route
from pmlint.parsing.source import Malformed
from pmlint.project.holds import Hold


class JudgedRoute(NamedTuple):
    """What came of one place of a route: its refusals, and what it would be given."""

    refusals: tuple[Refusal, ...]
    verdict: RouteVerdict | None = None


def judge_routes(case: Case, settled: Settled) -> Iterator[JudgedRoute]:
    """Every route whose place the change touches."""
    ids = sorted(case.base.routes.keys() | case.merged.routes.keys())
    if case.base.registry is case.merged.registry:
        return  # the same files with the same contents
    for name in ids:
        gone = tuple(_removed(case, settled, name))
        if gone:
            yield JudgedRoute(gone)
        for pair in places.pairs(case.base, case.merged, name):
            if pair.before is None or not _is_untouched(case, pair):
                yield _place(case, settled, pair)
    yield JudgedRoute(tuple(_duplicates(case)))
    yield JudgedRoute(tuple(_unreadable(case, settled)))


def _is_untouched(case: Case, pair: PlacePair) -> bool:
    before, after = pair
    return (
        before is not None
        and before.file == after.file
        and case.base.identity(before.file) == case.merged.identity(after.file)
    )


def _place(case: Case, settled: Settled, pair: PlacePair) -> JudgedRoute:
    before, after = pair
    table = case.table.rows("place" if after.mapped else "route")
    different = places.mapped_direction if after.mapped else None
    old = _old(pair)
    changes = Comparison(case.table, table, different).changes(old, places.contents(after))
    if before is None and not after.runs:
        changes = []
    refusals: list[Refusal] = []
    restoring = [change for change in changes if change.loosens and _restores(change)]
    for change in changes:
        if change not in restoring:
            refusals += _kept(case, settled, pair, change)
    verdict, held = _restored(case, settled, pair, restoring)
    refusals += held
    refusals += _taken_over(case, settled, pair)
    refusals += _broken(case, settled, pair)
    return JudgedRoute(tuple(refusals), verdict)


def _old(pair: PlacePair) -> Mapping[str, Any]:
    before, after = pair
    if before is not None:
        return places.contents(before)
    # what is new is no exchange of what was there: only what is up counts
    return {"id": after.id} if after.mapped else {**after.data, **places.NOTHING}


def _restores(change: FieldChange) -> bool:
    return change.row.frees == "settling"


def _restored(
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
    flags = tuple(_flag_text(change) for change in restoring)
    verdict = RouteVerdict(
        after.id, "refused" if holds else "allowed", flags, tuple(holds), after.file
    )
    if not holds:
        return verdict, []
    return verdict, [_held(case, pair, change, holds) for change in restoring]


def _flag_text(change: FieldChange) -> str:
    name = change.name or change.row.field
    for group in ("restart_flags.", "trust.", "guards."):
        name = name.removeprefix(group)
    return f"{name}: {shown(change.before)} → {shown(change.after)}"


def _held(case: Case, pair: PlacePair, change: FieldChange, holds: list[Hold]) -> Refusal:
    after = pair.after
    first = holds[0]
    about = " ".join(filter(None, (first.postmortem, first.subject)))
    more = f", and {len(holds) - 1} more" if len(holds) > 1 else ""
    return Refusal(
        "route-held" if not _is_signature(holds) else "signature-invalid",
        f"held route '{after.id}': {_what(change)} while {about}: {first.reason}{more}",
        after.file,
        _at(after, change),
        subject=after.id,
        field=change.row.field,
        before=change.before,
        after=change.after,
        related=tuple(_related(case, hold) for hold in holds),
        values={
            "route": after.id,
            "release": first.release,
            "owner": case.owner_of_record(after.id),
        },
        holds=tuple(holds),
    )


def _is_signature(holds: list[Hold]) -> bool:
    return all(hold.kind == "sign-off" and not hold.postmortem for hold in holds)


def _what(change: FieldChange) -> str:
    return message("", change, Lack(""))


def _at(route: Route, change: FieldChange) -> Any:
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


# what stays what it was while the route is held


def _kept(case: Case, settled: Settled, pair: PlacePair, change: FieldChange) -> Iterator[Refusal]:
    """A field of a held route that only an approval or amendment may move."""
    row, after = change.row, pair.after
    parts = change.inner
    if pair.before is not None and change.loosens and row.when not in ("never", "budget"):
        held = row.when == "always" or settled.is_held(after.id) or settled.is_signed(after.id)
        # links are asked by `links`: they stand in the route or in the postmortem
        if held and row.code != "link-removed":
            full = change._replace(scopes=(*change.scopes, *_mapped_scopes(case, after, change)))
            lack = lack_of(full, case.approvals, _interested(case, pair), case.today.latest)
            if lack is not None:
                yield _changed(case, pair, change, lack)
                parts = ()
    for part in parts:
        if part.loosens and _restores(part):
            _, refusals = _restored(case, settled, pair, [part])
            yield from refusals
            continue
        yield from _kept(case, settled, pair, part)


def _mapped_scopes(case: Case, route: Route, change: FieldChange) -> Iterator[Scope]:
    """What concerns a route may be in a postmortem that blocks it, as ``routes.ID.owner``."""
    for name in case.linked([route.id]):
        before, after = (case.postmortem(side, name) for side in (case.base, case.merged))
        if before is not None and after is not None:
            field = f"routes.{route.id}.{change.name}" if change.name else f"routes.{route.id}"
            yield Scope(before.data, after.data, field)


def _interested(case: Case, pair: PlacePair) -> tuple[str, ...]:
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
        _at(after, change),
        subject=after.id,
        field=change.row.field,
        before=change.before,
        after=change.after,
        values={
            "route": after.id,
            "control": change.part,
            "to": shown(change.after),
            "from": shown(change.before),
            "field": change.name,
            "postmortem": linked[0] if linked else "",
            "path": after.file,
        },
    )


# routes that go, come twice, or cannot be read


def _removed(case: Case, settled: Settled, name: str) -> Iterator[Refusal]:
    gone = list(places.removed(case.base, case.merged, name))
    left = case.merged.routes.get(name, [])
    if not gone or not (settled.is_held(name) or settled.is_signed(name)):
        return
    for route in gone:
        if left and not route.mapped:
            continue  # a mapped place goes on as the route; its owner of record is asked there
        if any(finding.path == route.file for finding in _syntax(case.merged)):
            continue  # the file is there and can't be read, which is said by itself
        if route.mapped and _is_freed(case, route):
            continue
        linked = case.linked([name])
        yield Refusal(
            "route-removed",
            f"held route '{name}' was removed; set its state to 'retired' instead",
            route.file,
            side="base" if case.merged.tree.entry(route.file) is None else "",
            subject=name,
            field=".",
            values={"route": name, "postmortem": linked[0] if linked else ""},
        )


def _is_freed(case: Case, route: Route) -> bool:
    """Whether an approval, or an amendment of a postmortem that blocks it, removes a place."""
    row = case.table.rows("place").fact(".")
    empty = Scope({}, {}, "")
    change = FieldChange(row, "removed", route.id, None, route.at, route.at, (empty,))
    full = change._replace(
        scopes=tuple(
            scope._replace(field=f"routes.{route.id}")
            for scope in _mapped_scopes(case, route, change)
        )
    )
    interested = _interested(case, PlacePair(route, route))
    return lack_of(full, case.approvals, interested, case.today.latest) is None


def _duplicates(case: Case) -> Iterator[Refusal]:
    for name, found in case.merged.routes.items():
        native = [route for route in found if not route.mapped]
        known = [route for route in case.base.routes.get(name, []) if not route.mapped]
        if len(native) > 1 and len(native) > len(known):
            files = {route.file for route in known}
            added = next((route for route in native if route.file not in files), native[-1])
            other = next(route for route in native if route is not added)
            yield Refusal(
                "duplicate-route",
                f"'{name}' is the id of two files: {other.file} and {added.file}",
                added.file,
                added.at / "id",
                subject=name,
                field="id",
                values={"route": name},
            )


def _syntax(side: Snapshot) -> list[Any]:
    return [finding for finding in side.registry.findings if finding.code == "syntax"]


def _unreadable(case: Case, settled: Settled) -> Iterator[Refusal]:
    """A file of routes that cannot be read, where the change touches it or a held route is
    nowhere.
    """
    lost = [name for name in case.base.routes if name not in case.merged.routes]
    needed = any(settled.is_held(name) for name in lost)
    for finding in _syntax(case.merged):
        touched = case.base.identity(finding.path) != case.merged.identity(finding.path)
        if touched or needed:
            yield Refusal(
                "unreadable-file",
                f"{finding.path}: {finding.message}",
                finding.path,
                span=finding.span,
                help=finding.help,
                values={"path": finding.path},
            )


def _broken(case: Case, settled: Settled, pair: PlacePair) -> Iterator[Refusal]:
    """Errors of a held route that it did not have on the base."""
    before, after = pair
    if before is None or not (settled.is_held(after.id) or settled.is_signed(after.id)):
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


# another route takes the place of a held one


def _taken_over(case: Case, settled: Settled, pair: PlacePair) -> Iterator[Refusal]:
    after = pair.after
    for name, taken in _taken(case, pair):
        if not settled.is_held(name) or not settled.restart_holds(after, frozenset((name,))):
            continue
        blocking = {
            link for link in case.linked([name]) if settled.blocks(link) or _is_new(case, link)
        }
        missing = sorted(blocking - set(_links(case, after)))
        if not missing and not after.runs:
            continue  # a successor that is linked and stays off is welcome
        yield Refusal(
            "route-cloned",
            f"'{after.id}' takes {taken} of the held route '{name}'",
            after.file,
            after.place("tools") if not after.mapped else after.at,
            subject=after.id,
            field="(takes over a held route)",
            after=after.id,
            values={
                "route": name,
                "postmortem": ", ".join(missing or sorted(blocking)),
            },
        )


def _is_new(case: Case, name: str) -> bool:
    return case.version(case.base, name) is None and case.version(case.merged, name) is not None


def _links(case: Case, route: Route) -> Iterator[str]:
    """The postmortems that a route of the merge result is linked to, by either side."""
    yield from route.postmortems
    for path in case.merged.mentioning([route.id]):
        read = case.merged.read(path)
        if not isinstance(read, Malformed) and route.id in read.routes:
            yield read.id


def _taken(case: Case, pair: PlacePair) -> Iterator[tuple[str, str]]:
    """The other routes of the base that a place gains the work of, with what it gains."""
    before, after = pair
    write = list(before.write_tools) if before else []
    gained = [tool for tool in after.write_tools if not covers(write, tool)]
    every = [*(before.read_tools if before else ()), *write]
    for name, old in sorted(case.base.routes.items()):
        if name == after.id:
            continue
        for other in old:
            shared = [
                tool
                for tool in gained
                if any(covers([tool], own) or covers([own], tool) for own in other.write_tools)
            ]
            if shared:
                yield name, ", ".join(shared)
                break
            if not other.mapped and not other.write_tools and other.read_tools:
                mine = [*after.read_tools, *after.write_tools]
                has = all(covers(mine, tool) for tool in other.read_tools)
                if has and not all(covers(every, tool) for tool in other.read_tools):
                    yield name, "all tools"
                    break
            if other.mapped and after.mapped and _does_its_work(before, after, other):
                yield name, "the work"
                break


def _does_its_work(before: Route | None, after: Route, other: Route) -> bool:
    """Whether a mapped place does what another one does: by its target, else by its trust."""
    target = getattr(other, "target", "")
    if target or getattr(after, "target", ""):
        had = getattr(before, "target", "") if before else ""
        return bool(target) and getattr(after, "target", "") == target and had != target
    told = [value for value in other.trust.values() if isinstance(value, str | list) and value]
    if not told or (before is not None and _has_all(before, other)):
        return False
    return _has_all(after, other)


def _has_all(route: Route, other: Route) -> bool:
    """Whether a place has all trust fields of another, equal or wider."""
    for name, value in other.trust.items():
        if name not in route.trust or places.is_wider(route.trust[name], value):
            return False
    return True
