"""JSON lines: ``{"table": "actions", ...}`` a row, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.spool import objects


class JsonLines:
    """One file with an object a line."""

    name = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl",)
    is_folder = False

    def write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write every row behind the name of its table."""
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            for name, entries in objects(tables, rows):
                for entry in entries:
                    stream.write(f'{{"table": "{name}", {entry[1:]}\n')
