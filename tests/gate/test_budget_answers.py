"""What a statement of budgets says of a route, each answer in its words and with its way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from pmlint.gate.budgets import BudgetAnswers
from pmlint.gate.case import Case, GateChange
from pmlint.gate.statements import HandedStatement
from pmlint.model import Route
from pmlint.parsing.source import Malformed
from tests.gate.attack_data import statement_of
from tests.gate.memory_repository import MemoryRepository
from tests.gate.world import TODAY

BY_FILE = {"do": "budgets by file"}
PROMISES = {"do": "a route that promises"}
FAILURES = {"budget": "failures", "count": 11, "allowed": 10, "spent": True}
RESCUES = {"budget": "rescues", "count": 1031, "allowed": 20, "spent": True}
FIRES = {
    **{"budget": "failures", "severity": "page", "share": "0.02"},
    "long": {"window": "1h", "runs": 4000, "count": 1200},
    "short": {"window": "5m", "runs": 8, "count": 3},
}
EPISODE = {
    **{"trigger": "near-miss", "from": "2026-09-20T09:35:00Z", "to": "2026-09-20T09:40:00Z"},
    **{"runs": 1, "peak": {"count": 1, "of": 96}, "answered_by": None, "draft": None},
    "grace_until": "2026-10-14",
}


def answers(
    patch: Mapping[str, Any] | str | None,
    before: Mapping[str, Any] | None = BY_FILE,
    *,
    is_asked: bool = False,
) -> BudgetAnswers:
    """The answers of the honest statement with other values, of a text, or of no statement."""
    repository = MemoryRepository()
    if before:
        repository.prepare([[before]])
    objects, target = repository.objects, repository.target
    handed = None
    if patch is not None:
        data = patch
        if not isinstance(patch, str):
            data = json.dumps(statement_of(objects.tree(target), target, patch))  # type: ignore[arg-type]
        handed = HandedStatement("budgets.json", str(data).encode())
    case = Case(GateChange(objects, target, "", objects.tree(target), TODAY))  # type: ignore[arg-type]
    return BudgetAnswers(case.grounds, handed, is_asked=is_asked)


def lacks(patch: Mapping[str, Any] | str | None, route: str = "archive", **more: Any) -> list[str]:
    found = answers(patch, **more).lacks(route)
    return [f"{lack.code}: {lack.reason}; {lack.release}".rstrip("; ") for lack in found]


WAIT = "; wait until the statement says that it is within"
ENOUGH: Mapping[str, Any] = {"answer": "over"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({}, []),
        ({"budgets": [{**FAILURES, "count": 10, "spent": False}]}, []),
        (
            {"budgets": [FAILURES]},
            [f"budget-spent: 11 of 1,000 runs failed in 30 days, 10 are allowed{WAIT}"],
        ),
        # by its own counts as well
        (
            {"budgets": [{**FAILURES, "spent": False}]},
            [f"budget-spent: 11 of 1,000 runs failed in 30 days, 10 are allowed{WAIT}"],
        ),
        (
            {"budgets": [{**RESCUES, "within_again": "2026-12-14"}], "answer": "over"},
            [
                "budget-spent: 1,031 of 1,000 runs were rescued in 30 days, 20 are allowed; "
                "wait until 2026-12-14"
            ],
        ),
        ({"answer": "over"}, [f"budget-spent: the statement says that it is over{WAIT}"]),
        (
            {"firing": [FIRES]},
            [
                "budget-page: 1,200 of 4,000 runs in 1h spend the budget of failures so fast that "
                "it pages"
            ],
        ),
        ({"firing": [{**FIRES, "severity": "ticket"}]}, []),
        (
            {"episodes": [EPISODE]},
            [
                "postmortem-owed: a review of 'near-miss' since 2026-09-20 is owed, and its grace "
                "ended on 2026-10-14; pmlint new --route archive --trigger near-miss"
            ],
        ),
        ({"episodes": [{**EPISODE, "grace_until": "2026-10-15"}]}, []),
        ({"episodes": [{**EPISODE, "answered_by": "PM-2026-005"}]}, []),
        (
            {"answer": "unjudged", "why": ["no-runs", "no-history"]},
            ["budgets-no-answer: the statement did not judge 'archive': no-runs, no-history"],
        ),
        (
            {"answer": "unjudged", "why": []},
            ["budgets-no-answer: the statement did not judge 'archive'"],
        ),
        (
            {"slo": None},
            [
                "budgets-other-limits: the statement judged 'archive' by another slo than the base has"
            ],
        ),
        (
            {"slo": {"objective": "0.99", "window": "29d", "rescues": "0.02"}},
            [
                "budgets-other-limits: the statement judged 'archive' by another slo than the base has"
            ],
        ),
        ({"slo": {"objective": "0.990", "window": "30d", "rescues": "0.02"}}, []),
    ],
)
def test_what_is_said_of_a_route(entry: Mapping[str, Any], expected: list[str]) -> None:
    assert lacks({"archive": entry}) == expected


def test_a_route_without_a_promise_is_asked_for_what_it_owes() -> None:
    assert lacks({"mail-desk": {"budgets": [FAILURES]}}, "mail-desk") == [
        f"budget-spent: 11 of 1,000 runs failed, 10 are allowed{WAIT}"
    ]
    assert lacks({"drop": ["mail-desk"]}, "mail-desk") == []
    assert lacks({"drop": ["archive"]}) == [
        "budgets-no-answer: the statement does not name 'archive'"
    ]
    assert answers({"drop": ["archive"]}).entry("archive") == {}
    assert answers({}).entry("archive")["runs"] == 1000


@pytest.mark.parametrize(
    ("top", "lack"),
    [
        (
            {"as_of": "2026-10-16T00:00:01Z"},
            "budgets-stale: the statement of {as_of} is later than now",
        ),
        (
            {"as_of": "2026-10-08T06:00:00Z"},
            "budgets-stale: the statement of {as_of} is older than 24h",
        ),
        (
            {"commit": None},
            "budgets-foreign: the statement is about no commit, which is not in the history of the base",
        ),
        (
            {"commit": "a" * 40},
            "budgets-foreign: the statement is about commit aaaaaaaaaaaa, which is not in the history "
            "of the base",
        ),
        (
            {"settings": "0" * 64},
            "budgets-other-limits: the statement was made by other settings of 'runs' and 'due' than "
            "the base has",
        ),
    ],
)
def test_a_statement_that_does_not_count(top: Mapping[str, Any], lack: str) -> None:
    found = answers({"top": top})
    assert [f"{one.code}: {one.reason}" for one in found.lacks("archive")] == [
        lack.format(as_of=top.get("as_of"))
    ]
    assert found.unusable is not None
    assert found.as_of == ""
    assert found.entry("archive") == {}


def test_a_statement_that_counts() -> None:
    found = answers({})
    assert found.unusable is None
    assert found.as_of == "2026-10-15T06:00:00Z"
    assert (found.is_off, answers({}, None).is_off) == (False, True)
    assert lacks({"top": {"history": False}}) == [
        "budgets-no-answer: the statement left the history out"
    ]
    assert lacks({"twice": ["archive"]}) == [
        "budgets-unreadable: 'budgets.json': two entries of 'archive'"
    ]
    assert lacks(None) == ["budgets-missing: no statement of budgets was handed over"]
    assert lacks("{")[0].startswith("budgets-unreadable: 'budgets.json': not JSON")


def test_it_counts_where_it_is_asked_although_the_base_asks_for_none() -> None:
    assert answers({}, PROMISES, is_asked=True).is_off is False
    assert lacks({"archive": ENOUGH}, before=PROMISES, is_asked=True) == [
        f"budget-spent: the statement says that it is over{WAIT}"
    ]


@pytest.mark.parametrize("error", [Malformed("too large"), ValueError("no number")])
def test_a_promise_that_cannot_be_read_is_another_one(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(place: Route, tree: object) -> None:
        raise error

    monkeypatch.setattr("pmlint.gate.budgets.route_promise", unreadable)
    assert lacks({}) == [
        "budgets-other-limits: the statement judged 'archive' by another slo than the base has"
    ]


def test_a_promise_of_nothing_is_none() -> None:
    """A window alone is nothing that runs could be counted against."""
    before = {
        **{"do": "budgets by file"},
        "archive": {"slo: {objective: 0.99, window: 30d, rescues: 0.02}": "slo: {window: 30d}"},
    }
    assert lacks({"archive": {"slo": None}}, before=before) == []
    promised = {"slo": {"objective": "0.99", "window": "30d", "rescues": "0.02"}}
    assert lacks({"archive": promised}, before=before) == [
        "budgets-other-limits: the statement judged 'archive' by another slo than the base has"
    ]
