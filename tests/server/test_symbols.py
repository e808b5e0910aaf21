"""The outline of a document in the editor."""

from __future__ import annotations

from pathlib import Path

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
