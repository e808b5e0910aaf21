"""CSV, a file a table: UTF-8, comma, line feed; truth as 0 and 1; null and empty text alike."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from pmlint.tables.cells import Row, Value
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.values import numbered

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet; an apostrophe ends that."""


class Csv:
    """A folder of CSV files."""

    name = "csv"
    suffixes: tuple[str, ...] = (".csv",)
    is_folder = True

    def write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write all files side by side, each row as it comes."""
        is_file = not os.path.isdir(path)
        with ExitStack() as stack:
            writers = {}
            for table in tables:
                name = path if is_file else os.path.join(path, f"{table.name}.csv")
                stream = stack.enter_context(open(name, "w", encoding="utf-8", newline=""))
                writers[table.name] = csv.writer(stream, lineterminator="\n")
                writers[table.name].writerow(table.names)
            for row in rows:
                if row.table in writers:
                    writers[row.table].writerow(cells_of(row.values))


def cells_of(values: Iterable[Value]) -> list[str | int | float | None]:
    """The values of a row as cells, which no spreadsheet runs."""
    return [
        f"'{found}" if isinstance(found, str) and found.startswith(FORMULA_SIGNS) else found
        for found in numbered(values)
    ]
