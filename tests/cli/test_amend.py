"""``pmlint amend``: each kind of record, the decision that is recorded, and what is refused."""

from __future__ import annotations

import tomllib

import pytest

from pmlint.model.resources import read_json
from tests.cli.desk import Desk

ID = "PM-2026-001"
ROUTE = "routes/refund-triage.yaml"
WHY = ("--reason", "the vendor is late", "--approved-by", "ines")
ENTRY = '{{"on": 2026-10-15, field: {}, from: {}, to: {}, reason: the vendor is late, approved_by: "@Ines"}}'


def entry(field: str, before: str, after: str) -> str:
    return ENTRY.format(field, before, after)


@pytest.mark.parametrize(
    ("arguments", "change", "decided"),
    [
        (
            ("A2", "--deadline", "2026-11-15"),
            (
                "deadline: 2026-10-30\n    done_when: the alert",
                "deadline: 2026-11-15\n    done_when: the alert",
            ),
            ("deadline", "2026-10-30", "2026-11-15"),
        ),
        (
            ("A2", "--owner", "maria"),
            ('owner: "@tom"', 'owner: "@maria"'),
            ("owner", '"@tom"', '"@maria"'),
        ),
        (
            ("A1", "--layer", "limits"),
            ("layer: permissions", "layer: limits"),
            ("layer", "permissions", "limits"),
        ),
        (
            ("A2", "--set", "place=deploy/alerts"),
            ("    status: open\n", "    status: open\n    place: deploy/alerts\n"),
            ("place", "null", "deploy/alerts"),
        ),
    ],
)
def test_an_action(
    desk: Desk, arguments: tuple[str, ...], change: tuple[str, str], decided: tuple[str, str, str]
) -> None:
    before = desk.read()
    ran = desk.run("amend", ID, *arguments, *WHY)
    assert ran.code == 0, ran
    text = desk.read()
    assert entry(*decided) in text
    undone = "\n".join(
        line
        for line in text.split("\n")
        if "the vendor is late" not in line and line != "    amendments:"
    )
    assert undone == before.replace(*change)
    assert ran.output.endswith("next: merge it\n")


def test_a_second_decision_is_added_to_the_first(desk: Desk) -> None:
    desk.run("amend", ID, "A2", "--deadline", "2026-11-15", *WHY)
    desk.commit("Later")
    assert desk.run("amend", ID, "A2", "--deadline", "2026-11-20", *WHY).code == 0
    assert entry("deadline", "2026-10-30", "2026-11-15") in desk.read()
    assert entry("deadline", "2026-11-15", "2026-11-20") in desk.read()


def test_what_was_changed_by_hand_is_recorded_from_the_base(desk: Desk) -> None:
    """The help of a refusal is followed to the letter: the value is there already."""
    desk.git("checkout", "--quiet", "-b", "later")
    desk.edit(
        "deadline: 2026-10-30\n    done_when: the alert",
        "deadline: 2026-11-15\n    done_when: the alert",
    )
    desk.commit("Later")
    assert desk.run("amend", ID, "A2", "--deadline", "2026-11-15", *WHY).code == 0
    assert entry("deadline", "2026-10-30", "2026-11-15") in desk.read()


def test_a_condition_and_a_postmortem(desk: Desk) -> None:
    assert (
        desk.run("amend", ID, "R1", "--text", "7 days in propose-only with 0 rescues", *WHY).code
        == 0
    )
    assert (
        '{id: R1, text: "7 days in propose-only with 0 rescues", met: false, amendments: ['
        in desk.read()
    )
    said = "in propose-only with 0 rescues"
    assert entry("text", f"14 days {said}", f"7 days {said}") in desk.read()
    assert desk.run("amend", ID, "--set", "impact.customers=24", *WHY).code == 0
    assert "  customers: 24\n" in desk.read()
    assert entry("impact.customers", "23", "24") in desk.read()


def test_a_link_needs_no_approver(desk: Desk) -> None:
    desk.write(
        "postmortems/PM-2026-002.md",
        desk.read().replace("PM-2026-001\ntitle", "PM-2026-002\ntitle"),
    )
    desk.commit("It happened again")
    ran = desk.run("amend", "PM-2026-002", "--add", "recurrence_of=PM-2026-001")
    assert "+ 59  recurrence_of: [PM-2026-001]" in ran.output
    again = desk.run("amend", "PM-2026-002", "--add", "recurrence_of=PM-2026-001")
    assert (again.code, again.error) == (2, "'recurrence_of' already has 'PM-2026-001'")
    dangling = desk.run("amend", "PM-2026-002", "--add", "recurrence_of=PM-2026-009")
    assert (dangling.code, "dangling-link" in dangling.output) == (1, True)


def test_something_is_removed_by_its_id(desk: Desk) -> None:
    ran = desk.run("amend", ID, "--remove", "restart.conditions.R1", *WHY)
    assert ran.code == 0, ran
    assert "\nrestart:" not in desk.read()
    assert (
        "field: restart.conditions.R1, from: {id: R1, text: 14 days in propose-only" in desk.read()
    )
    assert desk.run("amend", ID, "--remove", "routes.none", *WHY)[2:] == (
        "there is no 'routes.none' to remove",
        "name a field of the record, such as routes.mail-desk",
    )


