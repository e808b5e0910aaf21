"""Rows that were made while a document was at hand, until they are asked for."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Iterable

from pmlint.tables.cells import Row

_IN_MEMORY = 4 << 20
"""Bytes that stay in memory, the rows of some 1,000 documents; more are in a temporary file."""


class KeptRows:
    """The rows of each file. To read 500 documents a second time for them took five sixths of the
    time of all rows; memory must not grow with the documents (docs/spec/tables.md, *Figures*).
    """

    def __init__(self) -> None:
        # It has no name in the file system: nobody else writes what `pickle` reads here.
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._places: dict[str, int] = {}

    def keep(self, file: str, rows: Iterable[Row]) -> None:
        """Keep the rows of a file; called before the first `rows`."""
        self._places[file] = self._file.tell()
        # As plain tuples: for a named one pickle looks its class up, row by row.
        plain = [(row.table, row.values) for row in rows]
        pickle.dump(plain, self._file, pickle.HIGHEST_PROTOCOL)

    def rows(self, file: str) -> tuple[Row, ...] | None:
        """The rows of a file; None where none were kept."""
        if file not in self._places:
            return None
        self._file.seek(self._places[file])
        return tuple(Row(table, values) for table, values in pickle.load(self._file))
