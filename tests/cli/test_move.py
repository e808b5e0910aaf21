"""``pmlint move``: statuses of postmortems and actions, and what binds there."""

from __future__ import annotations

import pytest

from tests.cli.desk import ALERT, FILE, Desk

ID = "PM-2026-001"


def test_an_action_is_started_and_opened_again(desk: Desk) -> None:
    before = desk.read()
    ran = desk.run("move", ID, "A2", "in-progress")
    assert ran.output == (
        f"wrote {FILE}\n- 55      status: open\n+ 55      status: in-progress\n"
        "next: merge it; when it has landed: pmlint close PM-2026-001 A2 --proof PROOF --verified-by HANDLE\n"
    )
    assert desk.run("move", ID, "A2", "open").code == 0
    assert desk.read() == before
    assert desk.run("move", ID, "A2", "open").error == "PM-2026-001 A2 is 'open' already"


def test_opening_again_takes_the_closing_and_its_sign_off_out(desk: Desk) -> None:
    desk.land_alert()
    for verb in (
        ("close", ID, "A2", "--proof", ALERT, "--verified-by", "@Ines"),
        ("meet", ID, "R1", "--proof", ALERT),
    ):
        assert desk.run(*verb).code == 0
    desk.commit("A2 has landed, R1 is met")
    assert desk.run("signoff", "refund-triage").code == 0
    desk.commit("Signed off")
    assert desk.run("move", ID, "A2", "open").code == 0
    for field in ('verified_by: "@Ines"', "done_on", "signoff"):
        assert field not in desk.read()
    assert desk.read().count(desk.blob(ALERT)) == 1  # that of R1


def test_closed_asks_for_everything(desk: Desk) -> None:
    ran = desk.run("move", ID, "closed")
    assert (ran.code, ran.output) == (
        1,
        f"{FILE}:4:9: error closed-while-open: PM-2026-001 cannot be closed yet: A2 is open, R1 is not met, "
        "the restart is not signed off\n  help: 'pmlint actions --postmortem PM-2026-001' lists what is open\n",
    )


def test_what_is_left_before_the_end_has_its_own_verb(desk: Desk) -> None:
    """`actions` lists no conditions and no sign-off."""
    desk.land_alert()
    desk.run("close", ID, "A2", "--proof", ALERT, "--verified-by", "@Ines")
    helps = [desk.run("move", ID, "closed").output.splitlines()[1]]
    desk.run("meet", ID, "R1", "--proof", ALERT)
    helps.append(desk.run("move", ID, "closed").output.splitlines()[1])
    assert helps == [
        "  help: pmlint meet PM-2026-001 R1 --proof COMMIT|PATH|URI",
        "  help: let the route's owner run pmlint signoff refund-triage",
    ]


def test_accepted_asks_the_rules_of_accepted(desk: Desk) -> None:
    desk.edit("status: accepted", "status: in-review")
    desk.commit("It is in review")
    assert desk.run("move", ID, "accepted", "--diff").code == 0
    desk.edit('    owner: "@tom"\n', "")
    desk.commit("Nobody owns A2")
    before = desk.read()
    ran = desk.run("move", ID, "accepted")
    assert (ran.code, desk.read()) == (1, before)
    assert ran.output.startswith(f"{FILE}:48:5: error action-owner: A2 has no owner\n  help: ")


@pytest.mark.parametrize("status", ["in-review", "accepted"])
def test_nothing_moves_back(desk: Desk, status: str) -> None:
    desk.edit("status: accepted", "status: closed")
    desk.commit("It is closed")
    ran = desk.run("move", ID, status)
    assert (ran.code, ran.output) == (
        1,
        f"{FILE}:4:9: error status-set-back: PM-2026-001 is 'closed' and does not move back to '{status}'\n"
        f"  help: pmlint amend PM-2026-001 --set status={status} --reason REASON --approved-by HANDLE\n",
    )


def test_a_move_that_was_not_merged_is_taken_back(desk: Desk) -> None:
    desk.edit("status: accepted", "status: in-review")
    desk.commit("It is in review")
    desk.git("checkout", "--quiet", "-b", "branch")
    assert desk.run("move", ID, "accepted").code == 0
    desk.commit("Accepted too early")
    ran = desk.run("move", ID, "in-review")
    assert (ran.code, ran.output.splitlines()[1:3]) == (
        0,
        ["-  4  status: accepted", "+  4  status: in-review"],
    )


def test_the_places_to_fill_are_one_finding(desk: Desk) -> None:
    assert desk.run("new", "Refunds were paid twice", "--route", "refund-triage").code == 0
    ran = desk.run("move", "PM-2026-002", "in-review")
    assert (ran.code, ran.output.count("error placeholder")) == (1, 1)
    assert (
        ":5:11: error placeholder: 21 places to fill: lines 5, 6, 8, 10, 12, 14, 15, 16, 17, 19, ...\n"
        in ran.output
    )


def test_withdrawn_needs_a_reason_and_somebody_else(desk: Desk) -> None:
    assert desk.run("move", ID, "withdrawn").error == "'withdrawn' needs --reason and --approved-by"
    why = ("--reason", "a duplicate", "--approved-by")
    assert desk.run("move", ID, "withdrawn", *why, "@dana").output.splitlines()[0] == (
        f"{FILE}:8:1: error withdrawn-without-approval: @dana is an author and cannot approve this"
    )
    desk.run("move", ID, "withdrawn", *why, "@maria")
    assert "status: withdrawn\n" in desk.read()
    assert 'withdrawn: {reason: a duplicate, approved_by: "@maria"}\n' in desk.read()


@pytest.mark.parametrize(
    ("arguments", "error", "help"),
    [
        (
            ("banana",),
            "'banana' is not a status to move to",
            "it is one of in-review, accepted, closed, withdrawn",
        ),
        (("done",), "'done' is not a status to move to", "did you mean 'closed'?"),
        (("approved",), "'approved' is not a status to move to", "did you mean 'accepted'?"),
        (("in-reviev",), "'in-reviev' is not a status to move to", "did you mean 'in-review'?"),
        (
            ("A2", "done"),
            "'done' is not a status to move to",
            "pmlint close PM-2026-001 A2 --proof COMMIT|PATH|URI --verified-by HANDLE",
        ),
        (("A2", "opne"), "'opne' is not a status to move to", "did you mean 'open'?"),
        (("A7", "open"), "PM-2026-001 has no action 'A7'", "its actions are A1, A2"),
        (("accepted",), "PM-2026-001 is 'accepted' already", ""),
        (
            ("closed", "--restarted", "soon"),
            "--restarted 'soon' is not a day or a moment",
            "write 2026-11-24, or 2026-11-24T09:40:00+02:00",
        ),
    ],
)
def test_what_is_no_move(desk: Desk, arguments: tuple[str, ...], error: str, help: str) -> None:
    if "--restarted" in arguments:
        desk.edit(
            "    status: open\n",
            "    status: cancelled\n    cancelled: {reason: r, approved_by: '@Ines'}\n",
        )
        desk.edit("met: false}", "met: true}\n  signoff: {by: '@maria', on: 2026-10-01}")
    ran = desk.run("move", ID, *arguments)
    assert (ran.code, ran.error, ran.help) == (2, error, help)
