"""The table of cases: each file of `tests/cases` changes a valid repository and says exactly what
``pmlint check`` prints then.

Adding a case is adding a file: ``edit`` (from → to) or ``text`` for one ``file``, and ``expect``,
which ``pytest --update tests/check/test_cases.py`` fills in. A case whose name begins with
``good-`` must be clean.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.output import render
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from tests.yaml_file import read_yaml

CASES = sorted((Path(__file__).parents[1] / "cases").glob("*.yaml"))
TODAY = date(2026, 10, 15)
POSTMORTEM = "postmortems/PM-2026-001-refunds.md"


def printed(case: dict[str, object], root: Path) -> str:
    """What ``pmlint check`` prints for a case."""
    shutil.copytree(Path(__file__).parents[1] / "cases" / "base", root, dirs_exist_ok=True)
    target = root / str(case.get("file", POSTMORTEM))
    text = str(case["text"]) if "text" in case else target.read_bytes().decode()
    edits = case.get("edit", [])
    assert isinstance(edits, list)
    for edit in edits:
        assert edit["from"] in text, f"the base has no {edit['from']!r}"
        text = text.replace(edit["from"], edit["to"])
    target.write_bytes(text.encode())
    tree = WorkTree(str(root))
    report = check_tree(tree, load(tree), TODAY).report
    # help has tests of its own, and would make a table of long lines
    return render(
        "concise", report._replace(findings=tuple(one._replace(help="") for one in report.findings))
    )


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, tmp_path: Path, update: bool) -> None:
    case = read_yaml(file)
    found = printed(case, tmp_path)
    if update:
        written, _, _ = f"\n{file.read_text(encoding='utf-8')}".partition("\nexpect:")
        head = f"{written.strip()}\n" if written.strip() else ""
        lines = "".join(f"  {line}\n" for line in found.splitlines())
        file.write_text(f"{head}expect: |\n{lines}", encoding="utf-8")
        return
    assert found == case["expect"]
    assert file.stem.startswith("good-") == found.startswith("All clean")


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
