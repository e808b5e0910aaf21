"""What holds a route: each question by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pmlint.gate.approvals import Approvals
from pmlint.gate.holding import LAND, closed_alike
from pmlint.model import Action
from pmlint.parsing.source import Malformed
from pmlint.project.holds import Hold
from pmlint.project.settings import GateSettings, Settings
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


@pytest.mark.parametrize(
    ("action", "landed", "reason"),
    [
        ({}, "", "open"),
        (DONE, "", ""),
        (DONE, "no file", "no file (recorded)"),
        ({**DONE, "verified_by": "@stranger"}, "", "done, but @stranger is not in people.yaml on the target"),
        ({**DONE, "verified_by": "@max"}, "", ""),
        (CANCELLED, "no file", ""),
        (
            {"status": "cancelled", "cancelled": {"reason": "x", "approved_by": "@x"}},
            "",
            "cancelled, but @x is not in people.yaml on the target",
        ),
        ({"status": "cancelled", "cancelled": {"reason": "x", "approved_by": "@max"}}, "", ""),
    ],
)
def test_what_is_open_on_the_target(action: dict[str, Any], landed: str, reason: str) -> None:
    found = review(action)
    assert holding(approvals(author="max"), landed).open_on_target(found.actions[0], found) == reason


def test_what_holds_anything() -> None:
    asked = holding(approvals())
    met = {"restart": {"conditions": [{**condition, "met": True} for condition in CONDITIONS]}}
    assert asked.is_open(Malformed("x"))
    assert not asked.is_open(None)
    for status, conditions, action, is_open in (
        ("accepted", met, {}, True),
        ("accepted", {}, DONE, True),
        ("accepted", met, DONE, False),
        ("closed", met, DONE, False),
        ("closed", {}, DONE, True),
        ("withdrawn", {}, DONE, False),
        ("withdrawn", met, {}, True),
        ("draft", met, DONE, True),
    ):
        assert asked.is_open(review(action, status=status, **conditions)) == is_open, (status, conditions, action)
    assert asked.unmet(review()) == ["R1"]
    assert asked.unmet(review(status="closed")) == ["R1"]
    assert asked.unmet(review(status="draft")) == []


def held(before: Any, after: Any, lack: str = "", who: Approvals | None = None, errors: int = 0, **words: Any) -> list[Hold]:
    asked = holding(who or approvals(), errors=lambda now, was: errors if now is after and was is before else 99, **words)
    return list(asked.holds("PM-9", before, after, lambda was, now: lack if was is before and now is after else "?"))


CALM = {"restart": {}}
REVIEWED = ("review", "", "", None)


def test_what_holds_a_route() -> None:
    done = review(DONE, **CALM)
    assert held(done, done) == []
    assert held(None, done) == [Hold("PM-9", *REVIEWED, "it is not on the target yet", "have the review merged first, and accepted")]
    assert held(Malformed("x"), done) == [
        Hold("PM-9", *REVIEWED, "it can't be read on the target", "have the review merged first, and accepted")
    ]
    gone = [Hold("PM-9", *REVIEWED, "it is gone, or can't be read, in the result", "put it back as it is on the target")]
    assert held(done, None) == gone
    assert held(done, Malformed("x")) == gone
    draft, left = review(DONE, status="draft", **CALM), review(DONE, status="withdrawn", **CALM)
    assert held(draft, done) == [Hold("PM-9", *REVIEWED, "its status on the target is 'draft'", "have it accepted first")]
    assert held(left, done) == [
        Hold("PM-9", *REVIEWED, "its status on the target is 'withdrawn'", "close its actions, then unlink it in a change of its own")
    ]
    assert held(review(DONE, status="closed", **CALM), done) == []
    assert held(done, done, lack="nobody signed") == [
        Hold("PM-9", "sign-off", "", "", None, "nobody signed", "have the owner of the route sign it off: pmlint signoff")
    ]
    for count, words in ((1, "1 error"), (2, "2 errors")):
        assert held(done, done, errors=count) == [Hold("PM-9", *REVIEWED, f"it does not pass the check: {words}", "pmlint check a.md")]


@pytest.mark.parametrize(
    ("before", "after", "words", "reason"),
    [
        ({}, {}, {}, "open"),
        ({}, None, {}, "it is gone in the result"),
        (None, {}, {}, "open"),
        (None, DONE, {}, ""),
        (DONE, {}, {}, "open"),
        (DONE, DONE, {}, ""),
        (DONE, DONE, {"landed": "no file"}, "no file (recorded)"),
        ({}, DONE, {}, ""),
        ({}, DONE, {"landed": "no file"}, "it is closed in this very change, but no file (new)"),
        (
            {},
            DONE,
            {"settings": Settings(gate=GateSettings(two_phase=True))},
            "it is closed in this very change, and two_phase asks for two",
        ),
        (DONE, DONE, {"settings": Settings(gate=GateSettings(two_phase=True))}, ""),
        ({}, {**DONE, "verified_by": "@max"}, {}, "it is closed in this very change, but @max is the author or the owner"),
        ({"owner": "@maria"}, DONE, {}, "it is closed in this very change, but @maria is the author or the owner"),
        ({}, CANCELLED, {}, "it is cancelled in this very change: cancelling is one change, restarting the next"),
        (CANCELLED, CANCELLED, {}, ""),
        (EARLY, EARLY, {}, ""),
        (EARLY, {}, {}, ""),
        ({}, EARLY, {}, "open"),
        ({"after_restart": {"reason": "x", "approved_by": "@x"}}, {}, {}, "open"),
        ({"after_restart": {"reason": "x", "approved_by": "@max"}}, {}, {}, ""),
    ],
)
def test_what_an_action_waits_for(before: dict[str, Any] | None, after: dict[str, Any] | None, words: dict[str, Any], reason: str) -> None:
    was, now = (review(actions=[] if action is None else [{**ACTION, **action}], **CALM) for action in (before, after))
    owner = (before or after or {}).get("owner", "@tom")
    expected = [Hold("PM-1", "action", "A1", owner, date(2026, 10, 30), reason, LAND)] if reason else []
    assert held(was, now, who=approvals(author="max"), **words) == expected


def test_a_closing_with_a_restart_needs_an_approval_of_the_forge() -> None:
    assert (
        held(review(**CALM), review(DONE, **CALM), who=approvals("forge", "max"))[0].reason
        == f"it is closed in this very change, but {LACK}"
    )
    assert held(review(**CALM), review(DONE, **CALM), who=approvals("forge", "max", ("tom",)))[0].reason.endswith(LACK)
    assert held(review(**CALM), review(DONE, **CALM), who=approvals("forge", "max", ("eva",))) == []


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"met": True}, {"met": True}, ""),
        ({"met": False}, {"met": False}, "the restart condition is not met"),
        ({"met": True}, {"met": False}, "the restart condition is not met"),
        (
            {"met": False},
            {"met": True},
            "the restart condition is met only in this very change: recording it is one change, restarting the next",
        ),
        ({"met": True}, {"met": True, "text": "other"}, "the restart condition reads otherwise in the result"),
        ({"met": True}, {"id": "R2"}, "the restart condition is gone in the result"),
    ],
)
def test_conditions(before: dict[str, Any], after: dict[str, Any], reason: str) -> None:
    was, now = (review(DONE, restart={"conditions": [{"id": "R1", "text": "calm", **fields}]}) for fields in (before, after))
    release = "meet it, and record that in a change of its own"
    assert held(was, now) == ([Hold("PM-1", "condition", "R1", "", None, reason, release)] if reason else [])


@pytest.mark.parametrize("name", ["status", "proof", "verified_by", "owner", "cancelled", "title"])
def test_closed_alike(name: str) -> None:
    assert closed_alike(Action({name: "a"}), Action({name: "a"}))
    assert closed_alike(Action({name: "a"}), Action({name: "b"})) == (name == "title")
