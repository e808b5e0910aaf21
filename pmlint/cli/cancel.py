"""``pmlint cancel``: an action is not done after all, for a reason that somebody approved."""

from __future__ import annotations

import click

from pmlint.cli.writing import Desk, at_desk, edited, land, writes
from pmlint.edit import changed
from pmlint.edit.approver import one_line, require_other
from pmlint.edit.life import cancelling, next_step
from pmlint.edit.record import find_review, handle, known_people
from pmlint.edit.refusal import refused
from pmlint.model import Postmortem
from pmlint.project.holds import is_open

EXAMPLES = """
\b
Example:
  pmlint cancel PM-2026-001 A2 --reason "the tool was removed" --approved-by @dana
"""


@click.command("cancel", epilog=EXAMPLES)
@click.argument("record", metavar="ID")
@click.argument("action")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is not done, in a sentence.")
@click.option(
    "--approved-by",
    required=True,
    metavar="HANDLE",
    help="Who approved it; neither its owner nor an author.",
)
@writes
def command(
    record: str, action: str, reason: str, approved_by: str, diff: bool, now: str | None
) -> None:
    """Cancel ACTION of postmortem ID.

    A cancelled action no longer blocks the route, from the next change on. For people alone: the
    gate refuses it in an agent's change.
    """

    def work(desk: Desk) -> None:
        project = desk.project
        review = find_review(project.tree, project.settings, record)
        found = review.action(action)
        people = known_people(project.tree, project.settings)
        approver = handle(approved_by, people, "--approved-by")
        subject = f"{review.postmortem.id}#{found.id}"
        # What is done holds nothing any more; to cancel it would only take the proof away. A status
        # that somebody wrote by hand, without reason and approver, still wants both.
        is_settled = not is_open(found, review.postmortem)
        if found.status in ("done", "cancelled") and is_settled:
            raise refused(
                "cancelled-without-approval",
                f"{found.id} is {found.status}",
                review.document,
                found.at / "status",
                subject=subject,
                help="only an open action can be cancelled",
            )
        authors = [(author, "an author") for author in review.postmortem.authors]
        require_other(
            approver,
            [(found.owner, f"the owner of {found.id}"), *authors],
            code="cancelled-without-approval",
            document=review.document,
            at=found.at,
            subject=subject,
        )
        after = changed(
            review.document, *cancelling(review.postmortem, found, one_line(reason), approver)
        )
        left = Postmortem(after.data, review.file, after.body)
        land(desk, [edited(review.document, after)], next_step=next_step(left), diff=diff)

    at_desk(now, work)
