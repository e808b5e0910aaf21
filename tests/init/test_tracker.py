"""Exports of trackers: one issue makes a draft, with nothing guessed; what is unclear is refused by
name.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from pmlint.edit.skeleton import ReportedEvent, Typed, postmortem
from pmlint.errors import UsageError
from pmlint.init.issue_form import read

AT = "2026-09-19T09:20:00Z"
GITHUB: dict[str, Any] = {
    "title": "Mail desk quoted old prices",
    "body": "A customer wrote.\r\n\r\n## Timeline\r\n- 09:12 a mail\r\n",
    "url": "https://github.com/acme/desk/issues/12",
    "number": 12,
    "createdAt": AT,
    "closedAt": None,
}
JIRA_TREE = {
    "type": "doc",
    "version": 1,
    "content": [
        {
            "type": "heading",
            "attrs": {"level": 2},
            "content": [{"type": "text", "text": "Seen"}],
        },
        {
            "type": "paragraph",
            "content": [
                {"type": "mention", "attrs": {"text": "@tom"}},
                {"type": "text", "text": " stopped it"},
                {"type": "hardBreak"},
                {"type": "text", "text": "by hand"},
            ],
        },
        {
            "type": "bulletList",
            "content": [
                {
                    "type": "listItem",
                    "content": [
                        {"type": "paragraph", "content": [{"type": "text", "text": "once"}]}
                    ],
                }
            ],
        },
        {"type": "rule"},
    ],
}
EXPORTS: dict[str, tuple[object, str, str, list[str]]] = {
    "GitHub": (
        GITHUB,
        "https://github.com/acme/desk/issues/12",
        "A customer wrote.\n\n## Timeline\n- 09:12 a mail",
        ["issue 12 was opened"],
    ),
    "GitHub's interface": (
        {
            "title": "Old prices",
            "body": None,
            "url": "https://git.example.org/api/v1/repos/a/b/issues/3",
            "html_url": "https://git.example.org/a/b/issues/3",
            "number": 3,
            "created_at": AT,
            "closed_at": AT,
        },
        "https://git.example.org/a/b/issues/3",
        "",
        ["issue 3 was opened", "issue 3 was closed"],
    ),
    "GraphQL": (
        {"data": {"repository": {"issue": {"title": "Old prices", "body": "x y"}}}},
        "",
        "x y",
        [],
    ),
    "GitLab": (
        [
            {
                "iid": 3,
                "title": "Old prices",
                "description": "text",
                "web_url": "https://gitlab.com/a/b/-/issues/3",
                "created_at": "2026-09-19T09:20:00.000Z",
            }
        ],
        "https://gitlab.com/a/b/-/issues/3",
        "text",
        ["issue 3 was opened"],
    ),
    "Jira": (
        {
            "key": "OPS-12",
            "fields": {
                "summary": "Old prices",
                "description": JIRA_TREE,
                "created": "2026-09-19T09:20:00.000+0200",
            },
        },
        "",
        "## Seen\n\n@tom stopped it\nby hand\n\n- once",
        ["issue OPS-12 was opened"],
    ),
    "PagerDuty": (
        {
            "incident": {
                "incident_number": 7,
                "title": "Old prices",
                "body": {"type": "incident_body", "details": "text"},
                "html_url": "https://acme.pagerduty.com/incidents/Q1",
                "created_at": AT,
                "resolved_at": AT,
            }
        },
        "https://acme.pagerduty.com/incidents/Q1",
        "text",
        ["incident 7 was opened", "incident 7 was resolved"],
    ),
    "Linear": (
        {
            "data": {
                "issue": {
                    "identifier": "DES-12",
                    "title": "Old prices",
                    "description": "text",
                    "url": "https://linear.app/acme/issue/DES-12",
                    "createdAt": AT,
                }
            }
        },
        "https://linear.app/acme/issue/DES-12",
        "text",
        ["issue DES-12 was opened"],
    ),
    "Opsgenie": (
        {
            "data": {
                "id": "x",
                "tinyId": "17",
                "message": "Old prices",
                "description": "text",
                "createdAt": AT,
                "links": {"web": "https://acme.app.opsgenie.com/incident/detail/x", "api": ""},
            },
            "took": 0.1,
            "requestId": "y",
        },
        "https://acme.app.opsgenie.com/incident/detail/x",
        "text",
        ["incident 17 was opened"],
    ),
    "incident.io": (
        {
            "incident": {
                "reference": "INC-12",
                "name": "Old prices",
                "summary": "text",
                "permalink": "https://app.incident.io/acme/incidents/12",
                "created_at": AT,
                "incident_timestamp_values": [
                    {"incident_timestamp": {"name": "Impact started at"}, "value": {"value": AT}},
                    {"incident_timestamp": {"name": "Fixed at"}},
                    {"incident_timestamp": {"name": ""}, "value": {"value": AT}},
                ],
            }
        },
        "https://app.incident.io/acme/incidents/12",
        "text",
        ["incident INC-12 was opened", "incident INC-12: Impact started at"],
    ),
}
CSV = '\ufeffSummary,Issue key,Comment,Comment,Created,Description\n"Old prices",OPS-12,a,b,19/Sep/26 9:20 AM,"one\ntwo"\n'


def told(data: object) -> dict[str, Any]:
    return read(json.dumps(data).encode(), "issue.json")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_says_title_text_address_and_moments(name: str) -> None:
    data, address, text, events = EXPORTS[name]
    found = told(data)
    assert found["title"] in ("Old prices", GITHUB["title"])
    assert found.get("x-issue", "") == address
    assert str(found.get("body", "")).strip("\n") == text
    assert [event.event for event in found.get("timeline", ())] == events
    assert found.keys() <= {"title", "x-issue", "body", "timeline"}


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (
            {"type": "taskList", "content": [{"type": "taskItem", "content": [{"type": "text", "text": "Cap it"}]}]},
            "- Cap it",
        ),
        (
            {"type": "codeBlock", "content": [{"type": "text", "text": "# not a heading"}]},
            "```\n# not a heading\n```",
        ),
        (
            {"type": "paragraph", "content": [
                {"type": "text", "text": "the log", "marks": [{"type": "strong"}, {"type": "link", "attrs": {"href": "https://logs.example/7"}}]},
                {"type": "text", "text": " until "},
                {"type": "date", "attrs": {"timestamp": "1789776000000"}},
            ]},
            "[the log](https://logs.example/7) until 2026-09-19",
        ),
        ({"type": "date", "attrs": {"timestamp": "9" * 400}}, ""),
        ({"type": "blockCard", "attrs": {"url": "https://a.example/1"}}, "https://a.example/1"),
        (
            {"type": "table", "content": [
                {"type": "tableRow", "content": [
                    {"type": "tableHeader", "content": [{"type": "paragraph", "content": [{"type": "text", "text": one}]}]}
                    for one in cells
                ]}
                for cells in (("Action", "Owner"), ("a|b", "@tom"))
            ]},
            "| Action | Owner |\n|---|---|\n| a\\|b | @tom |",
        ),
        (
            {"type": "panel", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "careful"}]}]},
            "careful",
        ),
    ],
)  # fmt: skip
def test_a_block_of_jira_keeps_its_words(block: dict[str, Any], text: str) -> None:
    tree = {"type": "doc", "version": 1, "content": [block]}
    fields = {"summary": "Old prices", "description": tree}
    assert str(told({"key": "OPS-12", "fields": fields}).get("body", "")).strip("\n") == text


def test_an_offset_of_jira_becomes_that_of_rfc_3339() -> None:
    assert told(EXPORTS["Jira"][0])["timeline"][0].at == "2026-09-19T09:20:00.000+02:00"


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_of_jira_with_a_day_of_its_own_form(separator: str) -> None:
    found = read(CSV.replace(",", separator).encode(), "issue.csv")
    assert found == {
        "title": "Old prices",
        "timeline": (ReportedEvent(Typed("19/Sep/26 9:20 AM"), "issue OPS-12 was opened"),),
        "body": "\none\ntwo\n",
    }
    lines = postmortem("PM-2026-001", date(2026, 9, 20), found).splitlines()
    assert (
        "  - {at: {unknown: TODO}, event: issue OPS-12 was opened}   # 19/Sep/26 9:20 AM" in lines
    )


def test_the_answers_of_a_form_count_more_than_its_export() -> None:
    found = told(
        GITHUB | {"body": "### Title\r\n\r\nOld prices\r\n\r\n### Routes\r\n\r\nmail-desk"}
    )
    assert (found["title"], found["routes"]) == ("Old prices", ["mail-desk"])
    assert "body" not in found
    assert found["x-issue"] == GITHUB["url"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"foo": 1}', "this is not an export of one issue that pmlint can read"),
        ('{"title": 7, "body": ""}', "this is not an export of one issue that pmlint can read"),
        ("[1]", "this is not an export of one issue that pmlint can read"),
        ("[]", "the export has 0 issues, not one"),
        ('[{"title": "a", "body": ""}, {"title": "b", "body": ""}]', "the export has 2 issues, not one"),
        ('{"issues": [{"key": "A-1"}, {"key": "A-2"}]}', "the export has 2 issues, not one"),
        (f"{CSV}again,OPS-13,,,,\n".removeprefix("\ufeff"), "the export has 2 issues, not one"),
        ('Summary,Issue key\n"open', "this table cannot be read: unexpected end of data"),
        ('{"title": "a", "body": "", "identifier": "X-1"}', "this export could be one of GitHub, Linear"),
        ('{"title": "a", "title": "b", "body": ""}', "this JSON cannot be read: duplicate key 'title'"),
        ('{"title":', "this JSON cannot be read: Expecting value: line 1 column 10 (char 9)"),
        ("[" * 100_000, "the export is nested too deeply"),
        ('{"title": "a\\u200bb", "body": ""}', "the invisible character U+200B is in the text"),
        ('{"title": "a", "body": "b\\u202e"}', "the invisible character U+202E is in the text"),
        ('{"title": "a", "body": "", "number": "1\\u200b", "createdAt": "x"}', "the invisible character U+200B is in the text"),
        ('{"title": "a\\ud800", "body": ""}', "'\\ud800' is half of a character"),
        ("Mail desk quoted old prices", "this is not the issue form: it has none of its headings"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text.encode(), "issue.json")
    assert caught.value.message == message
    assert caught.value.file == "issue.json"
