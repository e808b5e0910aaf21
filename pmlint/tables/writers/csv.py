"""CSV, a file a table: UTF-8, comma, line feed; truth as 0 and 1; null and empty text alike."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, TextIO

from pmlint.tables.cells import Row, Value
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.values import numbered, texts

if TYPE_CHECKING:
    from _csv import Writer as _CsvWriter

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet; an apostrophe ends that."""


class Csv:
    """A folder of CSV files, or one of them."""

    name = "csv"
    suffixes: tuple[str, ...] = (".csv",)

    def write_to(
        self, stream: BinaryIO, tables: Sequence[ExportTable], rows: Iterable[Row]
    ) -> None:
        """Write one table."""
        with texts(stream, newline="") as lines:
            (table,) = tables
            _write({table.name: _writer(lines, table)}, rows)

    def write_into(self, folder: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write all files side by side, each row as it comes."""
        with ExitStack() as stack:
            writers = {}
            for table in tables:
                name = os.path.join(folder, f"{table.name}.csv")
                stream = stack.enter_context(open(name, "w", encoding="utf-8", newline=""))
                writers[table.name] = _writer(stream, table)
            _write(writers, rows)


def cells_of(values: Iterable[Value]) -> list[str | int | float | None]:
    """The values of a row as cells, which no spreadsheet runs."""
    return [
        f"'{found}" if isinstance(found, str) and found.startswith(FORMULA_SIGNS) else found
        for found in numbered(values)
    ]


def _writer(stream: TextIO, table: ExportTable) -> _CsvWriter:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.names)
    return writer


def _write(writers: Mapping[str, _CsvWriter], rows: Iterable[Row]) -> None:
    for row in rows:
        if row.table in writers:
            writers[row.table].writerow(cells_of(row.values))
