"""SQLite with STRICT tables, keys and foreign keys, by the standard library."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.values import stored

_TYPES = {"int": "INTEGER", "bool": "INTEGER", "real": "REAL"}
_BATCH = 200
"""Rows of one table that are inserted at once: one by one takes half as long again."""


class Sqlite:
    """One file that Datasette and Metabase open as it is."""

    name = "sqlite"
    suffixes: tuple[str, ...] = (".sqlite", ".db")

    def write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Create the tables and insert the rows in one transaction. Raises `OSError`."""
        try:
            self._write(path, tables, rows)
        except sqlite3.OperationalError as error:
            # The disk is full, or the place cannot be written: what other formats say of it.
            is_full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            code = errno.ENOSPC if is_full else errno.EIO
            raise OSError(code, os.strerror(code), path) from error

    def _write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        keys = {table.name: table.key for table in tables}
        # Used as a context, a connection commits but does not close: `closing` does.
        with closing(sqlite3.connect(path)) as base, base:
            # Outside a transaction each table would be written to the disk by itself: 24 waits.
            base.execute("BEGIN")
            for table in tables:
                base.execute(_create(table, keys))
            inserts = {table.name: _insert(table) for table in tables}
            values_of = {table.name: stored(table) for table in tables}
            kept: dict[str, list[Sequence[object]]] = {name: [] for name in inserts}
            for row in rows:
                if row.table in inserts:
                    batch = kept[row.table]
                    batch.append(values_of[row.table](row.values))
                    if len(batch) == _BATCH:
                        base.executemany(inserts[row.table], batch)
                        batch.clear()
            for name, batch in kept.items():
                base.executemany(inserts[name], batch)


def _create(table: ExportTable, keys: Mapping[str, Sequence[str]]) -> str:
    columns = [
        f'"{column.name}" {_TYPES.get(column.type, "TEXT")}{"" if column.nullable else " NOT NULL"}'
        for column in table.columns
    ]
    columns.append(f"PRIMARY KEY ({_list(table.key)})")
    if table.parent in keys:
        # A row is made from its parent's own document, so the parent is always there.
        key = _list(keys[table.parent])
        columns.append(
            f'FOREIGN KEY ({key}) REFERENCES "{table.parent}" ({key}) DEFERRABLE INITIALLY DEFERRED'
        )
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)}) STRICT'


def _insert(table: ExportTable) -> str:
    marks = ", ".join("?" * len(table.columns))
    return f'INSERT INTO "{table.name}" ({_list(table.names)}) VALUES ({marks})'


def _list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
