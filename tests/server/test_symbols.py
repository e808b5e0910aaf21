"""The outline of a document in the editor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import DocumentSymbol, Position, Range

from pmlint.output.columns import utf16
from pmlint.server.draft import Draft
from pmlint.server.symbols import symbols
from tests.server.editor import BASE, CURSOR, POSTMORTEM, ROUTE, repository, typed
from tests.server.test_outline import PIECES

MORE = [
    "id: ",
    "title: ",
    '"": ',
    "''",
    "---\n",
    "# a",
    "### b\n",
    "## \n",
    "Title\n===\n",
    "```\n",
    "<!--",
]
Texts = st.lists(st.sampled_from([*PIECES, *MORE]), max_size=30).map("".join)


def outline(text: str, file: str = POSTMORTEM) -> list[DocumentSymbol]:
    kind = "postmortem" if file == POSTMORTEM else "route"
    return symbols(Draft(file, text, kind, utf16))  # type: ignore[arg-type]


def place(one: Position) -> tuple[int, int]:
    return one.line, one.character


def holds(outer: Range, inner: Range) -> bool:
    return place(outer.start) <= place(inner.start) <= place(inner.end) and place(
        inner.end
    ) <= place(outer.end)


def refused(found: list[DocumentSymbol], around: Range | None = None) -> Iterator[str]:
    """What VS Code refuses: it shows no outline at all where one symbol of it is wrong."""
    for one in found:
        if not one.name.strip():
            yield "a name is empty"
        if not holds(one.range, one.selection_range):
            yield f"the range of {one.name!r} does not contain its selection"
        if around is not None and not holds(around, one.range):
            yield f"{one.name!r} reaches beyond what it is in"
        yield from refused(list(one.children or ()), one.range)


def test_the_outline_has_parts_ids_and_headings(tmp_path: Path) -> None:
    draft = typed(repository(tmp_path), "id: PM-2026-001", f"id: {CURSOR}PM-2026-001").draft
    found = {one.name: one for one in symbols(draft)}
    assert list(found)[:4] == ["id", "title", "status", "severity"]
    assert [one.name for one in found["actions"].children or ()] == ["A1", "A2"]
    assert found["actions"].children[0].detail == draft.postmortem.actions[0].title  # type: ignore[index]
    assert "Business impact" in found


def test_the_outline_of_half_a_document(tmp_path: Path) -> None:
    draft = typed(repository(tmp_path), "routes: [refund-triage]", f"routes: [refu{CURSOR}").draft
    assert [one.name for one in symbols(draft)][:2] == ["id", "title"]


def test_headings_are_what_commonmark_has() -> None:
    body = (
        "# One\n```\n# no heading\n```\n## Two ##\n### Three\n<!--\n## none\n-->\nFour\n----\n# \n"
    )
    (_, one) = outline(f"---\nid: PM-1\n---\n{body}")
    assert [heading.name for heading in one.children or ()] == ["Two", "Four"]
    assert [heading.name for heading in (one.children or ())[0].children or ()] == ["Three"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("---\n", []),
        ("---\nid: PM-1\n", ["id"]),
        ("---\nid: PM-1\n---\n", ["id"]),
        ("---\nid: PM-1\n---\nA text without a heading.\n", ["id"]),
        ('---\n"": x\nid: PM-1\n---\n', ["id"]),
        ("---\nid: PM-1\n---\n## \n## Impact\n", ["id", "Impact"]),
    ],
)
def test_the_outline_of_a_document_that_begins(text: str, names: list[str]) -> None:
    assert [one.name for one in outline(text)] == names


@pytest.mark.parametrize("file", [POSTMORTEM, ROUTE])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_an_editor_takes_the_outline_of_each_half_of_a_document(file: str, ends: str) -> None:
    text = (BASE / file).read_text(encoding="utf-8").replace("\n", ends)
    for offset in range(0, len(text), 11):
        for half in (text[:offset], text[:offset] + text[offset + 30 :]):
            assert not list(refused(outline(half, file))), half[-80:]


@given(Texts)
@settings(max_examples=300, deadline=None)
def test_an_editor_takes_the_outline_of_any_text(text: str) -> None:
    for file, whole in ((ROUTE, text), (POSTMORTEM, f"---\n{text}")):
        assert not list(refused(outline(whole, file)))
