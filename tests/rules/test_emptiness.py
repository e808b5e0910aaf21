"""The emptiness table: each way to be empty is refused, one by one and all together; the smallest
accepted postmortem is not.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pmlint.check.engine import check_tree
from pmlint.finding import Finding, Level
from pmlint.model import Postmortem
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.rules.facts import empty_section
from tests.rules.prose.test_fixtures import context
from tests.yaml_file import read_yaml

SMALLEST = Path(__file__).parents[1] / "cases" / "smallest"
FILE = "postmortems/PM-2026-007-mail-desk.md"
TABLE: list[dict[str, Any]] = read_yaml(Path(__file__).with_name("emptiness.yaml"))
DISGUISES: list[dict[str, Any]] = read_yaml(Path(__file__).with_name("disguises.yaml"))
TODAY = date(2026, 10, 1)


def found(root: Path, text: str, files: dict[str, str] | None = None) -> tuple[Finding, ...]:
    shutil.copytree(SMALLEST, root, dirs_exist_ok=True)
    for name, content in {FILE: text, **(files or {})}.items():
        (root / name).write_text(content, encoding="utf-8")
    tree = WorkTree(str(root))
    return check_tree(tree, load(tree), TODAY).report.findings


def edited(text: str, edit: dict[str, str]) -> str:
    for before, after in edit.items():
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def test_the_smallest_accepted_postmortem_is_clean_and_short(tmp_path: Path) -> None:
    text = (SMALLEST / FILE).read_text(encoding="utf-8")
    assert found(tmp_path, text) == ()
    assert len(text.splitlines()) <= 45


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case["name"].replace(" ", "-"))
def test_each_way_to_be_empty_is_refused(case: dict[str, Any], tmp_path: Path) -> None:
    text = edited((SMALLEST / FILE).read_text(encoding="utf-8"), case["edit"])
    findings = found(tmp_path, text, case.get("files"))
    assert case["rule"] in {finding.code for finding in findings if finding.level is Level.ERROR}, (
        findings
    )


def said(group: dict[str, Any], text: str, root: Path) -> tuple[Finding, ...]:
    """What is found where a text stands in a field, in quotes so that YAML takes it as it is."""
    smallest, written = (SMALLEST / FILE).read_text(encoding="utf-8"), group["written"]
    assert written in smallest
    plain = smallest.replace(f'"{written}"', written)
    return found(root, plain.replace(written, json.dumps(text, ensure_ascii=False)))


@pytest.mark.parametrize("group", DISGUISES, ids=lambda group: group["field"])
def test_a_text_that_looks_written_and_says_nothing_is_refused(
    group: dict[str, Any], tmp_path: Path
) -> None:
    rule = group["rule"]
    passed = [
        text
        for text in group["empty"]
        if rule
        not in {
            finding.code for finding in said(group, text, tmp_path) if finding.level is Level.ERROR
        }
    ]
    assert passed == []


@pytest.mark.parametrize("group", DISGUISES, ids=lambda group: group["field"])
def test_a_short_text_that_says_something_is_clean(group: dict[str, Any], tmp_path: Path) -> None:
    assert {
        text: findings for text in group["short"] if (findings := said(group, text, tmp_path))
    } == {}


def test_all_together_are_refused(tmp_path: Path) -> None:
    text = (SMALLEST / FILE).read_text(encoding="utf-8")
    done = set()
    for case in TABLE:
        if all(before in text for before in case["edit"]):
            text = edited(text, case["edit"])
            done.add(case["rule"])
    codes = {finding.code for finding in found(tmp_path, text) if finding.level is Level.ERROR}
    assert len(done) >= 15
    # a value that a placeholder stands for is spoken of once, so not each rule speaks of its own
    assert len(codes & done) >= 12


def test_a_review_of_nothing_but_its_head_is_refused(tmp_path: Path) -> None:
    text = (SMALLEST / FILE).read_text(encoding="utf-8")
    head = text[: text.index("summary:")]
    codes = {finding.code for finding in found(tmp_path, f"{head}---\n")}
    assert codes == {
        "clock-missing",
        "controls-missing",
        "empty-section",
        "evidence-missing",
        "findings-missing",
        "no-structural-action",
        "path-missing",
        "summary-missing",
        "timeline-missing",
    }


def test_a_missing_section_is_asked_for_where_one_act_answers_it() -> None:
    body = "## Timeline\nIt began at 06:00.\n"
    found = empty_section.check(Postmortem({}, "postmortems/PM-2026-001-x.md", body), context())
    helps = {one.subject: one.help.partition(":")[0] for one in found}
    assert helps["Agent path"] == "fill in 'agent_path'"  # path-missing asks for it, too
    assert helps["Business impact"] == "fill in 'impact', or add '## Business impact'"
