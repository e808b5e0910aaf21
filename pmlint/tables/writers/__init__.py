"""The formats of an export, one module each. Adding one touches its module and `WRITERS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers import csv, json, jsonl, parquet, sqlite


class TableWriter(Protocol):
    """What a format must answer."""

    name: str
    suffixes: tuple[str, ...]
    is_folder: bool

    def write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write the tables to a file, or into a folder that exists and is empty."""


WRITERS: Mapping[str, TableWriter] = {
    writer.name: writer
    for writer in (
        sqlite.Sqlite(),
        jsonl.JsonLines(),
        json.Json(),
        csv.Csv(),
        parquet.Parquet(),
    )
}
