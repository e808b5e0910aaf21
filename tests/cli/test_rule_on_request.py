"""A rule that is off unless the configuration asks for it, at `check` and at the gate: off, as a
warning, as an error, and off again.
"""

from __future__ import annotations

import pytest

from tests.cli.desk import FILE, Desk
from tests.cli.test_signoff import settled

ROUTE = "routes/refund-triage.yaml"


@pytest.fixture
def vague(desk: Desk) -> Desk:
    """The valid repository with a cause that fits every failure; the rest is settled."""
    desk.edit("The refund tool accepted any amount.", "Inadequate testing.")
    settled(desk)
    return desk


def restarted(desk: Desk) -> tuple[int, list[str]]:
    """The gate's answer to the restart, as a change of its own: exit code and refusals."""
    desk.git("checkout", "--quiet", "-b", "restart")
    desk.run("signoff", "refund-triage")
    desk.edit("state: paused", "state: running", ROUTE)
    desk.edit("restart: false", "restart: true", ROUTE)
    desk.edit("restart: null", "restart: 2026-10-15")
    desk.commit("Restart")
    ran = desk.run("gate", "--base", "main", "--head", "restart", "--output-format", "concise")
    return ran.code, [line for line in ran.output.splitlines() if " error " in line]


def spoken(desk: Desk) -> list[str]:
    ran = desk.run("check", "--output-format", "concise")
    return [
        line.partition("; help")[0] for line in ran.output.splitlines() if "vague-cause" in line
    ]


def asked(desk: Desk, text: str) -> None:
    desk.write("pmlint.toml", text)
    desk.commit("Ask for it")


def test_it_says_nothing_and_holds_nothing_unasked(vague: Desk) -> None:
    assert spoken(vague) == []
    assert restarted(vague) == (0, [])


def test_a_warning_is_said_and_holds_nothing(vague: Desk) -> None:
    asked(vague, '[rules.vague-cause]\nlevel = "warning"\n')
    assert [line.split(":")[0] for line in spoken(vague)] == [FILE]
    assert restarted(vague) == (0, [])


def test_an_error_holds_the_route(vague: Desk) -> None:
    asked(vague, '[rules.vague-cause]\nlevel = "error"\n')
    assert [" error vague-cause: " in line for line in spoken(vague)] == [True]
    code, refusals = restarted(vague)
    assert code == 1
    assert all(
        "PM-2026-001 holds it (it does not pass the check: 1 error" in line for line in refusals
    )
    assert len(refusals) == 2  # the state, and the flag


def test_it_is_not_turned_off_while_it_holds(vague: Desk) -> None:
    asked(vague, '[rules.vague-cause]\nlevel = "error"\n')
    vague.git("checkout", "--quiet", "-b", "off")
    asked(vague, "")
    ran = vague.run("gate", "--base", "main", "--head", "off", "--output-format", "concise")
    assert ran.code == 1
    assert "configuration-weakened" in ran.output
