"""Columns in the units of an editor: ``é`` is one unit of UTF-16 and two bytes, ``𐐀`` is two units
and four bytes.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import Position, Range

from pmlint.output.columns import utf8, utf16
from pmlint.parsing.source import Source
from pmlint.place import Span
from pmlint.server.diagnostics import diagnostics
from pmlint.server.positions import Units, to_offset, to_range, units
from tests.server.editor import typed

SOURCE = Source("x.yaml", "a: b\r\né𐐀: c\n")


@pytest.mark.parametrize(("measure", "column"), [(utf16, 3), (utf8, 6), (len, 2)])
def test_a_span_in_each_unit(measure: Units, column: int) -> None:
    assert to_range(Span(2, 3, 2, 5), SOURCE, measure) == Range(
        Position(1, column), Position(1, column + 2)
    )


@pytest.mark.parametrize("measure", [utf16, utf8, len])
def test_every_place_goes_there_and_back(measure: Units) -> None:
    for offset in range(len(SOURCE.text) + 1):
        if SOURCE.text[offset : offset + 1] != "\n" or SOURCE.text[offset - 1] != "\r":
            place = to_range(SOURCE.span(offset, offset), SOURCE, measure).start
            assert to_offset(place, SOURCE, measure) == offset


def test_places_that_do_not_exist() -> None:
    assert to_offset(Position(9, 9), SOURCE, utf16) == len(SOURCE.text)
    assert to_offset(Position(0, 99), SOURCE, utf16) == len("a: b")
    assert to_offset(Position(1, 2), SOURCE, utf16) == SOURCE.text.index("𐐀")


def test_encodings() -> None:
    assert [units(name)("é𐐀") for name in (None, "utf-16", "utf-8", "utf-32")] == [3, 3, 6, 2]


@pytest.mark.parametrize(("measure", "column"), [(utf16, 15), (utf8, 18), (len, 14)])
def test_a_finding_behind_characters_of_several_units(
    root: Path, measure: Units, column: int
) -> None:
    draft, view, _ = typed(root, "authors: [", 'authors: ["é𐐀", ', measure=measure)
    (unknown,) = [one for one in diagnostics(draft, view) if "é𐐀" in one.message]
    assert unknown.range == Range(Position(7, 10), Position(7, column))
