"""One row of a table, and what its cells may hold: texts, numbers, truth values, dates, moments in
UTC; None is "not said".
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple, TypeVar

from pmlint.model.part import Part

Value = str | int | float | bool | date | datetime | None
AnyPart = TypeVar("AnyPart", bound=Part)


class Row(NamedTuple):
    """One row: the name of its table, and its values in the order of the columns."""

    table: str
    values: tuple[Value, ...]


def placed(parts: Iterable[AnyPart]) -> Iterator[tuple[int, AnyPart]]:
    """Parts with their places in the list as it is written, from 1: an entry that is not a mapping
    has no row, and those behind it are not moved up.
    """
    for part in parts:
        yield int(part.at[-1]) + 1, part


def named(parts: Iterable[AnyPart]) -> Iterator[tuple[AnyPart, str]]:
    """Parts with their ids. One that is missing or taken gets its place behind it: nothing is lost,
    and the check says what is wrong.
    """
    taken: set[str] = set()
    for n, part in placed(parts):
        name = free_key(str(getattr(part, "id", "")), n, taken)
        taken.add(name)
        yield part, name


def free_key(id: str, n: int, taken: Container[str]) -> str:
    """An id as a key: with ``~n`` behind it where it is missing or taken. Somebody may have written
    ``A1~2`` as an id, so what is made up may be taken as well.
    """
    name = id or f"~{n}"
    while name in taken:
        name = f"{name}~{n}"
    return name


def text(value: object) -> str | None:
    """A text that says something, else nothing."""
    return value if isinstance(value, str) and value else None


def texts(fields: Mapping[str, object], *names: str) -> tuple[str | None, ...]:
    """The texts of some fields as `text` has them, in half the time of asking one by one."""
    return tuple([one if isinstance(one, str) and one else None for one in map(fields.get, names)])


def as_json(value: object) -> str | None:
    """A value as JSON, its keys sorted."""
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def unknown(value: object) -> str | None:
    """Why a value is unknown, where it says so."""
    return text(value.get("unknown")) if isinstance(value, dict) else None


def moment_text(moment: datetime) -> str:
    """A moment in UTC and whole seconds. Its year has four digits, so that texts sort as moments
    do: `strftime` writes the year 987 with three.
    """
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{in_utc.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def whole(value: object) -> int | None:
    """A whole number; a truth value is not a number, and no fraction is cut off."""
    number = real(value)
    return int(number) if number is not None and number.is_integer() else None


def real(value: object) -> float | None:
    """A number; a truth value is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Minus zero is zero to SQL, and would be another text in JSON.
    return float(value) + 0.0
