"""Rows of a file of JSON lines or CSV, each with the number of its line; many at a time, where what
is asked of each can be asked of a column.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from pmlint.runs.decoding import json_of, json_or_none
from pmlint.runs.reading import TraceInput, TraceLine, TraceRefused, lines_of

_BATCH = 5_000
_LONGEST = 2_000_000
"""Letters of a field of CSV: what DuckDB takes of a line."""
Numbered = tuple[int, Mapping[str, Any]]


class RowBatch(Protocol):
    """Some rows of a file that come after each other."""

    def columns(self, names: Sequence[str], optional: Sequence[str]) -> list[Sequence[Any]] | None:
        """A column for each name; what rows lack of the optional ones is None. None where some row
        has to be looked at by itself.
        """

    def numbered(self, file: TraceInput, help: str) -> Iterator[Numbered]:
        """Each row with the number of its line. Raises `TraceRefused` (``run-unreadable``) for one
        that is not a row, with ``help``.
        """


def row_batches(file: TraceInput) -> Iterator[RowBatch]:
    """The rows of a file whose head says whether it is JSON.

    Raises `TraceRefused` (``run-unreadable``) for a table that is none.
    """
    if file.head.lstrip()[:1] == b"{":
        yield from map(_JsonBatch, file.read_blocks())
        return
    text = file.read_rest().decode("utf-8-sig", "replace")
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        head = next(reader, [])
        # A field in quotes may have line breaks, so a row is not a line.
        rows = ((reader.line_num, row) for row in reader if row)
        batch = list(islice(rows, _BATCH))
        while batch:
            following = list(islice(rows, _BATCH))
            if not following and not text.endswith(("\n", "\r")):
                batch = _without_cut(batch, len(head), file)
            yield _CsvBatch(head, batch)
            batch = following
    except csv.Error as error:
        text = f"the table cannot be read: {error}"
        help = f"a quote that is not closed? a field has at most {_LONGEST:,} letters"
        raise TraceRefused("run-unreadable", text, file.path, help, reader.line_num) from None


def numbered_rows(file: TraceInput, help: str) -> Iterator[Numbered]:
    """The rows of a file, one by one; raises as `RowBatch.numbered` does."""
    for batch in row_batches(file):
        yield from batch.numbered(file, help)


def _without_cut(
    rows: list[tuple[int, list[str]]], columns: int, file: TraceInput
) -> list[tuple[int, list[str]]]:
    """The last rows of a table, without one that a writer left half written."""
    number, last = rows[-1]
    # A number of a compressed file may be cut itself; a plain one often lacks its last line end.
    if len(last) >= columns and not file.is_cut:
        return rows
    file.skip_cut(number)
    return rows[:-1]


def objects_in(file: TraceInput) -> Iterator[Numbered]:
    """The objects of a file of JSON, or the rows of a table, whose empty fields are None."""
    if file.head.lstrip()[:1] in (b"{", b"["):
        yield from file.read_json()
        return
    for number, row in numbered_rows(file, "write the table anew"):
        yield number, {name: value or None for name, value in row.items()}


class _JsonBatch(NamedTuple):
    """Whole lines of JSON."""

    block: TraceLine

    def columns(self, names: Sequence[str], optional: Sequence[str]) -> list[Sequence[Any]] | None:
        rows = _rows_at_once(self.block.data)
        if rows is None:
            return None
        try:
            found: list[Sequence[Any]] = [*zip(*map(itemgetter(*names), rows), strict=True)]
        except KeyError:
            return None
        return [*found, *([row.get(name) for row in rows] for name in optional)]

    def numbered(self, file: TraceInput, help: str) -> Iterator[Numbered]:
        for line in lines_of(self.block):
            row = json_of(line.data)
            if not isinstance(row, dict) and file.leave_cut(line):
                return
            if not isinstance(row, dict):
                fact = "the line is not a JSON object"
                raise TraceRefused("run-unreadable", fact, file.path, help, line.number)
            file.lines += 1
            yield line.number, row


class _CsvBatch(NamedTuple):
    """The head of a file, and some of its rows with their numbers."""

    head: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]

    def columns(self, names: Sequence[str], optional: Sequence[str]) -> list[Sequence[Any]] | None:
        lengths = {len(row) for _, row in self.rows}
        if lengths != {len(self.head)} or len(set(self.head)) < len(self.head):
            return None
        columns = dict(
            zip(self.head, zip(*(row for _, row in self.rows), strict=True), strict=True)
        )
        if not columns.keys() >= set(names):
            return None
        nothing = [None] * len(self.rows)
        return [columns.get(name, nothing) for name in (*names, *optional)]

    def numbered(self, file: TraceInput, help: str) -> Iterator[Numbered]:
        for number, row in self.rows:
            file.lines += 1
            if len(row) > len(self.head):
                fact = f"the row has {len(row)} fields, and the head {len(self.head)}"
                raise TraceRefused("run-unreadable", fact, file.path, help, number)
            lacking = dict.fromkeys(self.head[len(row) :])
            yield number, {**dict(zip(self.head, row, strict=False)), **lacking}


def _rows_at_once(data: bytes) -> list[Mapping[str, Any]] | None:
    """The objects of many lines, decoded as one array: line by line it takes half as long again.

    None unless each line is one object without others in it. That is so where every line begins
    with a brace, no other opens, and as many objects are found: each brace opens one of them, and
    it has to be closed before the next.
    """
    data = data.rstrip(b"\n")
    lines = data.count(b"\n") + 1
    if data[:1] != b"{" or data.count(b"\n{") != lines - 1 or data.count(b"{") != lines:
        return None
    found = json_or_none(b"[" + data.replace(b"\n", b",") + b"]")
    if not isinstance(found, list) or len(found) != lines:
        return None
    return found if set(map(type, found)) == {dict} else None
