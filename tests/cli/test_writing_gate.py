"""A verb writes nothing that the gate would refuse, or that nobody could judge."""

from __future__ import annotations

from tests.cli.desk import ALERT, FILE, Desk

CLOSE = ("close", "PM-2026-001", "A2", "--verified-by", "@maria", "--proof")


def test_what_git_cannot_judge_is_not_written(desk: Desk) -> None:
    """A policy of HEAD that cannot be read: without it nobody knows what the edit would be judged by."""
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
