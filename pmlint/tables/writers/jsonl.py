"""JSON lines: ``{"table": "actions", ...}`` a row, table by table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.spool import objects
from pmlint.tables.writers.values import texts


class JsonLines:
    """One file with an object a line."""

    name = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl",)

    def write_to(
        self, stream: BinaryIO, tables: Sequence[ExportTable], rows: Iterable[Row]
    ) -> None:
        """Write every row behind the name of its table."""
        with texts(stream) as lines:
            for name, entries in objects(tables, rows):
                for entry in entries:
                    lines.write(f'{{"table": "{name}", {entry[1:]}\n')
