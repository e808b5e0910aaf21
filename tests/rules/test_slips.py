"""The slips that authors make most, each with exactly what is said: the field, the fact and the
fix, in words that need no knowledge of the tool.

Adding one is adding an edit of the valid repository to `slips.yaml`; ``pytest --update
tests/rules/test_slips.py`` fills in ``says``.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.check.engine import check_tree
from pmlint.edit.fixes import attach
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from tests.yaml_file import read_yaml

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = Path(__file__).with_name("slips.yaml")
SLIPS: list[dict[str, Any]] = read_yaml(FILE)
POSTMORTEM = "postmortems/PM-2026-001-refunds.md"


def said(slip: dict[str, Any], root: Path) -> list[str]:
    """What is said of a slip: line, fact, help, and the fix where there is one."""
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    target = root / slip.get("file", POSTMORTEM)
    text = target.read_text(encoding="utf-8")
    for before, after in slip["edit"].items():
        assert before in text, before
        text = text.replace(before, after, 1)
    target.write_text(text, encoding="utf-8")
    tree = WorkTree(str(root))
    report = check_tree(tree, load(tree), date(2026, 10, 15)).report
    lines = []
    for finding in attach(report.findings, report.source):
        fix = f"; fix: {finding.fix.title}" if finding.fix else ""
        lines.append(
            f"{finding.span.row} {finding.level} {finding.code}: {finding.message}; help: {finding.help}{fix}"
        )
    return lines


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip["name"].replace(" ", "-"))
def test_slip(slip: dict[str, Any], tmp_path: Path, update: bool) -> None:
    found = said(slip, tmp_path)
    if update:
        slip["says"] = found
        FILE.write_text(
            yaml.safe_dump(SLIPS, sort_keys=False, allow_unicode=True, width=200), encoding="utf-8"
        )
        return
    assert found == slip["says"]


def test_there_are_enough_and_each_is_said_with_what_to_do() -> None:
    assert len(SLIPS) >= 50
    for slip in SLIPS:
        assert slip["says"], slip["name"]
        for line in slip["says"]:
            assert "; help: " in line
            assert re.search(r"; help: \S", line), slip["name"]
