"""The outline sees what the strict reader sees, wherever that one can read, and never fails where
it can't.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlint.model.schema import SchemaKind
from pmlint.output.columns import utf16
from pmlint.parsing.document import Document, read_postmortem, read_yaml
from pmlint.parsing.source import Source
from pmlint.parsing.yaml_nodes import Node
from pmlint.place import Path as Place
from pmlint.server.cursor import cursor
from pmlint.server.draft import Draft
from pmlint.server.outline import Outline
from tests.server.editor import BASE, POSTMORTEM, ROUTE

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "postmortems").glob("PM-*.md")),
    *sorted((ROOT / "routes").glob("*.yaml")),
    *sorted((ROOT / "policies").glob("*.yaml")),
    ROOT / "people.yaml",
    BASE / POSTMORTEM,
    BASE / ROUTE,
]
PIECES = [
    "a: ",
    "b:",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    '"',
    "'",
    "c",
    "\n",
    "\r\n",
    "  ",
    "|",
    ">",
    " #",
    "\\",
    "\t",
    "é𐐀",
    ":",
]
Shown = tuple[tuple[int, int] | None, tuple[int, int] | None, str | None]


def read(file: str, text: str) -> Document:
    source = Source(file, text)
    return read_postmortem(source) if file.endswith(".md") else read_yaml(source, "people")


def leaves(
    node: Node, data: object, at: Place = Place(), key: tuple[int, int] | None = None
) -> Iterator[tuple[Place, Shown]]:
    """Each field of the strict reader: where key and value stand, and the text of a scalar that is
    not a block.
    """
    scalar = node.children is None and node.end > node.start
    text = data if isinstance(data, str) and node.style not in ("|", ">") else None
    if at:
        yield at, (key, (node.start, node.end) if scalar else None, text)
    for step, child in (node.children or {}).items():
        assert isinstance(data, dict | list)
        yield from leaves(
            child,
            data[step],
            at / step,
            (node.keys or {}).get(str(step)) if isinstance(step, str) else None,
        )  # type: ignore[call-overload]


def both(document: Document, outline: Outline) -> tuple[dict[Place, Shown], dict[Place, Shown]]:
    """The fields of both readers; of a value, only what the strict one knows."""
    strict = dict(leaves(document.node, document.data))
    loose: dict[Place, Shown] = {}
    for at, slot in outline.slots.items():
        _, value, text = strict.get(at, (None, None, None))
        loose[at] = (
            slot.key,
            (slot.start, slot.end) if value else None,
            slot.text if text is not None else None,
        )
    return strict, loose


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_both_readers_see_the_same(file: Path, ends: str) -> None:
    text = file.read_text(encoding="utf-8").replace("\n", ends)
    kind: SchemaKind = "postmortem" if file.suffix == ".md" else "route"
    strict, loose = both(read(file.name, text), Draft(file.name, text, kind, utf16).outline)
    assert loose == strict


@pytest.mark.parametrize(
    "text",
    [
        "a:\n- 1\n- b: 2\n  c: 3\nd: 4\n",
        "a:\n  -   b: 1\n      c: [x, {y: z}, [], {}]\n  - [1, 2]\n",
        "a: {b: c,\n  d: [e,\n    f], g: 'it''s', h: \"q\\\"q\"}\ni: j\n",
        "a: |\n  b: c\n\n  - d\ne: >-\n  f\n  g\nh: i # j\n",
        "a: one\n  two\n  three\nb: x:y\nc: https://a.example/#b\n",
        '\'a b\': "c: d"\n"e": f\n',
        "a:\n  # nothing\n  b: [ # more\n    c, d]\n\n",
        "a:\n  b\nc: -1\nd: [é, 𐐀]\n",
        "- {a: b}\n- a: c\n-\n  a: d\n",
    ],
)
def test_both_readers_see_the_same_of_small_texts(text: str) -> None:
    strict, loose = both(read("x.yaml", text), Outline(text))
    assert {at: shown for at, shown in loose.items() if at} == strict


def test_an_open_bracket_ends_at_the_next_field() -> None:
    outline = Outline(
        'routes: [refund-triage\nfindings:\n  - {id: F1, class: \n  - {id: F2}\nauthors: ["@d\nid: PM-1\n'
    )
    assert outline.data["findings"][1] == {"id": "F2"}
    assert outline.data["id"] == "PM-1"


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_text_fails(text: str) -> None:
    outline = Outline(text)
    assert outline.data is not None
    for slot in outline.slots.values():
        assert 0 <= slot.start <= slot.end <= len(text)
    for offset in range(len(text) + 1):
        found = cursor(text, offset)
        assert found is None or 0 <= found.start <= offset <= found.end <= len(text)


def test_no_half_of_a_document_fails() -> None:
    text = (BASE / POSTMORTEM).read_text(encoding="utf-8")
    for offset in range(0, len(text), 7):
        draft = Draft(POSTMORTEM, text[:offset], "postmortem", utf16)
        assert draft.postmortem is not None
        draft.cursor(offset)


@pytest.mark.parametrize("piece", ["- ", "[", "{a: ", "a:\n ", "- [", "? ", "'", "a: |\n"])
def test_depth_and_size_are_bounded(piece: str) -> None:
    for text in (piece * 3_000, "---\n" + "a: b\n" * 200_000):
        draft = Draft(POSTMORTEM, "---\n" + text, "postmortem", utf16)
        assert draft.postmortem is not None
        draft.cursor(len(draft.source.text))
