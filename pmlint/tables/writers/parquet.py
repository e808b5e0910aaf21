"""Parquet, a file a table, by pyarrow (extra ``parquet``): for DuckDB, Spark and BigQuery."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from pmlint.errors import UsageError
from pmlint.tables.cells import Row, Value
from pmlint.tables.dictionary import ExportTable

_BATCH = 10_000
"""Rows of one table that are kept before they are written as a row group."""


class Parquet:
    """A folder of Parquet files, or one of them."""

    name = "parquet"
    suffixes: tuple[str, ...] = (".parquet",)

    def write_to(
        self, stream: BinaryIO, tables: Sequence[ExportTable], rows: Iterable[Row]
    ) -> None:
        """Write one table."""
        (table,) = tables
        self._write({table.name: stream}, tables, rows)

    def write_into(self, folder: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write all files side by side."""
        places = {table.name: os.path.join(folder, f"{table.name}.parquet") for table in tables}
        self._write(places, tables, rows)

    def _write(
        self,
        places: Mapping[str, str | BinaryIO],
        tables: Sequence[ExportTable],
        rows: Iterable[Row],
    ) -> None:
        """Write the tables in row groups."""
        pyarrow, parquet = _library()
        schemas = {table.name: _schema(pyarrow, table) for table in tables}
        writers = {
            name: parquet.ParquetWriter(places[name], schema, compression="zstd")
            for name, schema in schemas.items()
        }
        kept: dict[str, list[tuple[Value, ...]]] = {name: [] for name in schemas}
        try:
            for row in rows:
                if row.table in kept:
                    kept[row.table].append(row.values)
                    if len(kept[row.table]) == _BATCH:
                        _write(pyarrow, writers[row.table], schemas[row.table], kept[row.table])
                        kept[row.table] = []
            for name, rest in kept.items():
                _write(pyarrow, writers[name], schemas[name], rest)
        finally:
            for writer in writers.values():
                writer.close()


def write_columns(
    stream: BinaryIO, types: Mapping[str, str], rows: Iterable[Mapping[str, object]]
) -> None:
    """Write one table to a stream, in row groups; ``types`` are ``string``, ``int64``, ``moment``
    or ``strings`` by column; moments are milliseconds since 1970. Raises `UsageError` without the
    extra.
    """
    pyarrow, parquet = _library()
    known = {
        "string": pyarrow.string(),
        "int64": pyarrow.int64(),
        "moment": pyarrow.timestamp("ms", "UTC"),
        "strings": pyarrow.list_(pyarrow.string()),
    }
    schema = pyarrow.schema([(name, known[type]) for name, type in types.items()])
    remaining = iter(rows)
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        while batch := list(itertools.islice(remaining, _BATCH)):
            writer.write_table(pyarrow.Table.from_pylist(batch, schema))


def require_parquet() -> None:
    """Raise `UsageError` without the extra."""
    _library()


def stored_rows(path: str) -> list[dict[str, Any]]:
    """The rows of a file that `Parquet` wrote; none where there is no file."""
    _, parquet = _library()
    if not os.path.exists(path):
        return []
    # `read_table` loads pyarrow's engine of data sets: 0.1 of the 0.26 s that a fleet takes which
    # has nothing to judge.
    with parquet.ParquetFile(path) as file:
        rows: list[dict[str, Any]] = file.read().to_pylist()
    return rows


def _library() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise UsageError("parquet needs pyarrow", help="pip install 'pmlint[parquet]'") from None
    return pyarrow, parquet


def _schema(pyarrow: Any, table: ExportTable) -> Any:
    types = {
        "int": pyarrow.int64(),
        "real": pyarrow.float64(),
        "bool": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "moment": pyarrow.timestamp("ms", "UTC"),
    }
    fields = [
        pyarrow.field(
            column.name, types.get(column.type, pyarrow.string()), nullable=column.nullable
        )
        for column in table.columns
    ]
    return pyarrow.schema(fields)


def _write(pyarrow: Any, writer: Any, schema: Any, rows: list[tuple[Value, ...]]) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [
        pyarrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)
    ]
    writer.write_table(pyarrow.table(arrays, schema=schema))
