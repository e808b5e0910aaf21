"""Rows grouped by table without keeping them: one temporary file a table, read back in order."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.values import plain


def objects(
    tables: Sequence[ExportTable], rows: Iterable[Row]
) -> Iterator[tuple[str, Iterator[str]]]:
    """Each table's name with its rows as JSON objects, in the order of the tables."""
    with ExitStack() as stack:
        names = {table.name: table.names for table in tables}
        spools = {
            name: stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8"))
            for name in names
        }
        for row in rows:
            if row.table in spools:
                entry = dict(zip(names[row.table], plain(row.values), strict=True))
                spools[row.table].write(json.dumps(entry, ensure_ascii=False) + "\n")
        for name, spool in spools.items():
            spool.seek(0)
            yield name, (line.rstrip("\n") for line in spool)
