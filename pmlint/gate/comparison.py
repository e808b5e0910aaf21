"""Two versions of a record, field by field, by the rows of the table (docs/spec/gate.md, 4).

1. Elements of lists are paired by what they are known by, else equal ones first and the others in
   their order. Two that are equal but for their key are one that was renumbered.
2. A name without a row of its own is compared as a whole by ``x-*`` or ``*`` of the record.
3. What goes with an element that is removed comes as its ``inner`` changes; of a new element or
   record only the rows with ``new`` are asked.
4. Every change is told, also one that loosens nothing: an agent may not edit some fields at all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.gate.transitions import (
    RecordRows,
    RowDirection,
    RowNode,
    TransitionRow,
    Transitions,
    rows_at,
)
from pmlint.gate.values import direction, is_absent, is_same, lost_and_gained
from pmlint.place import Path

Different = Callable[[TransitionRow, object, object], RowDirection | None]
_NOTHING: Mapping[str, Any] = {}


class Scope(NamedTuple):
    """A mapping around a change that may hold amendments: its versions, and the field's path
    below it with ids for brackets.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    field: str

    def below(self, step: str) -> Scope:
        """The scope of a field inside this one, or of an element of its list."""
        return self._replace(field=f"{self.field}.{step}" if self.field else step)


class FieldChange(NamedTuple):
    """One field that moved: by which row, in which direction, from what to what.

    ``at`` is its path in the merge result, ``base_at`` on the base. ``part`` is the id of the
    action, condition or other element around it. ``fresh`` marks a part of a new element.
    """

    row: TransitionRow
    direction: RowDirection
    before: object
    after: object
    at: Path
    base_at: Path
    scopes: tuple[Scope, ...] = ()
    part: str = ""
    inner: tuple[FieldChange, ...] = ()
    fresh: bool = False

    @property
    def loosens(self) -> bool:
        """Whether the row compares anything and names this direction; of a new part only where the
        row asks of those.
        """
        row = self.row
        is_named = row.when != "never" and self.direction in row.loosens
        return is_named and (row.new or not self.fresh)

    @property
    def name(self) -> str:
        """The field's path below its record, with ids for brackets."""
        return self.scopes[0].field if self.scopes else self.row.field


class _Spot(NamedTuple):
    """Where a comparison has come to: both paths, the scopes with their open fields, the part."""

    at: Path = Path()
    base_at: Path = Path()
    scopes: tuple[Scope, ...] = ()
    part: str = ""
    fresh: bool = False

    def below(self, step: str) -> _Spot:
        scopes = tuple(scope.below(step) for scope in self.scopes)
        return self._replace(at=self.at / step, base_at=self.base_at / step, scopes=scopes)


