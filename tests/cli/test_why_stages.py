"""`pmlint why` of a route that comes back in steps: which one is next, and what is missing for it."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk

ROUTE = "routes/refund-triage.yaml"
STAGES = """  stages:
    - {id: S1, state: limited, autonomy: suggest, at_least: {days: 7}}
    - {id: S2, state: running, autonomy: act}
"""


def at(desk: Desk, stage: str, state: str, autonomy: str) -> None:
    """The route comes as far as a stage; of an empty one it names none."""
    desk.edit("state: paused", f"state: {state}", ROUTE)
    desk.edit("restart: false", "restart: true", ROUTE)
    desk.edit("autonomy: act-with-approval", f"autonomy: {autonomy}", ROUTE)
    if stage:
        named = f"stage: {{postmortem: PM-2026-001, id: {stage}, since: 2026-10-08}}"
        desk.write(ROUTE, f"{desk.read(ROUTE)}{named}\n")
    desk.commit("The route comes back")


@pytest.fixture
def staged(desk: Desk) -> Desk:
    desk.edit("restart:\n", f"restart:\n{STAGES}")
    desk.commit("Come back in steps")
    return desk


def stages_of(desk: Desk, now: str = "2026-10-15") -> list[str]:
    """What holds the route by its stages, and what would release that."""
    lines = desk.run("why", "refund-triage", now=now).output.splitlines()
    places = [number for number, line in enumerate(lines) if "held by stage" in line]
    return [line.strip() for place in places for line in lines[place : place + 2]]


def test_the_first_stage_is_named_with_what_the_file_has_to_say(staged: Desk) -> None:
    held, release = stages_of(staged)
    assert held == "held by stage: stage S1 of PM-2026-001 is next: limited, suggest"
    assert "{postmortem: PM-2026-001, id: S1, since: 2026-10-15 }" in release


def test_what_a_stage_has_not_shown_is_said(staged: Desk) -> None:
    at(staged, "S1", "limited", "suggest")
    held, release = stages_of(staged, now="2026-10-14")
    assert held.endswith(
        "enters stage S2 of PM-2026-001, and stage S1 asks for 7 days, and it has 6"
    )
    assert release.startswith("to release: leave state, autonomy and stage as they are")


def test_an_earned_stage_is_next(staged: Desk) -> None:
    at(staged, "S1", "limited", "suggest")
    assert stages_of(staged)[0] == "held by stage: stage S2 of PM-2026-001 is next: running, act"


def test_nothing_is_said_of_stages_that_are_behind_a_route_or_not_there(
    staged: Desk, desk: Desk
) -> None:
    at(staged, "", "running", "act")
    assert stages_of(staged) == []
    desk.edit(STAGES, "")
    desk.commit("No steps")
    assert stages_of(desk) == []
