"""Which old place a place of a route is compared with, and what it is as a record
(docs/spec/gate.md, 7).

1. An entry that is unchanged, wherever it is now.
2. The only one of its source, file and id on both sides.
3. One of the same id whose other fields are the same.
4. The least trusted that the base has of this id, by any source: so no decoy, renamed file, second
   entry or exchanged label lends its trust.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.gate.snapshot import Snapshot
from pmlint.gate.transitions import RowDirection, TransitionRow
from pmlint.gate.values import direction, loosening_end, quantity
from pmlint.model import Route
from pmlint.model.mapped import MappedField
from pmlint.model.vocabulary import AUTONOMY, STATES
from pmlint.parsing.values import MISSING
from pmlint.project.registry.widening import Direction as Widens
from pmlint.project.registry.widening import direction as widening_direction

UNCLEAR = "unclear: "
GONE = ", not there"
"""Behind the state of a flag whose field is absent: `!paused` is up then, `enabled` is down."""
NOTHING: Mapping[str, Any] = {
    "state": STATES[0],
    "restart": False,
    "autonomy": AUTONOMY[0],
    "tools": {},
}
"""A route that is not there: what is up beside it is all gained."""


class PlacePair(NamedTuple):
    """A place of the merge result, and what it is compared with (None where its id is new)."""

    before: Route | None
    after: Route


def record(route: Route) -> dict[str, Any]:
    """A mapped place as the table's record: what its source names, and nothing else."""
    return {
        "id": route.id,
        "owner": route.owner or None,
        "postmortems": list(route.postmortems),
        "restart_flags": {flag.name: _flag(flag) for flag in route.flags},
        "trust": {field.name: _compared(field) for field in route.trusted if _is_there(field)},
        "guards": {field.name: _compared(field) for field in route.guarded if _is_there(field)},
        **({"slo": dict(route.slo)} if route.slo else {}),
    }


class OneByOne(list[Any]):
    """What a path with ``[*]`` collected: as many numbers are compared one by one."""


class Ordered(str):
    """A text with the order that the configuration gives it."""

    order: tuple[str, ...] = ()


def _is_there(field: MappedField) -> bool:
    return field.value is not MISSING and field.value is not None


def _compared(field: MappedField) -> object:
    """The value of a field, with what the comparison must know of it besides."""
    if isinstance(field.value, list) and field.each_of_many:
        return OneByOne(field.value)
    if isinstance(field.value, str) and field.order:
        ordered = Ordered(field.value)
        ordered.order = field.order
        return ordered
    return field.value


def _flag(flag: Any) -> str:
    if flag.twins:
        # which of two keys that differ in case a reader takes is not known
        return f"{UNCLEAR}{', '.join(flag.twins)}"
    if flag.value is MISSING and not flag.unclear:
        return f"{'up' if flag.raised else 'down'}{GONE}"
    if flag.unclear:
        return f"{UNCLEAR}{flag.unclear}"
    return "up" if flag.raised else "down"


def contents(route: Route) -> Mapping[str, Any]:
    """The record of a route: a file of ours as it is, a mapped place as its source names it."""
    return record(route) if route.mapped else route.data


def pairs(base: Snapshot, merged: Snapshot, name: str) -> Iterator[PlacePair]:
    """Every place of a route in the merge result, with the place that it is compared with."""
    old, new = base.routes.get(name, []), merged.routes.get(name, [])
    left = list(old)
    for route in new:
        same = next((other for other in left if _is_same(other, route)), None)
        if same is not None:
            left.remove(same)
        yield PlacePair(same or _counterpart(route, old, new), route)


def removed(base: Snapshot, merged: Snapshot, name: str) -> Iterator[Route]:
    """The places of a route that the merge result no longer has, in any file."""
    new = list(merged.routes.get(name, []))
    old = list(base.routes.get(name, []))
    for route in list(old):
        same = next((other for other in new if _is_same(other, route)), None)
        if same is not None:
            new.remove(same)
            old.remove(route)
    for route in old:
        other = next((item for item in new if item.mapped == route.mapped), None)
        if other is None:
            yield route
        else:
            new.remove(other)


def _is_same(one: Route, other: Route) -> bool:
    return one.mapped == other.mapped and dict(contents(one)) == dict(contents(other))


def _counterpart(route: Route, old: list[Route], new: list[Route]) -> Route | None:
    kind = [other for other in old if other.mapped == route.mapped]
    here = [other for other in kind if _is_beside(other, route)]
    there = [other for other in new if _is_beside(other, route)]
    if len(here) == 1 and len(there) == 1:
        return here[0]
    for other in kind:
        if other.entry is None or route.entry is None:
            continue
        if other.entry.has_same_others(route.entry):
            return other
    return min(kind or old, key=_trusted, default=None)


def _is_beside(one: Route, other: Route) -> bool:
    """Whether two places are of the same source and file; of ours, of the same file."""
    if one.mapped != other.mapped or one.file != other.file:
        return False
    if one.entry is None or other.entry is None:
        return one.entry is other.entry
    return one.entry.source == other.entry.source


def _trusted(route: Route) -> tuple[int, int, str]:
    """How far a place is trusted: down before up, then how much its fields allow."""
    state = STATES.index(route.state) if route.state in STATES else 0
    return (sum(flag.raised for flag in route.flags) + state, _size(dict(route.trust)), route.file)


def _size(value: object) -> int:
    if isinstance(value, Mapping):
        return sum(1 + _size(item) for item in value.values())
    if isinstance(value, list):
        return sum(1 + _size(item) for item in value)
    number = quantity(value)
    return int(number) if number is not None and abs(number) < 1e9 else 0


def mapped_direction(row: TransitionRow, before: object, after: object) -> RowDirection | None:
    """How a field of a mapped place moves: wider is raised, narrower lowered, doubt the end that
    loosens (docs/spec/adopt.md, *Wider*).
    """
    if row.field == "restart_flags{}":
        return _flag_direction(before, after)
    if not (row.field.startswith(("trust", "guards"))):
        return direction(row, before, after, {})
    if before is None:
        return "added"
    if after is None:
        return "removed"
    found = _moves(before, after)
    if found is Widens.SAME:
        return None
    if found is Widens.WIDER:
        return "raised"
    return "lowered" if found is Widens.NARROWER else loosening_end(row)


def _moves(before: object, after: object) -> Widens:
    order = getattr(after, "order", ()) or getattr(before, "order", ())
    each = isinstance(before, OneByOne) or isinstance(after, OneByOne)
    return widening_direction(before, after, order, each_of_many=each)


def _flag_direction(before: object, after: object) -> RowDirection | None:
    """A flag's field that was there and is gone has risen, and so has an unclear value that
    becomes another unclear one.
    """
    if before == after:
        return None
    if before is None:
        return None if str(after).startswith("down") else "raised"
    if after is None:
        return "removed"
    if str(after).endswith(GONE):
        # A field that was absent before stays what it was.
        return None if str(before).endswith(GONE) else "removed"
    return None if after == "down" else "raised"


def is_wider(before: object, after: object) -> bool:
    """Whether a value allows more than another, or nobody can say that it does not."""
    return bool(_moves(before, after) & (Widens.WIDER | Widens.DOUBT))
