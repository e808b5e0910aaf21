"""The answer of a warehouse: the rows of ``pmlint due --sql``, as CSV, JSON lines or Parquet.

A row that cannot be right is refused: a budget that is counted without it would be wrong without
anybody noticing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pmlint.project.amounts import STEP
from pmlint.runs.counts import CountRow
from pmlint.runs.numbered_rows import numbered_rows
from pmlint.runs.reading import TraceInput, TraceRefused
from pmlint.runs.rows import is_whole, whole_text

_HELP = "'pmlint due --sql DIALECT' prints the query that writes such rows"
_TEXTS = ("route", "autonomy")
_LAST = int(datetime.max.replace(tzinfo=UTC).timestamp()) // STEP
_PARTS = CountRow._fields[4:10]
"""Outcomes: together at most as many as there are runs; the rest is of unknown outcome."""


def read_counts(file: TraceInput) -> list[CountRow]:
    """The rows of a file. Raises `TraceRefused` (``run-unreadable``) for the first that lacks a
    column, counts what cannot be counted, has more outcomes than runs, or is there twice.
    """
    found: dict[tuple[str, int, str], CountRow] = {}
    for number, row in _rows(file):
        counted = _row(file, number, row)
        key = counted[:3]
        if key in found:
            message = f"step {counted.step} of '{counted.route}' is there twice"
            raise _refused(file, number, message)
        found[key] = counted
    return sorted(found.values())


def span_of(rows: Iterable[CountRow]) -> tuple[int, int] | None:
    """The first and last second that rows count, since 1970; None for no row."""
    steps = [row.step for row in rows]
    return (min(steps) * STEP, (max(steps) + 1) * STEP - 1) if steps else None


def _rows(file: TraceInput) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if file.head.startswith(b"PAR1"):
        from pmlint.runs.engine import parquet_rows

        yield from enumerate(parquet_rows(file.path, CountRow._fields), start=1)
    else:
        yield from numbered_rows(file, _HELP)


def _row(file: TraceInput, number: int, row: Mapping[str, Any]) -> CountRow:
    values: list[Any] = []
    for name in CountRow._fields:
        value = row.get(name)
        if name in _TEXTS:
            values.append(str(value or ""))
        elif value in (None, ""):
            raise _refused(file, number, f"the column '{name}' is missing")
        else:
            values.append(_count(file, number, name, value))
    counted = CountRow(*values)
    if counted.step > _LAST:
        raise _refused(file, number, f"step {counted.step} is after the year 9999")
    if sum(getattr(counted, name) for name in _PARTS) > counted.runs:
        raise _refused(file, number, f"'runs' is {counted.runs}, below the sum of its outcomes")
    most = max(counted.rescued, counted.corrected)
    if not most <= counted.touched <= min(counted.runs, counted.rescued + counted.corrected):
        raise _refused(file, number, f"'touched' is {counted.touched}, which cannot be")
    return counted


def _count(file: TraceInput, number: int, name: str, value: object) -> int:
    text = whole_text(value)
    if not is_whole(text):
        raise _refused(file, number, f"'{str(value)[:40]}' in '{name}' is not a count")
    return int(text)


def _refused(file: TraceInput, number: int, message: str) -> TraceRefused:
    return TraceRefused("run-unreadable", message, file.path, _HELP, number)
