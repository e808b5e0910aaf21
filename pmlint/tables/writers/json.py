"""JSON: one object, ``{"schema": 1, "tables": {"actions": [...]}}``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.spool import objects
from pmlint.tables.writers.values import texts


class Json:
    """One file with one object."""

    name = "json"
    suffixes: tuple[str, ...] = (".json",)

    def write_to(
        self, stream: BinaryIO, tables: Sequence[ExportTable], rows: Iterable[Row]
    ) -> None:
        """Write the tables in their order, one row a line."""
        with texts(stream) as lines:
            lines.write('{"schema": 1, "tables": {')
            for number, (name, entries) in enumerate(objects(tables, rows)):
                lines.write(f'{"," if number else ""}\n"{name}": [')
                for place, entry in enumerate(entries):
                    lines.write(f"{',' if place else ''}\n{entry}")
                lines.write("]")
            lines.write("\n}}\n")
