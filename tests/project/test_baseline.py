"""The baseline: reads whatever it wrote, and counts one thing in one way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.parsing.tree import WorkTree
from pmlint.project.baseline import Known, read_baseline, written

BASE = Path(__file__).parents[1] / "cases" / "base"


def back(root: Path, *entries: Known) -> frozenset[Known]:
    (root / "b.json").write_bytes(written(frozenset(entries)).encode())
    return read_baseline(WorkTree(str(root)), "b.json")


@pytest.mark.parametrize(
    "name", ["PM-2026-001", "ä/ö.md", "a\u200bb", "a\udcffb", "a\nb", "\ufeffx", '"\\']
)
def test_whatever_was_written_is_read(tmp_path: Path, name: str) -> None:
    entry = Known(name, "placeholder", name)
    assert back(tmp_path, entry) == {entry}


def test_more_than_a_document_may_have(tmp_path: Path) -> None:
    entries = [
        Known(f"postmortems/PM-2026-{number:05}-a-long-name-of-a-file.md", "syntax-of-old", "A1")
        for number in range(20_000)
    ]
    assert len(back(tmp_path, *entries)) == 20_000
    assert (tmp_path / "b.json").stat().st_size > 256 * 1024 * 4


def test_one_entry_a_line_in_order(tmp_path: Path) -> None:
    text = written(
        frozenset((Known("PM-2", "b", ""), Known("PM-1", "c", "A1"), Known("PM-1", "a", "")))
    )
    lines = [json.loads(line.strip().rstrip(",")) for line in text.splitlines() if '"rule"' in line]
    assert [(line["postmortem"], line["rule"]) for line in lines] == [
        ("PM-1", "a"),
        ("PM-1", "c"),
        ("PM-2", "b"),
    ]


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"version": 2, "known": []}', '{"version": 1, "known": [1]}', "x", ""]
)
def test_what_is_not_a_baseline(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(UsageError):
        read_baseline(WorkTree(str(tmp_path)), "b.json")


def test_the_same_number_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several findings of one rule in one postmortem are one entry, written, checked and counted."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "postmortems" / "PM-2026-001-refunds.md"
    text = file.read_text()
    file.write_text(
        text.replace('event: "', 'event: "TODO ').replace(
            "routes: [refund-triage]", "routes: [refund-triage, nope]"
        )
    )
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        return CliRunner().invoke(commands, [*words, "--now", "2026-10-15"]).output

    findings = run("check", "--no-cache", "--output-format", "jsonl").count("\n")
    entries = 2
    assert findings > entries
    assert run("baseline") == f"Wrote pmlint-baseline.json: {entries} known findings\n"
    assert (
        run("check", "--no-cache")
        == f"All clean: 1 postmortem and 1 route ({entries} in the baseline)\n"
    )
    assert (
        run("baseline", "--check") == f"pmlint-baseline.json: {entries} known, 0 no longer found\n"
    )
