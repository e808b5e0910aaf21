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
    assert means(items[0]) == "The step, the tool or the route is removed. Stronger."
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


UNKNOWN = ['{unknown: ""}', '{unknown: "", not_before: , not_after: }']


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  containment: 2026-09-12T06:58:00Z", "  containment: ‸", UNKNOWN),
        ("  containment: 2026-09-12T06:58:00Z", "  containment:‸", [f" {one}" for one in UNKNOWN]),
        ("  - {at: 2026", "  - {at: ‸, event: x}\n  - {at: 2026", UNKNOWN),
        ("  customers: 23", "  customers: ‸", UNKNOWN[:1]),
        ("  containment: 2026-09-12T06:58:00Z", '  containment: "‸', []),
    ],
)
def test_what_nobody_knows(root: Path, old: str, new: str, expected: list[str]) -> None:
    assert [written(item) for item in offered(root, old, new)] == expected


PACK = "evidence/PM-2026-001"
OUTCOME = "0d7848520eb7d2e2a565bfb63a51f4e3cba6fbfa302f2ab29a47cd11a0be35b5"
LINE = f'  outcome: [{{path: {PACK}/outcome.md, sha256: "{OUTCOME}"}}]'
PIECE = f"{{path: {PACK}/outcome.md, sha256: {OUTCOME}}}"


@pytest.mark.parametrize(
    ("new", "number", "text"),
    [
        ("  outcome: ‸", 6, f"[{PIECE}]"),
        ("  outcome: [‸]", 5, PIECE),
        ("  outcome: [‸", 5, PIECE),
        ("  outcome:\n    ‸", 8, f"- {PIECE}"),
        ("  outcome:\n    - ‸", 8, PIECE),
        ("  outcome: [{path: ‸}]", 5, f"{PACK}/outcome.md, sha256: {OUTCOME}"),
        ("  outcome: [{path: ‸, sha256: x}]", 5, f"{PACK}/outcome.md"),
        ("  outcome:\n    - path: ‸", 5, f"{PACK}/outcome.md\n      sha256: {OUTCOME}"),
        ('  outcome:\n    - path: "‸"', 5, f"{PACK}/outcome.md"),
        (f"  outcome: [{{path: {PACK}/outcome.md, sha256: ‸}}]", 1, OUTCOME),
        (f'  outcome: [{{path: {PACK}/outcome.md, sha256: "‸"}}]', 1, OUTCOME),
        ("  outcome: [{path: evidence/none.md, sha256: ‸}]", 0, None),
        ("  outcome: [{path: ../secret.md, sha256: ‸}]", 0, None),
        ("  outcome: [{path: people.yaml/../../secret.md, sha256: ‸}]", 0, None),
        ("  outcome: {missing: ‸}", 0, None),
    ],
)
def test_evidence_with_its_digest(root: Path, new: str, number: int, text: str | None) -> None:
    (root.parent / "secret.md").write_text("a file outside\n")
    items = [written(item) for item in offered(root, LINE, new)]
    assert len(items) == number
    assert text is None or text in items


def test_the_files_of_this_postmortem_come_first(root: Path) -> None:
    other = root / "evidence" / "PM-2025-001"
    other.mkdir()
    (other / "outcome.md").write_text("another one\n")
    (other / "large.bin").write_bytes(b"x" * (17 * 1024 * 1024))
    (other / "link.md").symlink_to(root / "people.yaml")
    items = labels(offered(root, LINE, "  outcome: [‸]"))
    assert [item.partition(",")[0].removeprefix("{path: evidence/") for item in items] == [
        *(f"PM-2026-001/{name}.md" for name in ("instructions", "interventions", "outcome")),
        *("PM-2026-001/retrieval.md", "PM-2026-001/tool_log.md"),
        *("PM-2025-001/large.bin}", "PM-2025-001/outcome.md"),
    ]


def test_missing_evidence_names_the_action_that_captures_it(root: Path) -> None:
    items = offered(root, LINE, "  outcome: ‸")
    assert written(items[-1]) == '{missing: "", action: }'
    file = root / POSTMORTEM
    file.write_text(file.read_text().replace("layer: alert", "layer: evidence-capture"))
    items = offered(root, LINE, "  outcome: ‸")
    assert written(items[-1]) == '{missing: "", action: A2}'
    assert items[-1].detail == "Page the route's owner above 3 rescues in 10 minutes"


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("  - id: A2", "  - id: ‸\n  - id: A2", "A3"),
        ("{id: F1", "{id: F1}\n  - {id: ‸", "F2"),
        ("  - id: A1\n", "  - id: ‸\n", "A1"),
    ],
)
def test_the_next_id_that_is_free(root: Path, old: str, new: str, text: str) -> None:
    assert [written(item) for item in offered(root, old, new)] == [text]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("#‸", ["# Agent path"]),
        ("##‸", ["## Agent path"]),
        ("## ‸", ["## Agent path"]),
        ("## Ag‸", ["## Agent path"]),
        ("### Agent pa‸th", ["### Agent path"]),
        ("Agent ‸", []),
        ("####### ‸", []),
    ],
)
def test_headings_that_are_not_there(root: Path, new: str, expected: list[str]) -> None:
    assert [written(item) for item in offered(root, "## Agent path", new)] == expected


def test_headings_in_the_words_of_a_team(root: Path) -> None:
    (root / "pmlint.toml").write_text("[sections]\nagent-path = ['Weg des Agenten', 'Der Weg']\n")
    assert labels(offered(root, "## Agent path", "## ‸")) == ["Weg des Agenten"]
    assert labels(offered(root, "## Agent path", "## Der Weg\nEr irrte.\n\n## ‸")) == []
