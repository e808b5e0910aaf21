"""``pmlint signoff``: the owner's word in each postmortem that waits for it."""

from __future__ import annotations

from tests.cli.desk import ALERT, FILE, Desk

ID = "PM-2026-001"


def settled(desk: Desk) -> None:
    """Everything but the sign-off is there, and merged."""
    desk.land_alert()
    desk.run("close", ID, "A2", "--proof", ALERT, "--verified-by", "@Ines")
    desk.run("meet", ID, "R1", "--proof", ALERT)
    desk.commit("A2 has landed, R1 is met")


def test_the_owner_signs(desk: Desk) -> None:
    settled(desk)
    before = desk.read()
    ran = desk.run("signoff", "refund-triage")
    row = len(before[: before.index("\n---\n## Business")].splitlines()) + 1
    assert ran.output == (
        f'wrote {FILE}\n+ {row}    signoff: {{by: "@maria", "on": 2026-10-15}}\n'
        "next: set the restart flag of 'refund-triage' in the same change, then the day of it: "
        "pmlint move PM-2026-001 closed --restarted DAY\n"
    )
    assert (
        desk.run("signoff", "refund-triage").output
        == "no postmortem of 'refund-triage' waits for a sign-off\n"
    )


def test_nothing_is_signed_before_it_is_there(desk: Desk) -> None:
    ran = desk.run("signoff", "refund-triage")
    assert (ran.code, ran.output) == (
        1,
        f"{FILE}:56:1: error early-signoff: PM-2026-001 is not ready to be signed off: A2 is open, R1 is not met\n"
        "  help: 'pmlint why refund-triage' says what releases it\n",
    )


def test_only_the_owner_signs(desk: Desk) -> None:
    settled(desk)
    ran = desk.run("signoff", "refund-triage", "--by", "@tom")
    assert (ran.code, ran.output.splitlines()[0]) == (
        1,
        "routes/refund-triage.yaml:1:1: error signed-by-another: 'refund-triage' is owned by @maria, not by @tom",
    )
    assert desk.run("signoff", "refund-triag")[2:] == (
        "there is no route 'refund-triag'",
        "did you mean 'refund-triage'?",
    )
    assert (
        desk.run("signoff", "refund-triage", "--expires", "2026-12-01").error
        == "--expires belongs to --key"
    )


def test_one_that_is_not_ready_waits(desk: Desk) -> None:
    settled(desk)
    desk.write(
        "postmortems/PM-2026-002.md",
        desk.read()
        .replace(ID, "PM-2026-002")
        .replace("met: true", "met: false")
        .replace("evidence/PM-2026-002", f"evidence/{ID}"),
    )
    desk.commit("It happened again")
    ran = desk.run("signoff", "refund-triage")
    assert ran.output.startswith(
        "not signed: PM-2026-002 is not ready to be signed off: R1 is not met\nwrote"
    )
    assert "signoff" in desk.read()
    assert "signoff" not in desk.read("postmortems/PM-2026-002.md")


def test_what_is_met_on_the_branch_counts_from_the_next_change_on(desk: Desk) -> None:
    desk.land_alert()
    desk.git("checkout", "--quiet", "-b", "branch")
    desk.run("close", ID, "A2", "--proof", ALERT, "--verified-by", "@Ines")
    desk.run("meet", ID, "R1", "--proof", ALERT)
    ran = desk.run("signoff", "refund-triage")
    assert ran.output.splitlines()[-1] == (
        "next: merge it; set the restart flag of 'refund-triage' in the change after it: what is met or closed here counts from then on"
    )


def test_of_several_routes_the_review_stays_open(desk: Desk) -> None:
    desk.write(
        "routes/other.yaml",
        desk.read("routes/refund-triage.yaml").replace("id: refund-triage", "id: other"),
    )
    desk.edit("routes: [refund-triage]", "routes: [refund-triage, other]")
    settled(desk)
    ran = desk.run("signoff", "refund-triage")
    assert ran.output.endswith(
        "then the day of it: pmlint amend PM-2026-001 --set clocks.restart=DAY\n"
    )


def held_elsewhere(desk: Desk) -> None:
    """The review holds a route of another repository, and everything but the sign-off is there."""
    desk.write(
        "pmlint.toml",
        'repository = "github.com/acme/reviews"\n[repositories]\nmail = "github.com/acme/mail"\n',
    )
    desk.edit("routes: [refund-triage]", "routes: [refund-triage, mail//desk]")
    settled(desk)


def test_the_owner_of_a_route_of_another_repository_signs(desk: Desk) -> None:
    held_elsewhere(desk)
    ran = desk.run("signoff", "mail//desk", "--by", "@tom")
    row = next(n for n, line in enumerate(desk.read().splitlines(), 1) if "signoff:" in line)
    assert (ran.code, ran.output) == (
        0,
        f'wrote {FILE}\n+ {row}    signoff: {{by: "@tom", "on": 2026-10-15}}\n'
        "next: merge it; with the next ledger 'github.com/acme/mail//desk' may be restored in github.com/acme/mail\n",
    )


def test_what_a_sign_off_for_another_repository_needs(desk: Desk) -> None:
    held_elsewhere(desk)
    name = "github.com/acme/mail//desk"
    assert desk.run("signoff", "mail//desk")[2:] == (
        f"the owner of '{name}' is not known here",
        "name who signs: --by @maria",
    )
    assert desk.run("signoff", "mail//desk", "--by", "@tom", "--key", "key")[2:] == (
        f"--key signs the file of a route, and that of '{name}' is in another repository",
        "sign there, or record the sign-off here without --key",
    )
    assert desk.run("signoff", "mail//desc", "--by", "@tom")[2:] == (
        "no postmortem here names the route 'github.com/acme/mail//desc'",
        f"did you mean '{name}'?",
    )


def test_without_a_people_file_nobody_signs_for_another_repository(desk: Desk) -> None:
    """Any name that somebody makes up would do, and nobody here knows the owner over there."""
    (desk.root / "people.yaml").unlink()
    held_elsewhere(desk)
    ran = desk.run("signoff", "mail//desk", "--by", "@anybody")
    assert (ran.code, ran.output.splitlines()[0].partition(": error ")[2]) == (
        1,
        "signed-by-another: PM-2026-001: no people file names who may sign for "
        "'github.com/acme/mail//desk'",
    )


def test_a_route_of_another_repository_is_named_by_new_and_why(desk: Desk) -> None:
    held_elsewhere(desk)
    skeleton = desk.run("new", "Again", "--route", "mail//desk", "--stdout")
    assert "\nroutes: [mail//desk]\n" in skeleton.output
    assert desk.run("new", "Again", "--route", "mial//desk")[2:] == (
        "--route 'mial//desk' is in a repository that is not known",
        "did you mean 'mail'?",
    )
    assert desk.run("new", "Again", "--route", "https://github.com/acme/mail//desk")[2:] == (
        "--route: 'https://github.com/acme/mail//desk' has a scheme",
        "write host/owner/name//id",
    )
    assert desk.run("why", "desk")[2:] == (
        "there is no route 'desk'",
        "did you mean 'github.com/acme/mail//desk'?",
    )
