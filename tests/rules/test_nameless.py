"""Documents without an id: no finding of another one names nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands

REVIEW = """---
{id}title: The mail desk quoted prices of last year
status: accepted
opened: {opened}
routes: [mail-desk]
findings: [{{id: F1, class: stale-or-thin-evidence, statement: the index serves old lists}}]
failed_controls: [{{absent: freshness, expected: prevent, why: no control compared dates, findings: [F1]}}]
actions: [{{id: A1, title: Drop lists whose period has ended, layer: retrieval-filter, findings: [F1], control: freshness}}]
---
"""


def messages(folder: Path, *ids: str) -> set[str]:
    (folder / "postmortems").mkdir()
    for number, id in enumerate(ids):
        text = REVIEW.format(id=f"id: {id}\n" if id else "", opened=f"2026-09-{number + 1:02}")
        (folder / "postmortems" / f"{number}.md").write_text(text)
    words = ["check", "--output-format", "json", "--now", "2026-11-28"]
    found = json.loads(CliRunner().invoke(commands, words).stdout)["findings"]
    return {f"{one['message']}; {one.get('help') or ''}" for one in found}


def test_no_finding_names_a_document_without_an_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = messages(tmp_path, "", "PM-2026-001", "", "PM-2026-002")
    empty = re.compile(r"\b(?:of|in|from|by|to) ?(?:;|$)|''|\[\]|  ")
    assert [text for text in said if empty.search(text)] == []
    assert any("failed before, in PM-2026-001" in text for text in said)
    assert any("A1 was promised before, as A1 of PM-2026-001" in text for text in said)
