"""Old reviews of many shapes, in own words: what of them is taken, what is left, and that no draft
has a broken shape.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

SRE = """\
# Search returned nothing (incident #465)

## Date
2023-10-21

## Authors: jennifer, martym

## Summary
Search was down for 66 minutes while the index was rebuilt.

## Impact
Estimated 1.21 million queries lost.

## Action Items

| Action Item | Type | Owner | Bug |
|---|---|---|---|
| Update the playbook | mitigate | jennifer | n/a |
| Load shed at 120 % | prevent | martym, agoogler | 5554823 |

## Timeline

2023-10-21 (*all times UTC*)

- 14:51 News reports a sonnet
- 14:53 Traffic up 88 times
"""
TABLE = """\
# The sync deleted contacts

**Date:** March 4, 2024

## Follow-up actions (agreed)
| # | What | Assigned to | Due date | State | Ticket |
|---|------|-------------|----------|-------|--------|
| 1 | Take the delete scope away | Maria Lopez | 2024-03-20 | Done | [OPS-12](https://tracker.example.org/OPS-12) |
| 2 | Alert above 10 deletions \\| hour | @tom | 05/12/2024 | In progress | OPS-13 |
| 3 | Test the restore | - | TBD | someday | |
"""
ISSUE = """\
### What happened?

The agent closed 40 tickets of customers.

### Timeline

| Time (UTC) | What |
|---|---|
| 2024-02-03 09:12 | first ticket closed |
| 2024-02-03 10:01:30 | the route was paused |
| later | people wrote back |

### Action items

- [x] Pause the route #101
- [ ] Ask before closing @ana
"""
BULLETS = """\
Outage of the pricing agent
===========================

Next steps
----------

* Cap the price change at 5 % (@bo, due 2024-06-01)
* Page the owner, owner: Maria Lopez, by 1 July 2024
* Write a runbook
  - Owner: @ana
  - Due: 2024-07-15
* Talk @ana and @bo
"""
JEKYLL = """\
---
layout: post
title: "Wrong fares for two hours"
date: 2022-11-05 08:00:00 +0000
author: tom
tags: [agents, fares]
severity: SEV-2
---

First impact: 2022-11-04 21:10 UTC
Contained at: when the flag was turned off on 2022-11-04

Nobody was hurt.
"""
TOML = """\
+++
title = "Mail desk wrote to everybody"
date = 2021-01-09
authors = ["@ana", "@bo"]
draft = false
+++

## TL;DR

One mail went to 900 people.

## Remediation

1. Ask before more than 20 recipients
"""
GERMAN = """\
# Falsche Rechnungen

Datum: 12.05.2023

## Zusammenfassung

312 Rechnungen hatten den falschen Betrag.

## Zeitverlauf (12. Mai 2023)

- 09:15 Erste Beschwerde
- 10:40 Uhr Route angehalten

## Maßnahmen

| Maßnahme | Verantwortlich | Fällig am | Stand |
|---|---|---|---|
| Obergrenze im Token | @maria | 30.05.2023 | erledigt |
| Alarm ab 3 Rückfragen | Tom | 1. Juni 2023 | offen |
"""
NOTHING = "It broke at night. We fixed it, and on 2020-01-02 it was fine.\n"


class Shape(NamedTuple):
    """What is expected of an old review: figures, and parts of the front matter."""

    text: str
    counts: str
    fields: dict[str, Any]
    actions: list[dict[str, Any]]


ACTION = {
    "layer": "TODO",
    "findings": ["F1"],
    "owner": "TODO",
    "deadline": "TODO",
    "done_when": "TODO",
}
SHAPES = {
    "sre": Shape(
        SRE,
        "2 actions (1 with an owner, 0 with a date), 2 events, 0 clocks",
        {
            "id": "PM-2023-001",
            "opened": "2023-10-21",
            "authors": ["jennifer", "martym"],
            "summary": "Search was down for 66 minutes while the index was rebuilt.",
            "impact": {
                "description": "Estimated 1.21 million queries lost.",
                "customers": {"unknown": "TODO"},
            },
            "timeline": [
                {"at": "2023-10-21T14:51:00Z", "event": "14:51 News reports a sonnet"},
                {"at": "2023-10-21T14:53:00Z", "event": "14:53 Traffic up 88 times"},
            ],
        },
        [
            {"title": "Update the playbook", "owner": "jennifer"},
            {"title": "Load shed at 120 %", "issue": "5554823"},
        ],
    ),
    "table": Shape(
        TABLE,
        "3 actions (2 with an owner, 1 with a date), 0 events, 0 clocks",
        {
            "id": "PM-2024-001",
            "title": "The sync deleted contacts",
            "opened": "2024-03-04",
            "summary": "TODO",
        },
        [
            {
                "title": "Take the delete scope away",
                "owner": "@maria",
                "deadline": "2024-03-20",
                "status": "done",
                "issue": "https://tracker.example.org/OPS-12",
            },
            {
                "title": "Alert above 10 deletions | hour",
                "owner": "@tom",
                "status": "in-progress",
                "issue": "OPS-13",
            },
            {"title": "Test the restore"},
        ],
    ),
    "issue": Shape(
        ISSUE,
        "2 actions (1 with an owner, 0 with a date), 3 events, 0 clocks",
        {
            "opened": "TODO",
            "title": "TODO",
            "timeline": [
                {"at": "2024-02-03T09:12:00Z", "event": "first ticket closed"},
                {"at": "2024-02-03T10:01:30Z", "event": "the route was paused"},
                {"at": {"unknown": "TODO"}, "event": "people wrote back"},
            ],
        },
        [
            {"title": "Pause the route #101", "status": "done", "issue": "#101"},
            {"title": "Ask before closing @ana", "status": "open", "owner": "@ana"},
        ],
    ),
    "bullets": Shape(
        BULLETS,
        "4 actions (3 with an owner, 3 with a date), 0 events, 0 clocks",
        {"title": "Outage of the pricing agent"},
        [
            {
                "title": "Cap the price change at 5 % (@bo, due 2024-06-01)",
                "owner": "@bo",
                "deadline": "2024-06-01",
            },
            {
                "title": "Page the owner, owner: Maria Lopez, by 1 July 2024",
                "owner": "@maria",
                "deadline": "2024-07-01",
            },
            {"title": "Write a runbook", "owner": "@ana", "deadline": "2024-07-15"},
            {"title": "Talk @ana and @bo"},
        ],
    ),
    "jekyll": Shape(
        JEKYLL,
        "0 actions (0 with an owner, 0 with a date), 0 events, 1 clock",
        {
            "id": "PM-2022-001",
            "title": "Wrong fares for two hours",
            "opened": "2022-11-05",
            "authors": ["@tom"],
            "severity": "TODO",
            "clocks": {
                "route_start": {"unknown": "TODO"},
                "first_warning": {"unknown": "TODO"},
                "first_impact": "2022-11-04T21:10:00Z",
                "containment": {"unknown": "TODO"},
            },
        },
        [],
    ),
    "toml": Shape(
        TOML,
        "1 action (0 with an owner, 0 with a date), 0 events, 0 clocks",
        {
            "opened": "2021-01-09",
            "authors": ["@ana", "@bo"],
            "summary": "One mail went to 900 people.",
        },
        [{"title": "Ask before more than 20 recipients"}],
    ),
    "german": Shape(
        GERMAN,
        "2 actions (2 with an owner, 2 with a date), 2 events, 0 clocks",
        {
            "opened": "2023-05-12",
            "summary": "312 Rechnungen hatten den falschen Betrag.",
            "timeline": [
                {"at": "2023-05-12", "event": "09:15 Erste Beschwerde"},
                {"at": "2023-05-12", "event": "10:40 Uhr Route angehalten"},
            ],
        },
        [
            {
                "title": "Obergrenze im Token",
                "owner": "@maria",
                "deadline": "2023-05-30",
                "status": "done",
            },
            {
                "title": "Alarm ab 3 Rückfragen",
                "owner": "@tom",
                "deadline": "2023-06-01",
                "status": "open",
            },
        ],
    ),
    "nothing": Shape(
        NOTHING,
        "0 actions (0 with an owner, 0 with a date), 0 events, 0 clocks",
        {"title": "TODO", "opened": "TODO", "authors": ["TODO"], "summary": "TODO"},
        [],
    ),
}
PEOPLE = '- {handle: "@maria", name: Maria Lopez}\n- {handle: "@tom"}\n- {handle: "@ana"}\n- {handle: "@bo"}\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "old").mkdir()
    for name, shape in SHAPES.items():
        (tmp_path / "old" / f"{name}.md").write_text(shape.text, encoding="utf-8")
    return tmp_path


def run(root: Path, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "pmlint", *words]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=60, check=False, env=None
    )
    return done.returncode, done.stdout, done.stderr


def front_matter(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8").split("---\n")[1], Loader=yaml.BaseLoader)


def below(name: str, text: str) -> str:
    """The text of an old review, with front matter of another tool behind it."""
    mark, language = ("+++\n", "toml") if name == "toml" else ("---\n", "yaml")
    if not text.startswith(mark):
        return text.strip()
    _, front, body = text.split(mark)
    return f"{body.strip()}\n\nThe front matter of old/{name}.md:\n\n```{language}\n{front}```"


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape(root: Path, name: str) -> None:
    shape = SHAPES[name]
    code, out, error = run(root, "import", f"old/{name}.md", "--now", "2026-11-24")
    (draft,) = (root / "postmortems").glob("*.md")
    assert (code, error) == (0, "")
    assert (
        out.splitlines()[0] == f"wrote postmortems/{draft.name} from old/{name}.md: {shape.counts}"
    )
    data = front_matter(draft)
    assert data["x-imported-from"] == f"old/{name}.md"
    assert {field: data[field] for field in shape.fields} == shape.fields
    wanted = [
        ACTION | {"id": f"A{number}"} | action for number, action in enumerate(shape.actions, 1)
    ]
    if wanted:
        assert data["actions"] == wanted
    _, out, _ = run(root, "check", "--output-format", "json", "--now", "2026-11-24")
    found = json.loads(out)["findings"]
    assert {finding["code"] for finding in found} >= {"placeholder"}
    assert [finding for finding in found if finding["code"] in ("syntax", "schema")] == []
    assert draft.read_text(encoding="utf-8").endswith(f"\n{below(name, shape.text)}\n")
    assert (root / f"old/{name}.md").read_text(encoding="utf-8") == shape.text


def test_all_at_once_and_again(root: Path) -> None:
    files = sorted(f"old/{name}.md" for name in SHAPES)
    code, out, _ = run(root, "import", *files, "--now", "2026-11-24")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "8 drafts, 1 with a clock; 14 actions: 9 with an owner, 6 with a date; 7 events",
        "next: fill in what is TODO; 'pmlint check' lists it",
    ]
    ids = sorted(front_matter(file)["id"] for file in (root / "postmortems").glob("*.md"))
    assert len(set(ids)) == 8
    code, out, _ = run(root, "import", *files)
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith("skipped old/")] == [
        "0 drafts, 0 with a clock; 0 actions: 0 with an owner, 0 with a date; 0 events"
    ]
    draft = next((root / "postmortems").glob("*.md")).relative_to(root)
    assert run(root, "import", str(draft))[1].startswith(
        f"skipped {draft}: it is a postmortem already\n"
    )


def test_what_was_found_taken_and_left(root: Path) -> None:
    code, out, _ = run(
        root,
        "import",
        "old/table.md",
        "old/jekyll.md",
        "--output-format",
        "json",
        "--diff",
        "--now",
        "2026-11-24",
    )
    assert code == 0
    table, jekyll = json.loads(out)["files"]
    assert table == {
        "file": "old/table.md",
        "draft": "postmortems/PM-2024-001-the-sync-deleted-contacts.md",
        "found": [
            {"row": 1, "what": "section 'The sync deleted contacts'", "as": ""},
            {"row": 5, "what": "section 'Follow-up actions (agreed)'", "as": "actions"},
        ],
        "taken": [
            {"row": 3, "what": "line 'Date'", "as": "opened"},
            {"row": 1, "what": "heading 'The sync deleted contacts'", "as": "title"},
            {"row": 8, "what": "Take the delete scope away", "as": "action"},
            {"row": 9, "what": "Alert above 10 deletions | hour", "as": "action"},
            {"row": 10, "what": "Test the restore", "as": "action"},
        ],
        "left": [
            {"row": 9, "what": "deadline '05/12/2024'", "why": "not one day"},
            {"row": 10, "what": "status 'someday'", "why": "not a known status"},
            {"row": 1, "what": "section 'The sync deleted contacts'", "why": "kept as text"},
        ],
    }
    assert [entry["what"] for entry in jekyll["left"]] == [
        "front matter 'layout'",
        "front matter 'tags'",
        "front matter 'severity'",
    ]
    assert json.loads(out)["summary"] == {
        "drafts": 2,
        "actions": 3,
        "with_owner": 2,
        "with_date": 1,
        "events": 0,
        "with_clock": 1,
    }
    assert not (root / "postmortems").exists()


def test_diff_writes_nothing_and_replace_removes_the_old_file(root: Path) -> None:
    _, out, _ = run(root, "import", "old/sre.md", "--diff")
    assert "+id: PM-2023-001\n" in out
    assert not (root / "postmortems").exists()
    assert run(root, "import", "old/sre.md", "--replace")[0] == 0
    assert not (root / "old/sre.md").exists()
    assert len(list((root / "postmortems").glob("*.md"))) == 1


def test_marks_of_editors_are_no_obstacle(root: Path) -> None:
    (root / "old/marked.md").write_bytes(
        b"\xef\xbb\xbf# A\xe2\x80\x8bB\r\n\r\n## Actions\r\n\r\n- one\r\n"
    )
    _, out, _ = run(root, "import", "old/marked.md", "--output-format", "json")
    (file,) = json.loads(out)["files"]
    assert {"row": 1, "what": "1 invisible characters", "why": "removed"} in file["left"]
    (draft,) = (root / "postmortems").glob("*.md")
    assert front_matter(draft)["title"] == "AB"
    assert [action["title"] for action in front_matter(draft)["actions"]] == ["one"]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "old/a.txt",
            b"x\n",
            "error: 'old/a.txt' is not Markdown\n  help: name files that end in .md\n",
        ),
        (
            "old/b.md",
            b"\xff\n",
            "error: old/b.md:1:1: byte 0xff is not UTF-8\n  help: save it as UTF-8\n",
        ),
    ],
)
def test_what_cannot_be_read_writes_nothing(
    root: Path, name: str, data: bytes, message: str
) -> None:
    (root / name).write_bytes(data)
    assert run(root, "import", "old/sre.md", name) == (2, "", message)
    assert not (root / "postmortems").exists()


def test_a_folder_is_the_markdown_below_it(root: Path) -> None:
    (root / "old/deep").mkdir()
    (root / "old/deep/2020-02-03-night.markdown").write_text(
        "# Night\n\n## Actions\n\n- one\n", encoding="utf-8"
    )
    (root / "old/README.md").write_text("# All reviews\n", encoding="utf-8")
    (root / "old/notes.txt").write_text("x", encoding="utf-8")
    code, out, error = run(root, "import", "old", "old/sre.md", "old/deep", "--now", "2026-11-24")
    assert (code, error) == (0, "")
    assert (
        out.splitlines()[0] == "skipped old/README.md: it is an index: no timeline and no actions"
    )
    assert (
        out.splitlines()[-2]
        == "9 drafts, 1 with a clock; 15 actions: 9 with an owner, 6 with a date; 7 events"
    )
    assert (root / "postmortems/PM-2020-001-night.md").exists()
    (root / "empty").mkdir()
    assert run(root, "import", "empty") == (
        2,
        "",
        "error: 'empty' has no Markdown file\n  help: name files that end in .md\n",
    )


def test_the_whole_repository_is_not_all_reviews(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs/guide.md").write_text("# Guide\n\n## Overview\n\nx\n", encoding="utf-8")
    (root / "docs/bin.md").write_bytes(b"\0")
    (root / "docs/latin.md").write_bytes(b"\xff")
    code, out, error = run(root, "import", ".", "--now", "2026-11-24")
    assert (code, error) == (0, "")
    assert [line for line in out.splitlines() if line.startswith("skipped")] == [
        "skipped docs/bin.md: the file has a NUL byte and is not a text",
        "skipped docs/guide.md: it does not read like a postmortem: name the file to import it",
        "skipped docs/latin.md: byte 0xff is not UTF-8",
        "skipped old/nothing.md: it does not read like a postmortem: name the file to import it",
    ]
    assert run(root, "import", "docs/guide.md", "old/nothing.md")[1].count("wrote ") == 2


def test_a_second_run_writes_only_what_is_new_and_never_over_a_draft(root: Path) -> None:
    assert run(root, "import", "old", "--now", "2026-11-24")[0] == 0
    before = {file: file.read_bytes() for file in (root / "postmortems").iterdir()}
    (root / "old/new.md").write_text("# New\n", encoding="utf-8")
    code, out, _ = run(root, "import", "old", "--now", "2026-11-24")
    assert (code, out.splitlines()[-2].split(",")[0]) == (0, "1 draft")
    after = {file: file.read_bytes() for file in (root / "postmortems").iterdir()}
    assert len(after) == len(before) + 1
    assert before.items() <= after.items()


def test_a_draft_too_large_to_be_read_is_not_written(root: Path) -> None:
    rows = "- 2024-01-02 10:00 UTC the same happened once more\n" * 4000
    (root / "old/long.md").write_text(f"# Long\n\n## Timeline\n\n{rows}", encoding="utf-8")
    code, out, _ = run(root, "import", "old/long.md", "old/nothing.md")
    assert code == 0
    assert out.startswith(
        "skipped old/long.md: its draft would be larger than 256 KiB, which is all that is read\nwrote postmortems/"
    )
    assert len(list((root / "postmortems").iterdir())) == 1


def test_a_baseline_of_the_drafts_reads_back(root: Path) -> None:
    body = "# Outage\n\n## Action items\n\n- one\n- two\n"
    for number in range(120):
        (root / f"old/2020-{number % 12 + 1:02}-{number % 28 + 1:02}-{number}.md").write_text(
            body, encoding="utf-8"
        )
    assert run(root, "import", "old", "--now", "2026-11-24")[0] == 0
    assert run(root, "check", "--now", "2026-11-24")[0] == 1
    code, _, _ = run(root, "baseline", "--now", "2026-11-24")
    assert code == 0
    assert run(root, "check", "--now", "2026-11-24")[0] == 0
    assert run(root, "baseline", "--check", "--now", "2026-11-24")[0] == 0
