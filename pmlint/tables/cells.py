"""One row of a table, and what its cells may hold: texts, numbers, truth values, dates, moments in
UTC; None is "not said".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple, TypeVar

Value = str | int | float | bool | date | datetime | None
Named = TypeVar("Named")


class Row(NamedTuple):
    """One row: the name of its table, and its values in the order of the columns."""

    table: str
    values: tuple[Value, ...]


def named(parts: Iterable[Named]) -> Iterator[tuple[Named, str]]:
    """Parts with their ids. One that is missing or taken gets its place behind it: nothing is lost,
    and the check says what is wrong.
    """
    taken: set[str] = set()
    for n, part in enumerate(parts, start=1):
        id = str(getattr(part, "id", ""))
        if not id or id in taken:
            id = f"{id}~{n}"
        taken.add(id)
        yield part, id


def text(value: object) -> str | None:
    """A text that says something, else nothing."""
    return value if isinstance(value, str) and value else None


def as_json(value: object) -> str | None:
    """A value as JSON, its keys sorted."""
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def unknown(value: object) -> str | None:
    """Why a value is unknown, where it says so."""
    return text(value.get("unknown")) if isinstance(value, dict) else None


def whole(value: object) -> int | None:
    """A number without its fraction; a truth value is not a number."""
    number = real(value)
    return None if number is None else int(number)


def real(value: object) -> float | None:
    """A number; a truth value is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
