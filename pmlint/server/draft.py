"""A document as it stands in the editor, saved or not."""

from __future__ import annotations

import re
from functools import cached_property

from lsprotocol.types import Position, Range

from pmlint.model import Postmortem
from pmlint.model.schema import SchemaKind
from pmlint.parsing.source import MAX_BYTES, Source
from pmlint.place import Path, Span
from pmlint.project.files import is_left_out
from pmlint.project.kinds import POSTMORTEM, kind_at
from pmlint.project.settings import Settings
from pmlint.server.cursor import Cursor, cursor
from pmlint.server.outline import Outline, Slot
from pmlint.server.positions import Units, to_offset, to_range

# More is taken than the strict reader takes: somebody who has typed "--- " wants completion too.
_OPENING = re.compile(r"---[ \t]*\r?\n")
_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)


def kind_of(file: str, settings: Settings) -> SchemaKind | None:
    """What a file is by its place in the repository; None where it is none of ours."""
    kind = kind_at(file, settings)
    # A README beside records is one only by its content, which is still being typed here.
    return None if kind is None or (kind is POSTMORTEM and is_left_out(file)) else kind.name


class Draft:
    """A text with its fields.

    ``kind`` is None for a file of another platform; ``measure`` counts columns as the editor does.
    """

    def __init__(self, file: str, text: str, kind: SchemaKind | None, measure: Units) -> None:
        self.file = file
        self.kind = kind
        self.source = Source(file, text)
        self.measure = measure

    @cached_property
    def front(self) -> tuple[int, int]:
        """Where the YAML begins and ends; up to the end where the second fence is missing, nowhere
        where the text is too large.
        """
        text = self.source.text
        if len(text) > MAX_BYTES:  # nobody reads it further, and typing must stay quick
            return 0, 0
        if self.kind != "postmortem":
            return 0, len(text)
        opening = _OPENING.match(text)
        if opening is None:
            return 0, 0
        closing = _FENCE.search(text, opening.end())
        return opening.end(), closing.start() if closing else len(text)

    @cached_property
    def outline(self) -> Outline:
        """The fields, as far as they can be read."""
        return Outline(self.source.text, *self.front)

    @cached_property
    def postmortem(self) -> Postmortem:
        """The fields of a postmortem; every scalar is a text."""
        return Postmortem(self.outline.data, self.file)

    def offset(self, position: Position) -> int:
        """The offset of a place of the editor."""
        return to_offset(position, self.source, self.measure)

    def cursor(self, offset: int) -> Cursor | None:
        """What is being typed at a place; None outside the YAML and in running text."""
        start, end = self.front
        return (
            cursor(self.source.text, offset, start)
            if start <= offset <= end and self.kind
            else None
        )

    def slot(self, offset: int) -> Slot | None:
        """The field at a place of the YAML."""
        start, end = self.front
        return self.outline.at(offset) if start <= offset <= end else None

    def range(self, start: int, end: int) -> Range:
        """Characters ``start`` to ``end`` in the units of the editor."""
        return self.shown(self.source.span(start, end))

    def shown(self, span: Span) -> Range:
        """A span in the units of the editor."""
        return to_range(span, self.source, self.measure)

    def field(self, path: Path) -> Range:
        """Where the value of a field stands (its key, where the value is a collection); the first
        line where there is no such field.
        """
        slot = self.outline.slots.get(path)
        if slot is None:
            return Range(Position(0, 0), Position(0, 0))
        return self.range(*(slot.key if slot.key and not slot.text else (slot.start, slot.end)))
