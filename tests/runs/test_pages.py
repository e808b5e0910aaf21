"""Every code that `evidence`, `runs` and `due` print has a page."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.runs.pages import RUN_CODES

ROOM = Path(__file__).parents[2] / "pmlint" / "runs"


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py") if path.name != "pages.py"
    )
    printed = re.findall(r'(?:Finding|TraceRefused|report)\(\s*"([a-z]+(?:-[a-z]+)+)"', source)
    assert set(printed) == RUN_CODES.keys()


def test_a_page_is_printed() -> None:
    done = CliRunner().invoke(commands, ["rule", "trace-conflict"])
    assert done.exit_code == 0
    assert "the first counts" in done.stdout.lower()
    assert "Waive: it can't be waived." in done.stdout
