"""What the two flags of a route are, by every place that speaks for it."""

from __future__ import annotations

import pytest

from pmlint.flags.decide import AutonomyLimit, RouteFlags, decide, unread
from pmlint.model import Route, native_route
from pmlint.model.route import RestartFlag
from pmlint.place import Path
from pmlint.project.holds import Hold

HOLD = Hold("PM-2026-001", "action", "A2", "@tom", None, "open", "")
SIGNOFF = Hold("PM-2026-001", "sign-off", "", "@maria", None, "the restart is not signed off", "")


def native(**fields: object) -> Route:
    return native_route({"id": "desk", **fields}, "routes/desk.yaml")


def beside_a_source(**fields: object) -> Route:
    return native_route({"id": "desk", **fields}, "routes/desk.yaml", is_mapped=True)


def mapped(*flags: tuple[bool, str]) -> Route:
    found = tuple(RestartFlag("on", raised, Path(), unclear) for raised, unclear in flags)
    return Route("desk", "deploy/desks.yaml", flags=found, mapped=True)


UP = native(state="running", restart=True, autonomy="act")
CASES = {
    "running, and its flag is up": ([UP], True, "act"),
    "limited, and its flag is up": (
        [native(state="limited", restart=True, autonomy="suggest")],
        True,
        "suggest",
    ),
    "running, and its flag is down": (
        [native(state="running", restart=False, autonomy="act")],
        False,
        "act",
    ),
    "paused, and its flag is up": (
        [native(state="paused", restart=True, autonomy="act")],
        False,
        "act",
    ),
    "of a state that nobody knows": (
        [native(state="go", restart=True, autonomy="act")],
        False,
        "act",
    ),
    "without a state": ([native(restart=True, autonomy="act")], False, "act"),
    "without a flag": ([native(state="running", autonomy="act")], False, "act"),
    "of an unclear flag": ([native(state="running", restart="yes", autonomy="act")], False, "act"),
    "of an autonomy that nobody knows": (
        [native(state="running", restart=True, autonomy="all")],
        True,
        "observe",
    ),
    "without an autonomy": ([native(state="running", restart=True)], True, "observe"),
    "mapped, and a flag is up": ([mapped((False, ""), (True, ""))], True, None),
    "mapped, and no flag is up": ([mapped((False, ""))], False, None),
    "mapped, and its flag is unclear": ([mapped((True, "it is missing"))], False, None),
    "mapped, and its source has no flags": ([mapped()], False, None),
    "in two places of a platform, one of them up": (
        [mapped((False, "")), mapped((True, ""))],
        True,
        None,
    ),
    "mapped up, and a file of ours without flags beside it": (
        [beside_a_source(), mapped((True, ""))],
        True,
        None,
    ),
    "mapped up, and paused in the file of ours": (
        [beside_a_source(state="paused"), mapped((True, ""))],
        False,
        None,
    ),
    "mapped down, and running in the file of ours": ([UP, mapped((False, ""))], False, "act"),
    "in two files of ours": (
        [UP, native(state="paused", restart=False, autonomy="suggest")],
        False,
        "suggest",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_route(name: str) -> None:
    places, runs, autonomy = CASES[name]
    assert decide("desk", places, (), ()) == RouteFlags("desk", runs, autonomy)


def test_what_holds_a_route_turns_it_off() -> None:
    assert decide("desk", [UP], [HOLD, SIGNOFF], ()) == RouteFlags(
        "desk", False, "observe", (HOLD, SIGNOFF)
    )
    assert decide("desk", [UP], [HOLD, SIGNOFF, HOLD], ()).held_by == "PM-2026-001#A2, PM-2026-001"
    # no file says an autonomy, so none is written
    assert decide("desk", [mapped((True, ""))], [HOLD], ()) == RouteFlags(
        "desk", False, None, (HOLD,)
    )


def test_a_limit_lowers_the_autonomy_and_lets_the_route_run() -> None:
    low, lower = (
        AutonomyLimit("suggest", "over its budgets"),
        AutonomyLimit("observe", "its first stage"),
    )
    assert decide("desk", [UP], (), [low]) == RouteFlags(
        "desk", True, "suggest", limited="over its budgets"
    )
    assert decide("desk", [UP], (), [lower, low]) == RouteFlags(
        "desk", True, "observe", limited="its first stage"
    )
    careful = native(state="running", restart=True, autonomy="observe")
    assert decide("desk", [careful], (), [low]) == RouteFlags("desk", True, "observe")
    assert decide("desk", [mapped((True, ""))], (), [low]) == RouteFlags("desk", True, None)


def test_a_route_that_cannot_be_read_is_off() -> None:
    assert unread("desk", "its file is not YAML") == RouteFlags(
        "desk", False, "observe", unread="its file is not YAML"
    )
