"""Rows of runs: what `pmlint runs` writes, and what a warehouse exports (docs/spec/runs.md).

A row that cannot be read is refused, not skipped: a budget that is counted without it would be
wrong without anybody noticing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from pmlint.model.dates import parse_moment
from pmlint.runs.event import OUTCOMES, TraceRun
from pmlint.runs.numbered_rows import RowBatch, row_batches
from pmlint.runs.reading import TraceInput, TraceRefused

REQUIRED = ("run", "route", "started", "outcome", "rescues", "corrections", "approvals")
KNOWN_OUTCOMES = frozenset((*OUTCOMES, "unknown"))
_HELP = "'pmlint runs' writes rows as they are read"
_NANOSECONDS = 10**9
_DIGITS = 18
_SHORT = re.compile(r"(.*[Tt]\d\d:\d\d)(:[\d.]+)?(?:([+-]\d\d):?(\d\d)?|[Zz])", re.ASCII)
"""What databases and programs write besides RFC 3339: no seconds, or an offset of hours alone."""
_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def are_rows(head: bytes) -> bool:
    """Whether a file that begins with these bytes holds rows: JSON lines, or CSV with a header."""
    first = head.replace(b"\r", b"\n").partition(b"\n")[0]
    if first.lstrip()[:1] == b"{":
        return b'"outcome"' in first and b'"route"' in first and b'"rescues"' in first
    if b"outcome" not in first:
        return False
    columns = next(csv.reader([first.decode("utf-8", "replace").strip()]), [])
    return {"run", "route", "outcome"} <= set(columns)


def read_rows(file: TraceInput) -> Iterator[TraceRun]:
    """The runs of a file of rows. Raises `TraceRefused` (``run-unreadable``) at the first row that
    lacks a required column, has an unknown outcome, a negative count or a time without offset.
    """
    for batch in row_batches(file):
        yield from runs_of(batch, file)


def runs_of(batch: RowBatch, file: TraceInput) -> Iterator[TraceRun]:
    """The runs of some rows; raises as `read_rows` does."""
    for number, row in batch.numbered(file, _HELP):
        yield _run(file, number, row)


def _run(file: TraceInput, number: int, row: Mapping[str, Any]) -> TraceRun:
    for name in REQUIRED:
        # A run without a route is counted as unassigned; the other columns have no such meaning.
        if name != "route" and row.get(name) in (None, ""):
            raise _refused(file, number, f"the column '{name}' is missing")
    outcome = str(row["outcome"])
    if outcome not in KNOWN_OUTCOMES:
        raise _refused(file, number, f"'{outcome}' in 'outcome' is not an outcome")
    traces = row.get("traces")
    return TraceRun(
        run=str(row["run"]),
        route=str(row.get("route") or ""),
        started=_time(file, number, "started", row["started"]),
        ended=_time(file, number, "ended", row.get("ended")),
        outcome=outcome,
        rescues=_count(file, number, "rescues", row),
        corrections=_count(file, number, "corrections", row),
        approvals=_count(file, number, "approvals", row),
        autonomy=str(row.get("autonomy") or ""),
        version=str(row.get("version") or ""),
        traces=tuple(traces) if isinstance(traces, list) else tuple(str(traces or "").split()),
        names=(str(row.get("route") or ""),),
    )


def is_whole(text: str) -> bool:
    """Whether a text is a number that a column of 64 bits can hold."""
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS


def whole_text(value: object) -> str:
    """A value as the text of a whole number, where it is one: data frames and JavaScript write 12
    as 12.0. A truth is no number.
    """
    if isinstance(value, bool):
        return ""
    text = str(value)
    whole, _, rest = text.partition(".")
    return whole if rest and not rest.strip("0") else text


def _count(file: TraceInput, number: int, name: str, row: Mapping[str, Any]) -> int:
    value = row[name]
    if type(value) is int and value >= 0:  # as JSON has it; CSV has texts
        return value
    text = whole_text(value)
    if not is_whole(text):
        raise _refused(file, number, f"'{str(value)[:40]}' in '{name}' is not a count")
    return int(text)


def _time(file: TraceInput, number: int, name: str, value: object) -> int | None:
    if value in (None, ""):
        return None
    moment = _quickly(value) or parse_moment(_in_full(str(value).replace(" ", "T", 1)))
    if moment is None:
        message = f"'{value}' in '{name}' is not a time with an offset"
        raise _refused(file, number, message)
    return int(moment.timestamp()) * _NANOSECONDS


def _in_full(text: str) -> str:
    """A time as RFC 3339 has it, where it lacks its seconds or the minutes of its offset."""
    match = _SHORT.fullmatch(text)
    if match is None:
        return text
    minutes, seconds, hours, rest = match.groups()
    zone = f"{hours}:{rest or '00'}" if hours else "Z"
    return f"{minutes}{seconds or ':00'}{zone}"


def _quickly(value: object) -> datetime | None:
    """A time in the one form that nearly every row has, by the standard library: a million rows
    took 9 s of 22 s in the reader of all forms.
    """
    if isinstance(value, str) and len(value) == 20 and _PLAIN.fullmatch(value):
        with suppress(ValueError):  # the 30th of February: the other reader says what is wrong
            return datetime.fromisoformat(value)
    return None


def _refused(file: TraceInput, number: int, message: str) -> TraceRefused:
    return TraceRefused("run-unreadable", message, file.path, _HELP, number)
