"""What `why`, `export --proofs` and `report --proofs` say of a route: one answer."""

from __future__ import annotations

import sqlite3
from html import unescape

import pytest

from tests.cli.desk import Desk

ROUTE = "routes/refund-triage.yaml"

SLO = "slo: {objective: 0.99, window: 30d}\ncontrols:"
SWITCHES = "".join(
    f"\n  - {{id: {name}, layer: kill-switch, guards: contain, description: ends the run}}"
    for name in ("stop-one", "stop-two")
)
STAGES = """  stages:
    - {id: S1, state: limited, autonomy: suggest, at_least: {days: 7}}
    - {id: S2, state: running, autonomy: act}
"""


def test_one_answer_with_facts_that_a_route_does_not_show(desk: Desk) -> None:
    desk.edit("controls:", f"{SLO}{SWITCHES}", ROUTE)
    desk.edit("restart:\n", f"restart:\n{STAGES}")
    desk.write("pmlint.toml", '[gate]\ndrills = true\nbudgets = "file"\n')
    desk.commit("The route promises something")
    desk.write("budgets.json", "{}")
    budgets = []
    for given in ((), ("--budgets", "budgets.json")):
        why = desk.run("why", "refund-triage", *given).output
        assert desk.run("export", "-o", "out.sqlite", "--proofs", *given).code == 0
        assert desk.run("report", "site", "--proofs", *given).code == 0
        held = (
            sqlite3.connect("out.sqlite")
            .execute("SELECT kind, subject, reason FROM holds")
            .fetchall()
        )
        assert [(kind, subject) for kind, subject, _ in held] == [
            ("budget", ""),
            ("drill", ""),
            ("drill", "~2"),
            ("stage", ""),
            ("action", "A2"),
            ("condition", "R1"),
            ("sign-off", ""),
        ]
        assert why.count("held by") == len(held)
        assert "~2" not in why
        page = unescape(desk.read("site/routes/refund-triage.html"))
        assert "Held by 1 action, 1 condition, 1 sign-off, 1 budget, 2 drills, 1 stage." in page
        assert '<th scope="row">drill</th>' in page
        for _, _, reason in held:
            assert reason in why
            assert reason in page
        budgets.append(held[0][2])
    assert budgets == [
        "no statement of budgets was handed over",
        "'budgets.json': 'budgets' has no 'as_of'",
    ]


@pytest.mark.parametrize("verb", ["export", "report"])
def test_a_statement_that_nobody_would_read_is_refused(desk: Desk, verb: str) -> None:
    where = ["site"] if verb == "report" else []
    ran = desk.run(verb, *where, "--replays", "r.json")
    assert (ran.code, ran.error, ran.help) == (2, "--replays needs --proofs", "add --proofs")
