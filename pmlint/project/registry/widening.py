"""What is wider, what is narrower, and what nobody can tell (docs/spec/adopt.md, *Wider*).

Pure functions over two values of one mapped field. Under ``trust`` wider is a restart, under
``guards`` narrower is; a doubt counts as a restart under both.
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from enum import Flag, auto
from typing import Literal, NamedTuple

from pmlint.model.mapped import MappedField
from pmlint.model.vocabulary import AUTONOMY, STATES
from pmlint.parsing.values import MISSING, Ambiguous, canonical, shown
from pmlint.project.selector import number_of

ORDERS: tuple[tuple[str, ...], ...] = (("none", "read", "write", "admin"), STATES, AUTONOMY)
"""The orders of texts that are known without being configured, each from least to most."""
# Few digits, so that no product is rounded to 28 digits and called the same; more are a doubt.
_QUANTITY = re.compile(r"\s*([+-]?\d{1,12}(?:\.\d{1,9})?)\s*([A-Za-z%]{1,3})\s*", re.ASCII)
_UNITS: dict[str, tuple[str, Decimal]] = {
    "%": ("share", Decimal(1)),
    "ms": ("time", Decimal("0.001")),
    "s": ("time", Decimal(1)),
    "m": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "d": ("time", Decimal(86400)),
    **{
        f"{prefix}{end}": ("size", Decimal(factor))
        for prefix, factor in (
            ("k", 10**3),
            ("M", 10**6),
            ("G", 10**9),
            ("Ki", 2**10),
            ("Mi", 2**20),
            ("Gi", 2**30),
        )
        for end in ("", "B")
    },
}
"""Units by name: their family, and how many of its smallest unit they are. A number without a unit
is a family of its own: nobody knows whether 30 is more than 20s.
"""


class Direction(Flag):
    """How a value differs from another one: both ways at once is possible, for a list."""

    SAME = 0
    WIDER = auto()
    NARROWER = auto()
    DOUBT = auto()


class Widening(NamedTuple):
    """A change of a mapped field that restores trust: the field, both values (`MISSING` where it is
    not there), and whether it is surely so.
    """

    field: str
    before: object
    after: object
    kind: Literal["wider", "narrower", "doubt"]

    @property
    def text(self) -> str:
        """The change as a message shows it."""
        return f"{self.field}: {shown(self.before)} → {shown(self.after)}"


def wider(before: MappedField, after: MappedField) -> Widening | None:
    """How a field of ``trust`` became wider; None where it did not. Newly there is wider."""
    # More power than there was, whatever it is: there is nothing to compare it with.
    if _is_missing(before.value) and not _is_missing(after.value):
        return Widening(after.name, MISSING, after.value, "wider")
    return _counted(before, after, Direction.WIDER, "wider")


def narrower(before: MappedField, after: MappedField) -> Widening | None:
    """How a field of ``guards`` became narrower; None where it did not. Newly there is free."""
    if _is_missing(before.value):
        return None
    return _counted(before, after, Direction.NARROWER, "narrower")


def _counted(
    before: MappedField,
    after: MappedField,
    counts: Direction,
    kind: Literal["wider", "narrower"],
) -> Widening | None:
    if _is_missing(before.value) and _is_missing(after.value):
        return None
    if _is_missing(after.value):
        return Widening(after.name, before.value, MISSING, "doubt")
    each = before.each_of_many or after.each_of_many
    found = direction(before.value, after.value, after.order or before.order, each_of_many=each)
    if counts in found:
        return Widening(after.name, before.value, after.value, kind)
    if Direction.DOUBT in found:
        return Widening(after.name, before.value, after.value, "doubt")
    return None


def direction(
    before: object, after: object, order: tuple[str, ...] = (), *, each_of_many: bool = False
) -> Direction:
    """Which way a value changed.

    ``each_of_many`` says that both are lists of what was collected from the elements of another
    one: as many numbers are then compared one by one.
    """
    if canonical(before) == canonical(after):
        return Direction.SAME
    # Two readers would compare two different things.
    if isinstance(before, Ambiguous) or isinstance(after, Ambiguous):
        return Direction.DOUBT
    if isinstance(before, list) and isinstance(after, list):
        # Weights of steps and counts of workers are read in their order.
        if each_of_many and all(_quantity(item) for item in (*before, *after)):
            return _number_by_number(before, after)
        return _lists(before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        return _maps(before, after, order)
    if isinstance(before, str) and isinstance(after, str):
        for ranks in (order,) if order else ORDERS:
            if before in ranks and after in ranks:
                return _by_rank(ranks.index(before), ranks.index(after))
    numbers = _quantity(before), _quantity(after)
    if numbers[0] is not None and numbers[1] is not None and not order:
        return _quantities(numbers[0], numbers[1])
    return Direction.DOUBT


def _is_missing(value: object) -> bool:
    """Whether a field has no value: platforms write null to take a default."""
    return value is MISSING or value is None


def _by_rank(before: int | Decimal, after: int | Decimal) -> Direction:
    if before == after:
        return Direction.SAME
    return Direction.WIDER if after > before else Direction.NARROWER


def _lists(before: list[object], after: list[object]) -> Direction:
    """Elements that came, elements that went; one that is there twice counts twice."""
    old, new = Counter(map(canonical, before)), Counter(map(canonical, after))
    found = Direction.SAME
    if new - old:
        found |= Direction.WIDER
    if old - new:
        found |= Direction.NARROWER
    return found


def _number_by_number(before: list[object], after: list[object]) -> Direction:
    if len(before) != len(after):
        return Direction.DOUBT
    found = Direction.SAME
    for one, other in zip(before, after, strict=True):
        found |= direction(one, other)
    return found


def _maps(before: dict[str, object], after: dict[str, object], order: tuple[str, ...]) -> Direction:
    found = Direction.SAME
    if after.keys() - before.keys():
        found |= Direction.WIDER
    if before.keys() - after.keys():
        found |= Direction.NARROWER
    for name in before.keys() & after.keys():
        found |= direction(before[name], after[name], order)
    return found


def _quantity(value: object) -> tuple[str, Decimal] | None:
    """A number with its family of units, in the smallest of them; None for what is not one."""
    number = number_of(value)
    if number is not None:
        return "number", number
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in _UNITS:
        return None
    family, factor = _UNITS[match[2]]
    return family, Decimal(match[1]) * factor


def _quantities(before: tuple[str, Decimal], after: tuple[str, Decimal]) -> Direction:
    if before[0] != after[0]:
        return Direction.DOUBT
    return _by_rank(before[1], after[1])
