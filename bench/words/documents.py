"""A sentence in a small document of its own, and what the engine says of it beyond a control
document.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from pmlint.check.engine import check_tree
from pmlint.finding import Level
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import Settings

TODAY = date(2026, 9, 10)

_PEOPLE = "".join(
    f'- {{handle: "@{name}", name: {name.title()}, email: {name}@example.org}}\n'
    for name in ("dana", "tom")
)

_BODY = {
    "Business impact": "12 orders were paid twice.",
    "Timeline": "The run began at 06:00 and was stopped at 06:40.",
    "Agent path": "The agent read the policy and called the refund tool.",
    "Failed controls": "The refund tool had no cap.",
    "Permanent changes": "The refund tool gets a cap.",
}

PAPER = "PR #412 is merged"

PLAIN_END = "tests/agents/test_change.py fails when the change is taken out"

ENDS = {
    "permissions": "tests/policy/test_scope.py: the token gets 403 for a write",
    "tool-split": "tests/policy/test_tools.py: the reader has no write tool and gets 403",
    "approval-gate": "tests/policy/test_approval.py: a run without approval is refused",
    "autonomy-scope": "tests/policy/test_autonomy.py: acting on its own is refused",
    "isolation": "tests/policy/test_isolation.py fails when the two share a database",
    "kill-switch": "tests/agents/test_stop.py: the run halts within 5 s of the flag",
    "limits": "tests/agents/test_limit.py: call 101 within 1 min is rejected",
    "route-slow": "tests/agents/test_canary.py: 5% of the traffic for 24 h, then 100%",
    "freshness": "tests/agents/test_age.py: a source older than 7 days is rejected",
    "rollback": "tests/restore/test_drill.py restores yesterday's snapshot within 15 min",
    "alert": "alerts/refunds.yaml pages @dana when the error rate is above 2% for 10 min",
    "rescue-metric": "alerts/rescues.yaml lowers autonomy above 5 rescues in 24 h",
    "config": "deploy/values.yaml holds the key, and tests/test_values.py fails without it",
    "evidence-capture": "tests/agents/test_audit.py finds the record in audit.jsonl, kept 90 days",
    "ownership": "CODEOWNERS names @dana for routes/, checked by tests/test_owners.py",
    "source-ownership": "sources.yaml names @dana for each source, checked by tests/test_sources.py",
    "restart-gate": "tests/policy/test_restart.py: a restart without sign-off is refused",
}
"""An end of the kind that a layer takes; the other layers take `PLAIN_END`."""


class Place(NamedTuple):
    """Where a sentence stands in a document; what is not given is a valid text of its own."""

    title: str = ""
    layer: str = "limits"
    done_when: str | None = ENDS["limits"]
    statement: str = ""
    summary: str = ""
    story: str = ""


Said = list[tuple[Level, str]]
"""What is said of a document beyond its control: level and code of each finding."""


def judge(places: list[Place], control: Place) -> list[Said]:
    """What the engine says of each place beyond what it says of the control document."""
    if not places:
        return []
    with tempfile.TemporaryDirectory(prefix="words-") as folder:
        root = Path(folder)
        (root / "postmortems").mkdir()
        (root / "people.yaml").write_text(_PEOPLE, "utf-8")
        for number, place in enumerate((control, *places), 1):
            name = f"PM-2026-{number:03d}-x.md"
            (root / "postmortems" / name).write_text(_document(number, place), "utf-8")
        report = check_tree(WorkTree(folder), Settings(), TODAY).report
    found: dict[int, list[Any]] = defaultdict(list)
    for finding in report.findings:
        name = finding.path.rpartition("/")[2]
        if name.startswith("PM-2026-"):
            found[int(name.split("-")[2])].append(finding)
    usual = {(one.code, one.pointer) for one in found[1]}
    return [
        [(one.level, one.code) for one in found[number] if (one.code, one.pointer) not in usual]
        for number in range(2, len(places) + 2)
    ]


def _document(number: int, place: Place) -> str:
    action = {
        "id": "A1",
        "title": place.title or f"Cap the refund tool at {number} EUR per order in its scope",
        "layer": place.layer,
        "findings": ["F1"],
        "owner": "@tom",
        "deadline": "2026-10-30",
        "status": "open",
    }
    if place.done_when is not None:
        action["done_when"] = place.done_when
    statement = place.statement or f"The refund tool of route {number} took more than 50 EUR."
    clocks = {
        name: f"2026-09-01T06:{minute}:00Z"
        for name, minute in zip(
            ("route_start", "first_warning", "first_impact", "containment"),
            ("00", "31", "31", "40"),
            strict=True,
        )
    }
    front = {
        "id": f"PM-2026-{number:03d}",
        "title": f"Route {number} paid orders twice",
        "status": "accepted",
        "severity": "customer-visible-defect",
        "trigger": "near-miss",
        "opened": "2026-09-01",
        "authors": ["@dana"],
        "routes": [f"route-{number}"],
        "summary": place.summary or f"Route {number} paid 12 orders twice.",
        "impact": {"description": "12 orders were paid twice.", "customers": 12},
        "clocks": clocks,
        "findings": [{"id": "F1", "class": "other", "statement": statement}],
        "actions": [action],
    }
    head = "\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())
    body = dict(_BODY)
    if place.story:
        body["Business impact"] += f"\n\n{place.story}"
    text = "\n".join(f"## {name}\n{paragraph}\n" for name, paragraph in body.items())
    return f"---\n{head}\n---\n{text}\n"
