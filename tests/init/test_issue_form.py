"""The issue form: it asks what a postmortem needs, and its rendering is read back."""

from __future__ import annotations

import pytest
import yaml

from pmlint.edit.skeleton import Typed
from pmlint.errors import UsageError
from pmlint.init.issue_form import LABELS, read
from pmlint.init.texts import text
from pmlint.model.resources import read_json

FULL = """### Title

Refund route paid 23 refunds

### Routes

refund-triage, order-lookup

### Severity

customer-visible-defect

### Trigger

repeated-rescue

### Summary

It paid twice.

#### Not a heading of the form
### Nor This

- because

### Impact

23 customers were refunded twice.

### Customers affected

23

### Route start

2026-09-12T06:00:00Z

### First warning

about noon

### First impact

_No response_

### Containment

2026-09-12T08:02:00+02:00
"""


def test_a_full_form() -> None:
    assert read(FULL) == {
        "title": "Refund route paid 23 refunds",
        "routes": ["refund-triage", "order-lookup"],
        "severity": "customer-visible-defect",
        "trigger": "repeated-rescue",
        "summary": "It paid twice.\n\n#### Not a heading of the form\n### Nor This\n\n- because",
        "impact": {"description": "23 customers were refunded twice.", "customers": 23},
        "clocks": {
            "route_start": "2026-09-12T06:00:00Z",
            "first_warning": Typed("about noon"),
            "containment": "2026-09-12T08:02:00+02:00",
        },
    }


def test_line_ends_of_windows_change_nothing() -> None:
    assert read(FULL.replace("\n", "\r\n").encode()) == read(FULL)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("0", 0),
        ("about 20", Typed("about 20")),
        ("9" * 5000, Typed("9" * 5000)),
        ("-3", Typed("-3")),
        ("٣", Typed("٣")),
    ],
)
def test_customers(answer: str, value: object) -> None:
    assert read(f"### Customers affected\n\n{answer}\n") == {"impact": {"customers": value}}


@pytest.mark.parametrize("answer", ["_No response_", "", "   "])
def test_what_was_not_answered_is_left_out(answer: str) -> None:
    assert read(f"### Title\n\nx\n\n### Summary\n\n{answer}\n") == {"title": "x"}


@pytest.mark.parametrize(
    ("form", "message", "row"),
    [
        ("", "this is not the issue form: it has none of its headings", None),
        ("## Title\n\nx\n", "this is not the issue form: it has none of its headings", None),
        (
            "### Summary\n\na\n\n### Severity\n\nnear-miss\n\n### Severity\n\ncontrol-breach\n",
            "duplicate heading 'Severity'",
            9,
        ),
        ("### Title\n\na\u202eb\n", "the invisible character U+202E is in the text", 3),
    ],
)
def test_what_is_no_form_is_refused(form: str, message: str, row: int | None) -> None:
    with pytest.raises(UsageError) as caught:
        read(form, "issue.md")
    assert (caught.value.message, caught.value.file) == (message, "issue.md")
    assert (caught.value.span.row if caught.value.span else None) == row


def test_the_form_asks_for_what_is_read() -> None:
    form = yaml.safe_load(text("issue-form.yml"))
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert [field["attributes"]["label"] for field in fields] == list(LABELS)
    lists = read_json("vocabulary.json")
    options = {
        field["id"]: field["attributes"]["options"]
        for field in fields
        if field["type"] == "dropdown"
    }
    assert options == {"severity": lists["severity"], "trigger": lists["trigger"]}


def test_what_is_not_the_form_has_another_way() -> None:
    with pytest.raises(UsageError) as caught:
        read("# Old prices\n\n## Summary\n\nIt quoted.\n")
    assert caught.value.help == (
        "save the text of the issue as it is, or the export of its tracker; "
        "'pmlint import FILE' reads a review without form"
    )
