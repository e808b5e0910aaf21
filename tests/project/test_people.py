"""Who may be named: the people file, else the persons of CODEOWNERS; and the references to failure taxonomies."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import load

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "people.yaml").unlink()
    return tmp_path


def printed(root: Path) -> str:
    tree = WorkTree(str(root))
    return render("concise", check_tree(tree, load(tree), date(2026, 10, 15)).report)


@pytest.mark.parametrize("place", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"])
def test_code_owners_are_the_roster_where_there_is_no_people_file(root: Path, place: str) -> None:
    assert printed(root).startswith("All clean")
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_text("# owners\n* @dana @Maria\n/routes/ @maria @tom\n")
    assert printed(root).startswith("All clean")
    (root / place).write_text("* @dana @maria\n")
    assert f"error unknown-person: '@tom' is not in {place}" in printed(root)


@pytest.mark.parametrize("text", ["* @org/team @dana\n", "* dana@example.org\n", "# nobody\n", "", "\0"])
def test_code_owners_that_are_no_closed_list_say_nothing(root: Path, text: str) -> None:
    (root / "CODEOWNERS").write_text(text)
    assert printed(root).startswith("All clean")


def test_the_people_file_wins(root: Path) -> None:
    (root / "CODEOWNERS").write_text("* @somebody\n")
    shutil.copy(BASE / "people.yaml", root)
    assert printed(root).startswith("All clean")


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("owasp-asi:ASI02", ""),
        ("nist-ai-rmf:MEASURE-2", ""),
        ("atlas:AML.T0051.000", ""),
        ("atlas:AML.CS0021", ""),
        ("aiid:1152", ""),
        ("ours:R7", ""),
        ("owasp-asi:ASI20", "'owasp-asi' has no 'ASI20'"),
        ("owasp-as:ASI02", "there is no taxonomy 'owasp-as'"),
        ("ASI02", "there is no taxonomy 'ASI02'"),
        ("atlas:T0051", "'T0051' has not the form of 'atlas'"),
        ("aiid:0", "'0' has not the form of 'aiid'"),
        ("ours:R8", "'ours' has no 'R8'"),
    ],
)
def test_taxonomies(root: Path, reference: str, said: str) -> None:
    (root / "pmlint.toml").write_text('[taxonomies]\nours = ["R7"]\n')
    (root / FILE).write_text((root / FILE).read_text().replace("actions:\n", f'taxonomy: ["{reference}"]\nactions:\n', 1))
    answer = printed(root)
    assert answer.startswith("All clean") if not said else f"error unknown-taxonomy: {said}" in answer
