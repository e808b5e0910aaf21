"""`docs/refusals/` has a page for each code of the gate, and it is what ``pmlint rule CODE``
prints.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.cli.codes import refusal_pages
from pmlint.gate.refusal import PAGES, Refusal
from pmlint.gate.transitions import transitions
from pmlint.place import Span

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/refusals"
CODES = sorted(transitions().codes)


def test_the_pages_are_in_step() -> None:
    words = [sys.executable, "docs/render_refusals.py", "--check"]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == 0, "run: python -m docs"


def test_each_code_has_its_page_and_nothing_else_has() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.md") if file.stem != "README") == CODES


def test_a_page_names_each_step_and_each_command_whole() -> None:
    """``{release}`` is one step of one finding, and a command is code to its last word."""
    for code in CODES:
        page = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
        assert "RELEASE" not in page, code
        assert re.search(r"`=|pmlint `", page) is None, code


def words(text: str) -> str:
    """The words of a text, without what makes it a page."""
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("&lt;", "<").lower()))


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_points_to_the_page_that_the_command_prints(code: str, tmp_path: Path) -> None:
    url = Refusal(code, "a fact", "pmlint.toml").finding(Span()).url
    assert url == f"{PAGES}{code}.md"
    assert (ROOT / "docs/refusals" / url.rpartition("/")[2]).is_file()
    printed = CliRunner().invoke(commands, ["rule", code], catch_exceptions=False).output
    text = refusal_pages()[code].text
    assert text in printed
    page = words((FOLDER / f"{code}.md").read_text(encoding="utf-8"))
    for line in text.splitlines():
        # Of what is compared the rest of a row is in other cells.
        assert words(line.rpartition(": ")[0] if line.startswith("    ") else line) in page
