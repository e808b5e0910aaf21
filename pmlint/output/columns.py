"""Columns in the units of other tools: ours are code points, JavaScript's are UTF-16, reviewdog's
are bytes of UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable

from pmlint.parsing.source import Source
from pmlint.place import Span


def utf16(text: str) -> int:
    """How many UTF-16 code units a text takes."""
    # A name from git may hold half of a pair ('surrogatepass'): a report must not end there.
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """How many bytes a text takes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def convert(span: Span, source: Source | None, units: Callable[[str], int]) -> Span:
    """The span with its columns counted in other units (`utf16`, `utf8`); unchanged where the text
    is not known.
    """
    if source is None:
        return span

    def column(row: int, column: int) -> int:
        before = source.line(row)[: column - 1]
        return column + units(before) - len(before)

    return Span(
        span.row, column(span.row, span.column), span.end_row, column(span.end_row, span.end_column)
    )
