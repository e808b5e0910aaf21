"""Values of rows as texts and numbers: moments in UTC and whole seconds, so that text sorts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, BinaryIO, TextIO

from pmlint.tables.cells import Value, moment_text
from pmlint.tables.dictionary import ExportTable

# By the exact type: to ask each value by `isinstance` took a third of an export as SQLite.
_TEXTS: Mapping[type, Callable[[Any], Any]] = {datetime: moment_text, date: date.isoformat}
_NUMBERS: Mapping[type, Callable[[Any], Any]] = {**_TEXTS, bool: int}


def plain(values: Iterable[Value]) -> list[Any]:
    """The values of a row as JSON has them: days and moments become texts."""
    return [_TEXTS[type(one)](one) if type(one) in _TEXTS else one for one in values]


def numbered(values: Iterable[Value]) -> list[Any]:
    """The values of a row where truth is 0 and 1: CSV."""
    return [_NUMBERS[type(one)](one) if type(one) in _NUMBERS else one for one in values]


def stored(table: ExportTable) -> Callable[[Sequence[Value]], Sequence[Value]]:
    """What makes the values of a table's rows those that SQLite stores; it takes truth as 0 and 1
    already. Most tables have no day and no moment, and to look at each value took as long as half
    of the inserts.
    """
    makers: Mapping[str, Callable[[Any], str]] = {"date": date.isoformat, "moment": moment_text}
    places = [
        (place, makers[column.type])
        for place, column in enumerate(table.columns)
        if column.type in makers
    ]

    def converted(values: Sequence[Value]) -> Sequence[Value]:
        row = list(values)
        for place, maker in places:
            if row[place] is not None:
                row[place] = maker(row[place])
        return row

    return converted if places else tuple


@contextmanager
def texts(stream: BinaryIO, *, newline: str = "\n") -> Iterator[TextIO]:
    """A stream of UTF-8 over one of bytes, which stays open."""
    lines = io.TextIOWrapper(stream, encoding="utf-8", newline=newline)
    yield lines
    lines.detach()