class Comparison:
    """Compares two versions of a record of one kind.

    ``different`` overrides how the rows of a comparison are asked, such as ``value`` for mapped
    fields; None asks the table's own.
    """

    def __init__(
        self, table: Transitions, record: RecordRows, different: Different | None = None
    ) -> None:
        self._table = table
        self._record = record
        self._different = different or self.direction

    def direction(self, row: TransitionRow, before: object, after: object) -> RowDirection | None:
        """How a value moves by a row; None where it stays."""
        return direction(row, before, after, self._table.orders.get(row.by, {}))

    def changes(self, before: object, after: object, *, fresh: bool = False) -> list[FieldChange]:
        """All that differs between two versions; ``fresh`` for a record that the base has not."""
        if isinstance(before, list) or isinstance(after, list):
            top = self._record.fields
            whole = _Spot(scopes=(Scope({}, {}, ""),), fresh=fresh)
            return list(self._list(top.below["[]"], before, after, whole))
        old, new = _mapping(before), _mapping(after)
        spot = _Spot(scopes=(Scope(old, new, ""),), fresh=fresh)
        return list(self._names(self._record.fields, old, new, spot))

    def _names(
        self, node: RowNode, before: Mapping[str, Any], after: Mapping[str, Any], spot: _Spot
    ) -> Iterator[FieldChange]:
        for name in dict.fromkeys((*before, *after)):
            # a key that is no text is `check`'s to say; here it is a name like any other
            below = spot.below(str(name))
            old, new = before.get(name), after.get(name)
            child = self._node(node, str(name))
            if child is None or is_same(old, new):
                continue
            yield from self._value(child, old, new, below)

    def _node(self, node: RowNode, name: str) -> RowNode | None:
        """The rows of a name: its own, those of ``x-*``, a pattern's, or the record's ``*``."""
        if name.startswith("x-") and name not in node.below:
            return self._record.fields.child(name)
        return node.child(name) or self._record.fields.child("*")

    def _value(
        self, node: RowNode, before: object, after: object, spot: _Spot
    ) -> Iterator[FieldChange]:
        element = node.element
        names = {name for name in node.below if name != "[]"}
        if node.whole or not node.below:
            yield from self._own(node, before, after, spot)
            return
        if node.rows and _is_own(before, after):
            yield from self._own(node, before, after, spot)
        if element is not None and (isinstance(before, list) or isinstance(after, list)):
            yield from self._list(element, before, after, spot)
        if names and (isinstance(before, Mapping) or isinstance(after, Mapping)):
            yield from self._names(node, _mapping(before), _mapping(after), spot)

    def _own(
        self, node: RowNode, before: object, after: object, spot: _Spot
    ) -> Iterator[FieldChange]:
        for row in rows_at(node, before, after):
            moved = self._different(row, before, after)
            if moved is not None:
                yield _change(row, moved, before, after, spot)

    def _list(
        self, element: RowNode, before: object, after: object, spot: _Spot
    ) -> Iterator[FieldChange]:
        old, new = _listed(before), _listed(after)
        by = next((row.by for row in element.rows if row.by in ("set", "tools")), "")
        if by:
            yield from self._members(element, old, new, by, spot)
            return
        in_order = not element.whole or any("changed" in row.loosens for row in element.rows)
        for before_at, after_at in pairs(old, new, element.keys, in_order=in_order):
            yield from self._element(element, old, new, before_at, after_at, spot)

    def _members(
        self, element: RowNode, before: list[object], after: list[object], by: str, spot: _Spot
    ) -> Iterator[FieldChange]:
        """A list of names: an element is its own id."""
        lost, gained = lost_and_gained(before, after, by)
        for row in element.rows:
            for item in lost:
                here = _member(spot, item, after, before.index(item))
                yield _change(row, "removed", item, None, here)
            for item in gained:
                here = _member(spot, item, after, after.index(item))
                yield _change(row, "added", None, item, here)

    def _element(
        self,
        element: RowNode,
        before: list[object],
        after: list[object],
        before_at: int | None,
        after_at: int | None,
        spot: _Spot,
    ) -> Iterator[FieldChange]:
        old = None if before_at is None else before[before_at]
        new = None if after_at is None else after[after_at]
        known = old if old is not None else new
        here = self._entered(element, spot, known, old, new, before_at, after_at)
        if before_at is not None and after_at is not None:
            if not is_same(old, new):
                yield from self._value(element, old, new, here)
            return
        moved: RowDirection = "added" if before_at is None else "removed"
        # the element itself came; only what is in it is a part of something new
        within = here._replace(fresh=here.fresh or before_at is None)
        inner = () if element.whole else tuple(self._parts(element, old, new, within))
        own = [_change(row, moved, old, new, here) for row in element.rows]
        # several rows of one list, one for each direction: the parts come with one of them
        first = next((change for change in own if change.loosens), own[0])
        for change in own:
            yield change._replace(inner=inner) if change is first else change

    def _parts(
        self, element: RowNode, before: object, after: object, spot: _Spot
    ) -> Iterator[FieldChange]:
        if element.below and (isinstance(before, Mapping) or isinstance(after, Mapping)):
            yield from self._names(element, _mapping(before), _mapping(after), spot)

    def _entered(
        self,
        element: RowNode,
        spot: _Spot,
        known: object,
        before: object,
        after: object,
        before_at: int | None,
        after_at: int | None,
    ) -> _Spot:
        """The spot of an element: named by its id, or where it has none by its list."""
        name = _id(known)
        scopes = spot.scopes
        if name:
            scopes = tuple(scope.below(name) for scope in scopes)
        if "amendments" in element.below:
            # an entry stands in the action or condition itself, or in the record around it
            scopes = (*scopes, Scope(_mapping(before), _mapping(after), ""))
        at = spot.at if after_at is None else spot.at / after_at
        base_at = spot.base_at if before_at is None else spot.base_at / before_at
        return spot._replace(at=at, base_at=base_at, scopes=scopes, part=name or spot.part)


