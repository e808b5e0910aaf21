"""JSON: one object, ``{"schema": 1, "tables": {"actions": [...]}}``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable
from pmlint.tables.writers.spool import objects


class Json:
    """One file with one object."""

    name = "json"
    suffixes: tuple[str, ...] = (".json",)
    is_folder = False

    def write(self, path: str, tables: Sequence[ExportTable], rows: Iterable[Row]) -> None:
        """Write the tables in their order, one row a line."""
        with open(path, "w", encoding="utf-8", newline="\n") as stream:
            stream.write('{"schema": 1, "tables": {')
            for number, (name, entries) in enumerate(objects(tables, rows)):
                stream.write(f'{"," if number else ""}\n"{name}": [')
                for place, entry in enumerate(entries):
                    stream.write(f"{',' if place else ''}\n{entry}")
                stream.write("]")
            stream.write("\n}}\n")
