"""``pmlint meet``: a restart condition is met, with proof."""

from __future__ import annotations

from tests.cli.desk import ALERT, Desk

ID = "PM-2026-001"


def test_a_condition_is_met_with_proof(desk: Desk) -> None:
    desk.land_alert()
    before = desk.read()
    ran = desk.run("meet", ID, "R1", "--proof", ALERT)
    met = f"met: true, met_on: 2026-10-15, proof: [{{path: {ALERT}, blob: {desk.blob(ALERT)}}}]}}"
    assert desk.read() == before.replace("met: false}", met)
    assert ran.output.endswith("next: merge it; still open in PM-2026-001: A2\n")
    assert desk.run("meet", ID, "R2", "--proof", ALERT)[2:] == (
        "PM-2026-001 has no condition 'R2'",
        "its conditions are R1",
    )


def test_an_older_proof_says_why_and_who_approved_it(desk: Desk) -> None:
    desk.land_alert()
    meet = ("meet", ID, "R1", "--proof", ALERT, "--older", "it landed that night")
    ran = desk.run(*meet, "--approved-by", "maria", "--diff")
    assert 'older: {reason: it landed that night, approved_by: "@maria"}}' in ran.output
    assert desk.run(*meet)[2] == "--older and --approved-by belong together"
    refused = desk.run(*meet, "--approved-by", "@dana")
    assert (refused.code, refused.output.split(": ", 1)[1].splitlines()[0]) == (
        1,
        "error proof-too-old: @dana is an author and cannot approve this",
    )
    assert desk.run(*meet[:-1], "two\nlines", "--approved-by", "maria")[2:] == (
        "--older is not a sentence on one line",
        'write --older "it landed during the incident"',
    )