def test_a_route(desk: Desk) -> None:
    text = desk.read(ROUTE)
    ran = desk.run("amend", "refund-triage", "--owner", "@tom", *WHY)
    assert ran.code == 0, ran
    assert desk.read(ROUTE) == text.replace('owner: "@maria"', 'owner: "@tom"') + (
        "amendments:\n  - " + entry("owner", '"@maria"', '"@tom"') + "\n"
    )
    ran = desk.run(
        "amend",
        "refund-triage",
        "--control",
        "refund-approval",
        "--description",
        "a person approves above 20 EUR",
        *WHY,
    )
    assert ran.code == 0, ran
    assert "field: controls.refund-approval.description" in desk.read(ROUTE)


@pytest.mark.skipif(
    "amendments" not in read_json("config.json")["properties"],
    reason="the configuration has no amendments yet",
)
def test_the_configuration(desk: Desk) -> None:
    desk.write(
        "pmlint.toml", '# ours\nfail_level = "error"   # for now\n\n[gate]\ntwo_phase = true\n'
    )
    desk.commit("A configuration")
    assert desk.run("amend", "configuration", "--set", "gate.two_phase=false", *WHY).code == 0
    assert desk.run("amend", "configuration", "--set", "fail_level=warning", *WHY).code == 0
    text = desk.read("pmlint.toml")
    assert text.startswith(
        '# ours\nfail_level = "warning"   # for now\n\n[gate]\ntwo_phase = false\n\n[[amendments]]\n'
    )
    assert [one["field"] for one in tomllib.loads(text)["amendments"]] == [
        "gate.two_phase",
        "fail_level",
    ]
    assert tomllib.loads(text)["amendments"][0] == {
        "on": "2026-10-15",
        "field": "gate.two_phase",
        "from": True,
        "to": False,
        "reason": "the vendor is late",
        "approved_by": "@Ines",
    }


@pytest.mark.parametrize(
    ("arguments", "error", "help"),
    [
        ((ID,), "nothing changes", "name a field: --deadline DATE, --set FIELD=VALUE"),
        (
            (ID, "A2", "--deadline", "soon"),
            "--deadline 'soon' is not a date",
            "write the day, year first, as in --deadline 2026-11-15",
        ),
        (
            (ID, "A2", "--layer", "alerts"),
            "--layer 'alerts' is not one of the closed list",
            "did you mean 'alert'?",
        ),
        (
            (ID, "A2", "--owner", "@stranger"),
            "--owner '@stranger' is not in people.yaml",
            "'people.yaml' lists the known people",
        ),
        (
            (ID, "A2", "--deadline", "2026-10-30"),
            "'deadline' of PM-2026-001#A2 is '2026-10-30' already",
            "name another value",
        ),
        (
            ("PM-2026-009", "A2", "--deadline", "2026-10-30"),
            "there is no postmortem 'PM-2026-009'",
            "did you mean 'PM-2026-001'?",
        ),
        (
            ("refund-triag", "--owner", "@tom"),
            "there is no postmortem or route 'refund-triag'",
            "did you mean 'refund-triage'?",
        ),
        (
            (ID, "A2", "--set", "findings.F9=x"),
            "there is no 'findings.F9' here",
            "its entries are F1",
        ),
    ],
)
def test_a_name_that_does_not_exist_is_exit_2(
    desk: Desk, arguments: tuple[str, ...], error: str, help: str
) -> None:
    ran = desk.run("amend", *arguments, *WHY)
    assert (ran.code, ran.error, ran.help) == (2, error, help)


@pytest.mark.parametrize(
    ("arguments", "approver", "said"),
    [
        (
            ("A2", "--deadline", "2026-11-30"),
            "@tom",
            "error deadline-moved: @tom is the owner of A2 and cannot approve this",
        ),
        (
            ("A2", "--deadline", "2026-11-30"),
            "@dana",
            "error deadline-moved: @dana is an author and cannot approve this",
        ),
        (
            ("A2", "--owner", "@Ines"),
            "@Ines",
            "error owner-changed: @Ines is the new owner and cannot approve this",
        ),
        (
            ("--severity", "near-miss"),
            "@dana",
            "error severity-lowered: @dana is an author and cannot approve this",
        ),
    ],
)
def test_who_has_a_part_in_it_does_not_approve(
    desk: Desk, arguments: tuple[str, ...], approver: str, said: str
) -> None:
    before = desk.read()
    ran = desk.run("amend", ID, *arguments, "--reason", "r", "--approved-by", approver)
    assert (ran.code, desk.read()) == (1, before)
    assert said in ran.output


def test_without_a_decision_only_what_tightens_is_written(desk: Desk) -> None:
    assert desk.run("amend", ID, "A2", "--deadline", "2026-10-20").code == 0
    ran = desk.run("amend", ID, "A2", "--deadline", "2026-12-20")
    assert (ran.code, "deadline-moved" in ran.output) == (1, True)
    assert (
        desk.run("amend", ID, "A2", "--deadline", "2026-12-20", "--reason", "r").error
        == "--reason and --approved-by belong together"
    )
