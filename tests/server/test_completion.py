"""What an editor offers: labels in their order, and the text that each would write."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol.types import CompletionItem, MarkupContent, TextEdit

from pmlint.server.completion import complete
from tests.server.editor import POSTMORTEM, ROUTE, typed


def offered(root: Path, old: str, new: str, file: str = POSTMORTEM) -> list[CompletionItem]:
    items = complete(*typed(root, old, new, file))
    return sorted(items, key=lambda item: item.sort_text or "")


def labels(items: list[CompletionItem]) -> list[str]:
    return [item.label for item in items]


def written(item: CompletionItem) -> str:
    assert isinstance(item.text_edit, TextEdit)
    return item.text_edit.new_text


def means(item: CompletionItem) -> str:
    assert isinstance(item.documentation, MarkupContent)
    return item.documentation.value


@pytest.mark.parametrize(
    ("new", "text"),
    [
        ("routes: [‸]", "refund-triage"),
        ("routes: [a, ref‸]", "refund-triage"),
        ("routes: [‸", "refund-triage"),
        ("routes: ‸", "[refund-triage]"),
        ("routes:‸", " [refund-triage]"),
        ("routes:\n  ‸", "- refund-triage"),
        ("routes:\n  - ‸", "refund-triage"),
        ("routes:\n- a\n- ‸", "refund-triage"),
        ('routes: ["‸"]', "refund-triage"),
    ],
)
def test_routes_wherever_they_are_typed(root: Path, new: str, text: str) -> None:
    (item,) = offered(root, "routes: [refund-triage]", new)
    assert (item.label, item.detail, written(item)) == ("refund-triage", "Refund triage", text)
    assert means(item).startswith("`Refund triage` paused, held by PM-2026-001 ")


@pytest.mark.parametrize(
    ("old", "new", "first", "text"),
    [
        ("    control: refund-approval\n", "    ‸\n", "control", "control: "),
        ("    control: refund-approval\n", "    con‸\n", "control", "control: "),
        ("  - id: A2", "  - ‸\n  - id: A2", "id", "id: "),
        ("actions:\n", "actions:\n  ‸\n", "id", "- id: "),
        ("- {control: refund-approval, expected: prevent", "- {‸", "control", "control: "),
        (
            "- {control: refund-approval, expected: prevent",
            "- {control: x, exp‸",
            "absent",
            "absent: ",
        ),
        ("impact:\n  description", "impact:\n  desc‸: x\n  d", "description", "description"),
        (
            "    findings: [F1]\n    owner",
            "    findings: [F1\n    ‸\n    owner",
            "control",
            "control: ",
        ),
        ("restart:\n", "‸\nrestart:\n", "recurrence_of", "recurrence_of: "),
        ("restart:\n", "rec‸\nrestart:\n", "recurrence_of", "recurrence_of: "),
    ],
)
def test_keys_at_their_level(root: Path, old: str, new: str, first: str, text: str) -> None:
    item = offered(root, old, new)[0]
    assert (item.label, written(item)) == (first, text)


def test_keys_that_are_there_are_not_offered_and_needed_ones_come_first(root: Path) -> None:
    items = offered(root, "  - id: A2\n    title:", "  - id: A2\n    ‸\n  - title:")
    assert labels(items)[:2] == ["title", "layer"]
    assert {item.detail for item in items[:2]} == {"needed"}
    assert "id" not in labels(items)
    assert means(items[1]) == "Where the change acts, of the closed list of layers."


def test_values_of_a_closed_list_with_what_they_mean(root: Path) -> None:
    items = offered(root, "severity: customer-visible-defect", "severity: ‸")
    assert labels(items) == [
        "near-miss",
        "internal-impact",
        "customer-visible-defect",
        "control-breach",
    ]
    assert means(items[0]) == "Nothing happened, but it could have."


def test_the_word_that_is_typed_is_replaced(root: Path) -> None:
    item = offered(root, "severity: customer-visible-defect", "severity: cus‸tomer")[0]
    assert isinstance(item.text_edit, TextEdit)
    assert (item.text_edit.range.start.character, item.text_edit.range.end.character) == (10, 18)


def test_layers_that_answer_the_findings_come_first(root: Path) -> None:
    items = offered(root, "layer: permissions", "layer: ‸")
    assert labels(items)[:3] == ["remove", "permissions", "tool-split"]
    assert items[0].detail == "answers F1 (exceeded-authority)"
    assert means(items[0]) == "The step, the tool or the route is gone. Stronger."
    assert labels(items)[-1] == "communication"


def test_an_end_is_offered_in_the_kinds_that_its_layer_takes(root: Path) -> None:
    text = (root / POSTMORTEM).read_text()
    end = next(
        line
        for line in text.splitlines()
        if line.strip().startswith("done_when:") and "alert" in line
    )
    items = offered(root, end, "    done_when: ‸")
    assert labels(items) == [
        "an error rate above 2% for 10 min pages @maria",
        "alerts/refunds.yaml",
    ]
    assert items[1].detail == "the file of the alert rule"


def test_layers_that_answer_only_together_say_so(root: Path) -> None:
    file = root / POSTMORTEM
    file.write_text(file.read_text().replace("class: exceeded-authority", "class: detected-late"))
    items = offered(root, "layer: permissions", "layer: ‸")
    assert labels(items)[:4] == ["limits", "kill-switch", "alert", "ownership"]
    assert items[2].detail == "answers F1 (detected-late) with ownership"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "control: refund-approval, expected",
            "control: ‸, expected",
            [("refund-approval", "refund-approval")],
        ),
        (
            "    control: refund-approval",
            "    control: ‸",
            [("refund-approval", "refund-approval")],
        ),
        ("    findings: [F1]", "    findings: [‸", [("F1", "F1")]),
        (
            "expected: prevent",
            "expected: ‸",
            [("prevent", "prevent"), ("detect", "detect"), ("contain", "contain")],
        ),
        ("met: false", "met: ‸", [("false", "false"), ("true", "true")]),
        (
            "evidence:\n",
            "evidence:\n  interventions: {missing: x, action: ‸}\n",
            [("A1", "A1"), ("A2", "A2")],
        ),
    ],
)
def test_names_of_this_postmortem_and_its_route(
    root: Path, old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    assert [(item.label, written(item)) for item in offered(root, old, new)] == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('owner: "@maria"', "owner: ‸", ['"@dana"', '"@maria"', '"@tom"', '"@eva"']),
        ('owner: "@maria"', "owner: @m‸", ['"@dana"', '"@maria"', '"@tom"', '"@eva"']),
        ('owner: "@maria"', 'owner: "@‸"', ["@dana", "@maria", "@tom", "@eva"]),
        ('owner: "@maria"', 'owner: "‸', ["@dana", "@maria", "@tom", "@eva"]),
        ('verified_by: "@tom"', "verified_by: ‸", ['"@dana"', '"@tom"', '"@eva"']),
        (
            "status: open\n",
            "status: cancelled\n    cancelled: {reason: x, approved_by: ‸}\n",
            ['"@maria"', '"@eva"'],
        ),
        ('authors: ["@dana"]', "authors: [‸", ['"@dana"', '"@maria"', '"@tom"', '"@eva"']),
    ],
)
def test_people_who_may_stand_there(root: Path, old: str, new: str, expected: list[str]) -> None:
    assert [written(item) for item in offered(root, old, new)] == expected


def test_without_a_roster_the_people_who_own_something(root: Path) -> None:
    (root / "people.yaml").unlink()
    assert [written(item) for item in offered(root, 'authors: ["@dana"]', "authors: [‸]")] == [
        '"@maria"',
        '"@tom"',
    ]


def test_postmortems_but_not_this_one(root: Path) -> None:
    other = (
        (root / POSTMORTEM)
        .read_text()
        .replace("PM-2026-001", "PM-2026-002")
        .replace("title: Refund", "title: Second")
    )
    (root / "postmortems" / "PM-2026-002-second.md").write_text(other)
    (item,) = offered(root, "restart:\n", "recurrence_of: [‸]\nrestart:\n")
    assert (item.label, item.detail) == (
        "PM-2026-002",
        "Second route paid 23 refunds above its limit",
    )


def test_rules_and_taxonomies(root: Path) -> None:
    rules = offered(root, "restart:\n", "waivers: [{rule: ‸}]\nrestart:\n")
    assert {"clock-order", "action-owner"} <= set(labels(rules))
    entry = offered(root, "restart:\n", "taxonomy: [‸]\nrestart:\n")[1]
    assert (written(entry), entry.detail) == ('"owasp-asi:ASI02"', "Tool Misuse and Exploitation")


def test_a_route_has_completion_too(root: Path) -> None:
    assert labels(offered(root, "state: paused", "state: ‸", ROUTE)) == [
        "retired",
        "paused",
        "limited",
        "running",
    ]
    assert labels(offered(root, "[PM-2026-001]", "[‸]", ROUTE)) == ["PM-2026-001"]
    assert labels(offered(root, "autonomy: act-with-approval", "‸", ROUTE)) == [
        "autonomy",
        "slo",
        "stage",
        "amendments",
    ]
    assert labels(offered(root, "layer: approval-gate", "lay‸", ROUTE)) == ["layer", "drills"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("23 customers were", "‸23 customers were"),
        ("## Timeline\n", "## Timeline\nroutes: [‸\n"),
        ("title: Refund", "# routes: [‸\ntitle: Refund"),
        ("restart:\n", "unknown_field: ‸\nrestart:\n"),
        ("summary: The refund", "summary: |\n  routes: [‸\n  The refund"),
        ("summary: The refund", "summary: The ‸ refund"),
        ('owner: "@maria"', 'owner: "@maria" ‸'),
    ],
)
def test_nothing_where_nothing_belongs(root: Path, old: str, new: str) -> None:
    assert offered(root, old, new) == []