def _change(
    row: TransitionRow, moved: RowDirection, before: object, after: object, spot: _Spot
) -> FieldChange:
    return FieldChange(
        row, moved, before, after, spot.at, spot.base_at, spot.scopes, spot.part, (), spot.fresh
    )


def _member(spot: _Spot, item: object, after: list[object], at: int) -> _Spot:
    scopes = tuple(scope.below(str(item)) for scope in spot.scopes)
    inside = item in after
    return spot._replace(
        at=spot.at / at if inside else spot.at,
        base_at=spot.base_at if inside else spot.base_at / at,
        scopes=scopes,
    )


def _is_own(before: object, after: object) -> bool:
    """Whether a value with parts is compared by itself: where it appears, goes, or is a scalar.

    Two mappings, or two lists, are compared by their parts.
    """
    if is_absent(before) != is_absent(after):
        return True
    both_mappings = isinstance(before, Mapping) and isinstance(after, Mapping)
    both_lists = isinstance(before, list) and isinstance(after, list)
    return not (both_mappings or both_lists or is_absent(before))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _NOTHING


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _id(value: object) -> str:
    """The id of an element; empty where it has none."""
    if isinstance(value, Mapping):
        for name in ("id", "handle"):
            if isinstance(value.get(name), str):
                return str(value[name])
    return ""


def pairs(
    before: list[object], after: list[object], keys: tuple[str, ...], *, in_order: bool = True
) -> Iterator[tuple[int | None, int | None]]:
    """The elements of two lists that are one: their indices, None where a side has none.

    Without ``in_order`` elements that differ are two: where a row asks only of what goes, a flag
    that became another one would else be neither gone nor there.
    """
    found: dict[int, int] = {}
    steps: list[Callable[[object], Hashable | None]] = [_frozen]
    if keys:
        # by key first: an element that changed keeps its id, and a copy under another id is new
        steps = [lambda item: _key(item, keys), lambda item: _without(item, keys)]
    for identity in steps:
        left = [at for at in range(len(before)) if at not in found]
        found |= _equal(before, after, left, _others(after, found), identity)
    if not keys and in_order:
        # as many as there are on both sides, in their order; the rest came or went
        left = [at for at in range(len(before)) if at not in found]
        found |= dict(zip(left, _others(after, found), strict=False))
    yield from ((at, found.get(at)) for at in range(len(before)))
    yield from ((None, at) for at in _others(after, found))


def _others(after: list[object], found: Mapping[int, int]) -> list[int]:
    """The elements that are not one with any of before."""
    taken = frozenset(found.values())
    return [at for at in range(len(after)) if at not in taken]


def _equal(
    before: list[object],
    after: list[object],
    left: list[int],
    right: list[int],
    identity: Callable[[object], Hashable | None],
) -> dict[int, int]:
    """The pairs of one identity, each element once, the first ones first."""
    found: dict[int, int] = {}
    waiting: dict[Hashable, list[int]] = {}
    for at in right:
        waiting.setdefault(identity(after[at]), []).append(at)
    for at in left:
        name = identity(before[at])
        if name is not None and waiting.get(name):
            found[at] = waiting[name].pop(0)
    return found


def _key(item: object, keys: tuple[str, ...]) -> Hashable | None:
    if not isinstance(item, Mapping):
        return _frozen(item)
    values = tuple(_folded(item.get(key)) for key in keys)
    return None if not any(values) else values


def _folded(value: object) -> str:
    if isinstance(value, str):
        return value.strip().casefold()
    return repr(value) if value else ""


def _without(item: object, keys: tuple[str, ...]) -> Hashable | None:
    """An element without its key: two that are equal so are one that was renumbered."""
    if not isinstance(item, Mapping):
        return None
    rest = {name: value for name, value in item.items() if name not in keys}
    return _frozen(rest) if rest else None


def _frozen(value: object) -> Hashable:
    """A value that can be looked up; truth values are not the numbers that they equal."""
    if isinstance(value, Mapping):
        return frozenset((str(name), _frozen(item)) for name, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return (type(value).__name__, str(value))


def flat(changes: Iterable[FieldChange]) -> Iterator[FieldChange]:
    """All changes with those inside removed and new elements."""
    for change in changes:
        yield change
        yield from flat(change.inner)
