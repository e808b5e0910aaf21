"""A tree of files in memory, and what must hold of every position that is reported in one."""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.parsing.source import MAX_BYTES, Malformed
from pmlint.parsing.tree import Entry
from pmlint.place import Span


class Files:
    """Files by their paths, as a `pmlint.parsing.tree.Tree`."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def walk(self, folder: str) -> list[Entry]:
        return [
            Entry(path, "file", len(self.files[path]))
            for path in sorted(self.files)
            if not folder or path.startswith(f"{folder}/")
        ]

    def entry(self, path: str) -> Entry | None:
        if path in self.files:
            return Entry(path, "file", len(self.files[path]))
        return (
            Entry(path, "folder")
            if any(name.startswith(f"{path}/") for name in self.files)
            else None
        )

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        if path not in self.files:
            raise Malformed("there is no such file")
        return self.files[path]


def inside(text: str, span: Span) -> None:
    """Fail where a span does not stand in a text.

    At the end of a line it may be one column wide all the same: a caret is.
    """
    lines = text.split("\n")
    start, end = (span.row, span.column), (span.end_row, span.end_column)
    assert (1, 1) <= start <= end, f"{span} ends before it begins"
    assert span.end_row <= len(lines), f"{span} ends below the last line"
    assert span.column <= len(lines[span.row - 1]) + 1, f"{span} begins behind the end of its line"
    assert span.end_column <= len(lines[span.end_row - 1]) + 2, (
        f"{span} ends behind the end of its line"
    )
