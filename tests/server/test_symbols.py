"""The outline of a document in the editor, and the rename of its ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.server.rename import renameable, renamed
from pmlint.server.symbols import symbols
from tests.server.editor import CURSOR, repository, typed


def test_the_outline_has_parts_ids_and_headings(tmp_path: Path) -> None:
    draft = typed(repository(tmp_path), "id: PM-2026-001", f"id: {CURSOR}PM-2026-001").draft
    found = {one.name: one for one in symbols(draft)}
    assert list(found)[:4] == ["id", "title", "status", "severity"]
    assert [one.name for one in found["actions"].children or ()] == ["A1", "A2"]
    assert found["actions"].children[0].detail == draft.postmortem.actions[0].title  # type: ignore[index]
    assert "Business impact" in found
    for one in found.values():
        for part in (one, *(one.children or ())):
            outer, inner = part.range, part.selection_range
            assert (outer.start.line, outer.start.character) <= (
                inner.start.line,
                inner.start.character,
            )
            assert (inner.end.line, inner.end.character) <= (outer.end.line, outer.end.character)


def test_the_outline_of_half_a_document(tmp_path: Path) -> None:
    draft = typed(repository(tmp_path), "routes: [refund-triage]", f"routes: [refu{CURSOR}").draft
    assert [one.name for one in symbols(draft)][:2] == ["id", "title"]


@pytest.mark.parametrize(
    ("old", "place"), [("  - id: A1", f"  - id: A{CURSOR}1"), ("{id: F1", f"{{id: F{CURSOR}1")]
)
def test_an_id_is_renamed_where_it_is_named(tmp_path: Path, old: str, place: str) -> None:
    here = typed(repository(tmp_path), old, place)
    edit = renamed(here.draft, here.view, here.offset, "Z9")
    assert edit is not None
    assert edit.changes is not None
    (edits,) = edit.changes.values()
    text = here.draft.source.text
    name = old[-2:]
    lines = text.split("\n")
    for one in reversed(edits):
        assert (
            lines[one.range.start.line][one.range.start.character : one.range.end.character].strip(
                "\"'"
            )
            == name
        )
        line = lines[one.range.start.line]
        lines[one.range.start.line] = (
            line[: one.range.start.character] + one.new_text + line[one.range.end.character :]
        )
    after = "\n".join(lines)
    front = after.split("\n---\n")[0]
    assert f"id: {name}" not in front
    assert "id: Z9" in front
    assert f"[{name}" not in front


@pytest.mark.parametrize("name", ["A1", "a b", "", "@x", "A1: {"])
def test_what_is_taken_or_no_id_is_refused(tmp_path: Path, name: str) -> None:
    here = typed(repository(tmp_path), "  - id: A2", f"  - id: A{CURSOR}2")
    assert renamed(here.draft, here.view, here.offset, name) is None


def test_a_route_and_a_word_are_not_renamed(tmp_path: Path) -> None:
    here = typed(
        repository(tmp_path), "routes: [refund-triage]", f"routes: [refund{CURSOR}-triage]"
    )
    assert renameable(here.draft, here.offset) is None
    title = typed(tmp_path, "title: ", f"ti{CURSOR}tle: ")
    assert renameable(title.draft, title.offset) is None
