"""What ``check --fix`` writes: exact bytes before and after, from the findings of a real run."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pmlint.check.engine import check_tree
from pmlint.edit.fixes import attach, fixed
from pmlint.finding import Edit, Finding, Fix, Level
from pmlint.parsing.source import Source
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
PEOPLE = "people.yaml"


def fix(root: Path, file: str, before: str, after: str) -> tuple[str, list[str]]:
    """The text of a file after its fixes, and their titles, where ``before`` of the valid
    repository has become ``after``.
    """
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    text = (root / file).read_bytes().decode()
    assert before in text
    (root / file).write_bytes(text.replace(before, after, 1).encode())
    report = check_tree(WorkTree(str(root)), Settings(), date(2026, 10, 15)).report
    found = attach(report.findings, report.source)
    source = report.source(file)
    assert source is not None
    return fixed(source, found), [one.fix.title for one in found if one.fix]


@pytest.mark.parametrize(
    ("file", "before", "after", "right"),
    [
        (
            FILE,
            "opened: 2026-09-14",
            "opened: 2026-9-4  # a Friday",
            "opened: 2026-09-04  # a Friday",
        ),
        (FILE, "opened: 2026-09-14", "opened: '2026/09/4'", "opened: '2026-09-04'"),
        (
            FILE,
            "containment: 2026-09-12T06:58:00Z",
            "containment: 2026-09-12 06:58:00Z",
            "containment: 2026-09-12T06:58:00Z",
        ),
        (
            FILE,
            "containment: 2026-09-12T06:58:00Z",
            "containment: 2026-09-12t6:58 utc",
            "containment: 2026-09-12T06:58:00Z",
        ),
        (
            FILE,
            "2026-09-12T06:58:00Z",
            '"2026-09-12 08:58:00.5 +0200"',
            '"2026-09-12T08:58:00.5+02:00"',
        ),
        (
            FILE,
            "{at: 2026-09-12T06:58:00Z",
            "{at: 2026-09-12T06:58:00+00",
            "{at: 2026-09-12T06:58:00+00:00",
        ),
        (FILE, 'owner: "@tom"', "owner: tom # soon", 'owner: "@tom" # soon'),
        (FILE, 'authors: ["@dana"]', "authors: ['dana' ]", "authors: ['@dana' ]"),
        (FILE, 'verified_by: "@tom"', "verified_by: tom", 'verified_by: "@tom"'),
        (PEOPLE, '{handle: "@tom"', "{handle: tom", '{handle: "@tom"'),
    ],
)
def test_one_right_answer(file: str, before: str, after: str, right: str, tmp_path: Path) -> None:
    text, titles = fix(tmp_path, file, before, after)
    assert text == (BASE / file).read_bytes().decode().replace(before, right, 1)
    assert len(titles) == 1
    assert titles[0].removeprefix("write '").removesuffix("'") in right


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("opened: 2026-09-14", "opened: 2026-9-31"),
        ("opened: 2026-09-14", "opened: 04/09/2026"),
        ("opened: 2026-09-14", "opened: 2026-9/4"),
        ("opened: 2026-09-14", "opened: 2026-09-14T06:00:00Z"),
        ("opened: 2026-09-14", "opened: 2026-09-14\nuntil: 2026-9-4"),
        ("containment: 2026-09-12T06:58:00Z", "containment: 2026-09-12 06:58:00"),
        ("containment: 2026-09-12T06:58:00Z", "containment: 2026-09-12 25:58:00Z"),
        ('owner: "@tom"', "owner: tim"),
        ('owner: "@tom"', "owner: platform team"),
        ("id: PM-2026-001", "id: PM-2026-007"),
    ],
)
def test_no_fix_where_there_is_a_doubt(before: str, after: str, tmp_path: Path) -> None:
    text, titles = fix(tmp_path, FILE, before, after)
    assert text == (BASE / FILE).read_bytes().decode().replace(before, after, 1)
    assert titles == []


def test_all_fixes_of_a_file_at_once(tmp_path: Path) -> None:
    before = 'opened: 2026-09-14\nauthors: ["@dana"]'
    text, titles = fix(
        tmp_path,
        FILE,
        before,
        'opened: 2026-9-14\nauthors: ["@dana"]\nwaivers: [{rule: x, until: 2026-9-4}]',
    )
    assert before + "\nwaivers: [{rule: x, until: 2026-09-04}]" in text
    assert titles == ["write '2026-09-14'", "write '2026-09-04'"]


@pytest.mark.parametrize(
    ("before", "after", "right"),
    [
        ("  - id: A2\n    title: Page", "  - title: Page", "  - id: A2\n    title: Page"),
        (
            "  - id: A1\n    title:",
            "  - # the first\n    title:",
            "  - # the first\n    id: A3\n    title:",
        ),
        ("{id: F1, class", "{class", "{id: F1, class"),
        ("{id: R1, text:", "{text:", "{id: R1, text:"),
        ("{id: R1, text:", "{ text:", "{id: R1, text:"),
    ],
)
def test_a_missing_id_is_the_next_free_one(
    before: str, after: str, right: str, tmp_path: Path
) -> None:
    text, titles = fix(tmp_path, FILE, before, after)
    assert text == (BASE / FILE).read_bytes().decode().replace(before, right, 1)
    assert len(titles) == 1
    assert titles[0].startswith("add '")


def test_several_missing_ids_are_given_in_their_order(tmp_path: Path) -> None:
    text = (BASE / FILE).read_text()
    actions = text[text.index("actions:\n") : text.index("restart:\n")]
    fixed_text, titles = fix(
        tmp_path, FILE, actions, actions.replace("id: A1\n    ", "").replace("id: A2\n    ", "")
    )
    assert (fixed_text, titles) == (text, ["add 'A1'", "add 'A2'"])


def finding(*edits: Edit, path: str = "a.md") -> Finding:
    return Finding("x", Level.ERROR, "x", path, fix=Fix("x", edits))


def test_fixes_that_overlap_or_belong_to_another_file_wait() -> None:
    found = [
        finding(Edit(0, 2, "A")),
        finding(Edit(1, 3, "B"), Edit(4, 5, "B")),
        finding(Edit(2, 2, "C")),
        finding(Edit(2, 2, "D")),
        finding(Edit(5, 6, "E"), path="b.md"),
        finding(Edit(3, 4, "F")),
    ]
    assert fixed(Source("a.md", "abcdef"), found) == "ACcFef"


def test_what_can_not_be_read_has_no_fix() -> None:
    found = [
        Finding("schema", Level.ERROR, "'opened' is '2026-9-4'", file, pointer="/opened")
        for file in ("a.md", "b.md", "c.toml")
    ]
    texts = {"a.md": "no front matter", "c.toml": "opened: 2026-9-4"}
    assert attach(
        found, lambda file: Source(file, texts[file]) if file in texts else None
    ) == tuple(found)
