"""The formats of an export, one module each. Adding one touches its module and `WRITERS`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, Protocol, runtime_checkable

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers import csv, json, jsonl, parquet, sqlite


class TableWriter(Protocol):
    """What a format must answer. Each is one of the three below, or the first two of them."""

    name: str
    suffixes: tuple[str, ...]


@runtime_checkable
class StreamWriter(TableWriter, Protocol):
    """Writes bytes one behind the other: to a file that has no name yet, or to be printed."""

    def write_to(
        self, stream: BinaryIO, tables: Sequence[ExportTable], rows: Iterable[Row]
    ) -> None:
        """Write the tables; one table where the format is a `FolderWriter` as well."""


@runtime_checkable
class FolderWriter(TableWriter, Protocol):
    """Has room for one table in a file."""

    def write_into(self, folder: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write a file for each table into a folder that exists and is empty."""


@runtime_checkable
class FileWriter(TableWriter, Protocol):
    """Opens its own file."""

    def write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write the tables to a file that does not exist. Raises `OSError`."""


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
