"""What is loosened of a postmortem: each question by itself."""

from __future__ import annotations

from typing import Any

import pytest

from pmlint.gate.approvals import Approvals
from pmlint.gate.loosening import Loosening
from pmlint.model import Postmortem
from tests.gate.reviews import (
    ACTION,
    CANCELLED,
    CONDITIONS,
    DONE,
    EARLY,
    LACK,
    approvals,
    holding,
    review,
)


def loosened(before: Postmortem, after: Postmortem, who: Approvals | None = None, landed: str = "", coming: str = "") -> list[str]:
    who = who or approvals()
    return list(Loosening(holding(who, landed, coming), who).cases(before, after))


def amended(field: str, before: object, after: object, **fields: object) -> dict[str, object]:
    amendment = {"on": "2026-10-14", "field": field, "from": before, "to": after, "reason": "Late.", "approved_by": "@eva", **fields}
    return {field: after, "amendments": [amendment]}


NO = " without an amendment that another person approved"
NOT = ", and its amendment does not count: "


@pytest.mark.parametrize(
    ("after", "case"),
    [
        ({}, ""),
        ({"layer": "dashboard"}, f"layer-changed: PM-1 A1 goes from 'alert' to 'dashboard'{NO}"),
        ({"layer": "unknown"}, f"layer-changed: PM-1 A1 goes from 'alert' to 'unknown'{NO}"),
        ({"layer": "limits"}, ""),
        (amended("layer", "alert", "dashboard"), ""),
        (
            amended("layer", "alert", "dashboard", approved_by="@dana"),
            f"layer-changed: PM-1 A1 goes from 'alert' to 'dashboard'{NOT}@dana is the author or the owner",
        ),
        ({"owner": "@max"}, f"owner-changed: PM-1 A1 goes from @tom to @max{NO}"),
        ({"owner": ""}, f"owner-changed: PM-1 A1 goes from @tom to nobody{NO}"),
        (amended("owner", "@tom", "@max"), ""),
        (
            amended("owner", "@tom", "@max", approved_by="@max"),
            f"owner-changed: PM-1 A1 goes from @tom to @max{NOT}@max is the author or the owner",
        ),
        (
            amended("owner", "@tom", "@max", approved_by="@tom"),
            f"owner-changed: PM-1 A1 goes from @tom to @max{NOT}@tom is the author or the owner",
        ),
        ({"deadline": "2026-10-29"}, ""),
        ({"deadline": "2026-10-31"}, f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-10-31{NO}"),
        ({"deadline": None}, f"deadline-moved: PM-1 A1 goes from 2026-10-30 to none{NO}"),
        (amended("deadline", "2026-10-30", "2026-11-30"), ""),
        (
            amended("deadline", "2026-10-29", "2026-11-30"),
            f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-11-30{NOT}it does not say from what to what the field moves",
        ),
        (
            {**amended("deadline", "2026-10-30", "2026-11-29"), "deadline": "2026-11-30"},
            f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-11-30{NOT}it does not say from what to what the field moves",
        ),
        (
            amended("deadline", "2026-10-30", "2026-11-30", reason=" "),
            f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-11-30{NOT}it has no reason or no day",
        ),
        (
            amended("deadline", "2026-10-30", "2026-11-30", on=""),
            f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-11-30{NOT}it has no reason or no day",
        ),
        (
            amended("deadline", "2026-10-30", "2026-11-30", approved_by="@dana"),
            f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-11-30{NOT}@dana is the author or the owner",
        ),
        ({**amended("owner", "@tom", "@tom"), "deadline": "2026-10-31"}, f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-10-31{NO}"),
        ({"done_when": "fix.py stops above 3 rescues in 1 day"}, ""),
        ({"done_when": "it stops"}, f"end-weakened: PM-1 A1 no longer names fix.py, 3 rescues in done_when{NO}"),
        (amended("done_when", ACTION["done_when"], "it stops"), ""),
        (
            amended("done_when", ACTION["done_when"], "it stops", approved_by="@dana"),
            f"end-weakened: PM-1 A1 no longer names fix.py, 3 rescues in done_when{NOT}@dana is the author or the owner",
        ),
        ({"findings": ["F2"]}, "finding-unlinked: PM-1 A1 no longer answers F1"),
        ({"control": ""}, "control-unlinked: PM-1 A1 no longer repairs 'cap'"),
        ({"control": "other"}, "control-unlinked: PM-1 A1 no longer repairs 'cap'"),
        (EARLY, ""),
        (
            {"after_restart": {"reason": "Yes.", "approved_by": "@tom"}},
            "early-restart-without-approval: PM-1 A1: @tom is the author or the owner",
        ),
        ({"after_restart": {"reason": "", "approved_by": "@tom"}}, ""),
        ({"id": "A2"}, "action-removed: PM-1 A1 is open on the target and gone in the result"),
    ],
)
def test_open_actions(after: dict[str, Any], case: str) -> None:
    assert loosened(review(), review(after)) == ([case] if case else [])


def test_what_was_loose_before_is_no_news() -> None:
    loose = {"layer": "unknown", "owner": "", "deadline": None, "control": "", "after_restart": {"reason": "x", "approved_by": "@tom"}}
    assert loosened(review(loose), review(loose)) == []
    assert loosened(review(loose), review({**loose, "layer": "strange"})) == [
        f"layer-changed: PM-1 A1 goes from 'unknown' to 'strange'{NO}"
    ]
    assert loosened(review(loose), review({**loose, "deadline": "2027-01-01", "control": "cap", "layer": "alert"})) == []
    assert loosened(review(loose), review({**loose, "owner": "@tom"})) == [f"owner-changed: PM-1 A1 goes from nobody to @tom{NO}"]


def test_an_old_amendment_does_not_count_again() -> None:
    moved = amended("deadline", "2026-10-30", "2026-11-30")
    assert loosened(review({"amendments": moved["amendments"]}), review(moved)) == [
        f"deadline-moved: PM-1 A1 goes from 2026-10-30 to 2026-11-30{NO}"
    ]
    two = [{**moved["amendments"][0], "reason": ""}, moved["amendments"][0]]  # type: ignore[index]
    assert loosened(review(), review({**moved, "amendments": two})) == []


def test_each_action_is_looked_at() -> None:
    later = {**ACTION, "id": "A2", "deadline": "2026-10-31"}
    assert loosened(review(actions=[ACTION, {**later, "deadline": "2026-10-30"}]), review(actions=[later])) == [
        "action-removed: PM-1 A1 is open on the target and gone in the result",
        f"deadline-moved: PM-1 A2 goes from 2026-10-30 to 2026-10-31{NO}",
    ]


def test_a_closed_action_may_change() -> None:
    assert loosened(review(DONE), review({**DONE, "layer": "dashboard", "control": ""})) == []
    assert loosened(review(DONE), review(actions=[])) == ["action-removed: PM-1 A1 is closed on the target and gone in the result"]
    named = {**DONE, "done_when": "tests/test_a.py passes"}
    assert loosened(review(named), review({**named, "done_when": "tests/test_a.py passes again"})) == []
    assert loosened(review(named), review({**named, "done_when": "README.md is there"})) == [
        f"end-weakened: PM-1 A1 no longer names tests/test_a.py in done_when{NO}"
    ]
    assert loosened(review(DONE), review({**DONE, "layer": "dashboard"}), landed="not there") == [
        f"layer-changed: PM-1 A1 goes from 'alert' to 'dashboard'{NO}"
    ]


@pytest.mark.parametrize(
    ("before", "after", "case"),
    [
        ({}, {}, ""),
        ({}, {"status": "draft"}, "status-set-back: PM-1 goes from 'accepted' to 'draft' while it holds"),
        ({}, {"status": None}, "status-set-back: PM-1 goes from 'accepted' to 'None' while it holds"),
        ({"status": "closed"}, {"status": "in-review"}, "status-set-back: PM-1 goes from 'closed' to 'in-review' while it holds"),
        ({}, {"status": "closed"}, ""),
        ({"status": "draft"}, {"status": "in-review"}, ""),
        ({"status": "in-review"}, {"status": "draft"}, ""),
        ({}, {"status": "withdrawn"}, "withdrawn-without-approval: PM-1: names nobody"),
        ({}, {"status": "withdrawn", "withdrawn": {"reason": "No.", "approved_by": "@eva"}}, ""),
        (
            {},
            {"status": "withdrawn", "withdrawn": {"reason": "", "approved_by": "@eva"}},
            "withdrawn-without-approval: PM-1: there is no reason",
        ),
        (
            {},
            {"status": "withdrawn", "withdrawn": {"reason": "No.", "approved_by": "@dana"}},
            "withdrawn-without-approval: PM-1: @dana is the author or the owner",
        ),
        ({"status": "withdrawn"}, {"status": "withdrawn"}, ""),
        ({}, {"severity": "near-miss"}, "severity-lowered: PM-1 goes from 'control-breach' to 'near-miss' while it holds"),
        ({}, {"severity": "odd"}, "severity-lowered: PM-1 goes from 'control-breach' to 'odd' while it holds"),
        ({"severity": "near-miss"}, {"severity": "control-breach"}, ""),
        ({"severity": "near-miss"}, {"severity": ""}, "severity-lowered: PM-1 goes from 'near-miss' to '' while it holds"),
        ({"severity": "odd"}, {"severity": "odder"}, ""),
        ({}, {"authors": []}, "author-removed: PM-1 no longer names @dana, who may not approve for it"),
        ({}, {"authors": ["@max", "@dana"]}, ""),
        ({}, {"restart": {"conditions": CONDITIONS[:1]}}, "condition-removed: PM-1 R2 is gone in the result"),
        ({}, {"restart": {"conditions": [{**CONDITIONS[0], "text": "14 days"}, CONDITIONS[1]]}}, ""),
        (
            {},
            {"restart": {"conditions": [{**CONDITIONS[0], "text": "1 day"}, CONDITIONS[1]]}},
            "condition-changed: PM-1 R1 reads otherwise before it was met",
        ),
        ({}, {"restart": {"conditions": [CONDITIONS[0], {**CONDITIONS[1], "text": "storm"}]}}, ""),
    ],
)
def test_reviews(before: dict[str, Any], after: dict[str, Any], case: str) -> None:
    assert loosened(review(**before), review(**after)) == ([case] if case else [])


def test_a_condition_that_names_nothing_keeps_its_words() -> None:
    calm = {"restart": {"conditions": [{"id": "R1", "text": "calm", "met": False}]}}
    storm = {"restart": {"conditions": [{"id": "R1", "text": "storm", "met": False}]}}
    assert loosened(review(**calm), review(**storm)) == ["condition-changed: PM-1 R1 reads otherwise before it was met"]


def test_nothing_is_loosened_where_nothing_holds() -> None:
    closed = review(DONE, restart={})
    assert loosened(closed, review({**DONE, "layer": "dashboard"}, restart={}, severity="near-miss", authors=[], status="draft")) == []


@pytest.mark.parametrize(
    ("before", "after", "case"),
    [
        ({}, DONE, ""),
        ({}, {**DONE, "proof": []}, "closed-without-proof: PM-1 A1: done without proof"),
        ({}, {**DONE, "verified_by": "@stranger"}, "closed-without-proof: PM-1 A1: @stranger is not in people.yaml on the target"),
        ({}, {**DONE, "verified_by": "@max"}, "closed-without-proof: PM-1 A1: @max is the author or the owner"),
        (
            {"owner": "@maria"},
            {**DONE, **amended("owner", "@maria", "@tom")},
            "closed-without-proof: PM-1 A1: @maria is the author or the owner",
        ),
        ({}, CANCELLED, ""),
        ({}, {"status": "cancelled"}, "cancelled-without-approval: PM-1 A1: cancelled without a reason and an approver"),
        (
            {},
            {"status": "cancelled", "cancelled": {"reason": "No.", "approved_by": "@stranger"}},
            "cancelled-without-approval: PM-1 A1: @stranger is not in people.yaml on the target",
        ),
        (
            {"owner": "@eva"},
            {**CANCELLED, **amended("owner", "@eva", "@tom", approved_by="@maria")},
            "cancelled-without-approval: PM-1 A1: @eva is the author or the owner",
        ),
        (DONE, DONE, ""),
        (DONE, {**DONE, "verified_by": "@max"}, "closed-without-proof: PM-1 A1: @max is the author or the owner"),
    ],
)
def test_closings(before: dict[str, Any], after: dict[str, Any], case: str) -> None:
    assert loosened(review(before), review(after), approvals(author="max")) == ([case] if case else [])


def test_a_closing_that_is_new_or_can_not_stand() -> None:
    two = [ACTION, {**ACTION, **DONE, "id": "A2", "owner": "@maria"}]
    assert loosened(review(), review(actions=two)) == ["closed-without-proof: PM-1 A2: done, but verified by its own owner"]
    cancelled = [ACTION, {**ACTION, **CANCELLED, "id": "A2", "owner": "@eva"}]
    assert loosened(review(), review(actions=cancelled)) == ["cancelled-without-approval: PM-1 A2: cancelled by its own owner or author"]
    assert loosened(review(), review(actions=[ACTION, {**ACTION, **CANCELLED, "id": "A2"}])) == []
    assert loosened(review(), review(actions=[ACTION, {**ACTION, **DONE, "id": "A2"}])) == []
    assert loosened(review(), review(DONE), coming="no file") == ["closed-without-proof: PM-1 A1: no file (recorded)"]


@pytest.mark.parametrize(
    ("after", "name"),
    [
        ({"actions": [{**ACTION, **DONE}]}, "closed-without-proof: PM-1 A1"),
        ({"actions": [{**ACTION, **CANCELLED}]}, "cancelled-without-approval: PM-1 A1"),
        ({"actions": [{**ACTION, **EARLY}]}, "early-restart-without-approval: PM-1 A1"),
        ({"status": "withdrawn", "withdrawn": {"reason": "No.", "approved_by": "@eva"}}, "withdrawn-without-approval: PM-1"),
    ],
)
def test_what_needs_an_approval_of_the_forge(after: dict[str, Any], name: str) -> None:
    for approving, good in (
        (("eva",), True),
        ((), False),
        (("max",), False),
        (("dana",), "closed" in name),
        (("tom",), "withdrawn" in name),
    ):
        said = loosened(review(), review(**after), approvals("forge", "max", approving))
        assert said == ([] if good else [f"{name}: {LACK}"]), approving
