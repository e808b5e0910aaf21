"""Places in the units of an editor: rows from 0, columns in the units that were agreed on (UTF-16
unless both sides know better).
"""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol.types import Position, PositionEncodingKind, Range

from pmlint.output.columns import convert, utf8, utf16
from pmlint.parsing.source import Source
from pmlint.place import Span

Units = Callable[[str], int]


def units(encoding: str | None) -> Units:
    """How many units of a position encoding a text takes."""
    # UTF-16 is what the protocol means where nothing was agreed on: an emoji counts as two.
    return {PositionEncodingKind.Utf8.value: utf8, PositionEncodingKind.Utf32.value: len}.get(
        str(encoding), utf16
    )


def to_range(span: Span, source: Source, measure: Units) -> Range:
    """A span in the units of the editor."""
    span = convert(span, source, measure)
    return Range(
        Position(span.row - 1, span.column - 1), Position(span.end_row - 1, span.end_column - 1)
    )


def to_offset(position: Position, source: Source, measure: Units) -> int:
    """The offset of a place; one past the end of its line or of the text is the end, one inside a
    character its beginning.
    """
    # An editor may ask with places of a text that it has just made shorter.
    if position.line >= len(source.line_starts):
        return len(source.text)
    line = source.line(position.line + 1)
    column = 0
    for character in line:
        if position.character < (width := measure(character)):
            break
        column += 1
        position = Position(position.line, position.character - width)
    return source.line_starts[position.line] + column
