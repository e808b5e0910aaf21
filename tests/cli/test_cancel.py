"""``pmlint cancel``: an action that is not done after all."""

from __future__ import annotations

from tests.cli.desk import FILE, Desk

ID = "PM-2026-001"


def test_an_action_is_cancelled(desk: Desk) -> None:
    before = desk.read()
    ran = desk.run("cancel", ID, "A2", "--reason", "the tool was removed", "--approved-by", "ines")
    written = '    status: cancelled\n    cancelled: {reason: the tool was removed, approved_by: "@Ines"}\n'
    assert desk.read() == before.replace("    status: open\n", written)
    assert ran.output.endswith(
        "next: merge it; when R1 holds: pmlint meet PM-2026-001 R1 --proof PROOF\n"
    )
    again = desk.run("cancel", ID, "A2", "--reason", "r", "--approved-by", "@Ines")
    assert (again.code, again.output.splitlines()[0]) == (
        1,
        f"{FILE}:55:13: error cancelled-without-approval: A2 is cancelled",
    )


def test_its_owner_does_not_approve(desk: Desk) -> None:
    ran = desk.run("cancel", ID, "A2", "--reason", "r", "--approved-by", "@tom")
    assert (ran.code, ran.output.splitlines()[0]) == (
        1,
        f"{FILE}:48:5: error cancelled-without-approval: @tom is the owner of A2 and cannot approve this",
    )
    two_lines = desk.run("cancel", ID, "A2", "--reason", "a\nb", "--approved-by", "@Ines")
    assert two_lines.error == "--reason is not a sentence on one line"
