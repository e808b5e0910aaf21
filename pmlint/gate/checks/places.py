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
from pmlint.gate.transitions import Direction, Row
from pmlint.gate.values import is_absent, loosening_end, quantity
from pmlint.model import Route
from pmlint.model.vocabulary import AUTONOMY, STATES

UNCLEAR = "unclear: "
_ORDER = ("none", "read", "write", "admin")
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
        "trust": dict(route.trust),
        "guards": dict(getattr(route, "guards", {}) or {}),
    }


def _flag(flag: Any) -> str:
    if flag.unclear:
        return f"{UNCLEAR}{flag.unclear}"
    return "up" if flag.raised else "down"


def contents(route: Route) -> Mapping[str, Any]:
    """The record of a route: of a file of ours its data, of a mapped place what the source names."""
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
    here = [other for other in kind if other.file == route.file]
    there = [other for other in new if other.mapped == route.mapped and other.file == route.file]
    if len(here) == 1 and len(there) == 1:
        return here[0]
    return min(kind or old, key=_trusted, default=None)


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


def mapped_direction(row: Row, before: object, after: object) -> Direction | None:
    """How a field of a mapped place moves: wider is raised, narrower lowered, doubt the end that
    loosens (docs/spec/adopt.md, *Wider*).
    """
    if row.field == "restart_flags{}":
        return _flag_direction(before, after)
    if not (row.field.startswith(("trust", "guards"))):
        if is_absent(before) and is_absent(after):
            return None
        if is_absent(before):
            return "added"
        if is_absent(after):
            return "removed"
        return None if before == after else "changed"
    if before is None:
        return "added"
    if after is None:
        return "removed"
    if before == after and type(before) is type(after):
        return None
    wider, narrower = is_wider(before, after), is_wider(after, before)
    if wider and narrower:
        return loosening_end(row)
    return "raised" if wider else "lowered" if narrower else None


def _flag_direction(before: object, after: object) -> Direction | None:
    """A flag's field that was there and is gone has risen, and so has an unclear value that
    becomes another unclear one.
    """
    if before == after:
        return None
    if before is None:
        return "raised" if after != "down" else None
    if after is None:
        return "removed"
    return None if after == "down" else "raised"


def is_wider(before: object, after: object) -> bool:
    """Whether a value allows more than another, or nobody can say that it does not."""
    if before == after and type(before) is type(after):
        return False
    if isinstance(before, list) and isinstance(after, list):
        return _has_more(before, after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return any(
            name not in before or is_wider(before[name], value) for name, value in after.items()
        )
    old, new = quantity(before), quantity(after)
    if old is not None and new is not None and isinstance(before, str) == isinstance(after, str):
        return new > old
    if before in _ORDER and after in _ORDER:
        return _ORDER.index(str(after)) > _ORDER.index(str(before))
    return True  # a text, a truth value, two kinds: any change may be wider


def _has_more(before: list[Any], after: list[Any]) -> bool:
    left = list(before)
    for item in after:
        if item not in left:
            return True
        left.remove(item)  # once more than before is more, too
    return False
