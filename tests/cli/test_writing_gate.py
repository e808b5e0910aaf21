"""A verb writes nothing that the gate would refuse, or that nobody could judge."""

from __future__ import annotations

from tests.cli.desk import ALERT, FILE, Desk

CLOSE = ("close", "PM-2026-001", "A2", "--verified-by", "@maria", "--proof")


def test_what_git_cannot_judge_is_not_written(desk: Desk) -> None:
    """A policy of HEAD that cannot be read: without it nobody knows what the edit would be judged
    by.
    """
    desk.land_alert()
    desk.write("policies/broken.yaml", "id: broken\n")
    desk.commit("a policy")
    (desk.root / "policies/broken.yaml").unlink()
    before = desk.read()
    ran = desk.run(*CLOSE, ALERT)
    assert (ran.code, ran.error) == (2, "'policy' has no 'applies_to'")
    assert desk.read() == before


def test_where_approvals_are_asked_for_the_proof_is_judged_as_everywhere(desk: Desk) -> None:
    desk.write("pmlint.toml", '[gate]\napprovals = "forge"\n')
    desk.commit("approvals")
    commit = desk.land_alert()
    (desk.root / ALERT).unlink()
    desk.commit("taken out again")
    before = desk.read()
    ran = desk.run(*CLOSE, commit)
    assert (ran.code, "closed-without-proof" in ran.output) == (1, True), ran
    assert desk.read() == before


def test_who_approves_at_the_forge_is_not_asked_of_a_verb(desk: Desk) -> None:
    desk.write("pmlint.toml", '[gate]\napprovals = "forge"\n')
    desk.commit("approvals")
    desk.land_alert()
    assert desk.run(*CLOSE, ALERT).code == 0
    assert "status: done" in desk.read(FILE)


def test_what_was_not_judged_before_is_said(desk: Desk) -> None:
    desk.land_alert()
    desk.write("routes/other.yaml", "id: [\n")
    ran = desk.run(*CLOSE, ALERT)
    assert ran.code == 0
    assert ran.error.startswith("not judged: routes/other.yaml: "), ran


def test_an_error_that_got_shorter_is_not_a_new_one(desk: Desk) -> None:
    """A route that runs while its review is open is an error, and closing one of the two actions
    must not be refused for it.
    """
    desk.land_alert()
    desk.edit("restart: false", "restart: true", "routes/refund-triage.yaml")
    desk.edit("status: accepted", "status: in-review")
    desk.commit("It runs")
    assert "while PM-2026-001, PM-2026-001 A2 are open" in desk.run("check").output
    assert desk.run(*CLOSE, ALERT).code == 0
    assert "while PM-2026-001 is open" in desk.run("check").output


def test_a_review_is_withdrawn_while_its_route_runs(desk: Desk) -> None:
    desk.edit("restart: false", "restart: true", "routes/refund-triage.yaml")
    desk.edit("status: accepted", "status: in-review")
    desk.commit("It runs")
    ran = desk.run(
        "move",
        "PM-2026-001",
        "withdrawn",
        "--reason",
        "it was a test of the vendor",
        "--approved-by",
        "@maria",
    )
    assert ran.code == 0, ran


def test_a_wrong_value_over_a_wrong_one_is_refused(desk: Desk) -> None:
    desk.edit("opened: 2026-09-", "opened: 2026-99-")
    desk.commit("A slip")
    ran = desk.run("amend", "PM-2026-001", "--set", "opened=soon")
    assert (ran.code, "'opened' is 'soon'" in ran.output) == (1, True), ran
