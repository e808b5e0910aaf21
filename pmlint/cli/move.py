"""``pmlint move``: the next status of a postmortem, or of one of its actions."""

from __future__ import annotations

import click

from pmlint.cli.writing import Desk, at_desk, edited, land, writes
from pmlint.edit import Change, changed
from pmlint.edit.approver import one_line, require_other
from pmlint.edit.life import before_closing, moving, to_settle, withdrawing
from pmlint.edit.record import Review, find_review, handle, known_people
from pmlint.edit.refusal import refused
from pmlint.errors import UsageError
from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.suggestions import meant_value
from pmlint.place import Path
from pmlint.project.holds import same

STATUSES = ("in-review", "accepted", "closed", "withdrawn")
"""Where a postmortem moves to; nothing moves back to 'draft'."""
ORDER = ("draft", "in-review", "accepted", "closed")
STATES = ("open", "in-progress")
"""Where an action moves to; 'done' and 'cancelled' have verbs of their own."""
NEXT = {
    "in-review": "merge it; when the team agrees: pmlint move {id} accepted",
    "accepted": "merge it; 'pmlint actions --postmortem {id}' lists what has to land",
    "closed": "merge it; nothing of {id} is left to do",
    "withdrawn": "merge it; a withdrawn review frees no route",
}
EXAMPLES = """
\b
Examples:
  pmlint move PM-2026-001 in-review
  pmlint move PM-2026-001 A2 in-progress
  pmlint move PM-2026-001 closed --restarted 2026-11-24
  pmlint move PM-2026-001 withdrawn --reason "a duplicate of PM-2026-002" --approved-by @dana
"""


@click.command("move", epilog=EXAMPLES)
@click.argument("record", metavar="ID")
@click.argument("target", nargs=-1, required=True, metavar="[ACTION] STATUS")
@click.option(
    "--restarted", metavar="DAY|MOMENT", help="When the route was trusted again; with 'closed'."
)
@click.option("--reason", metavar="TEXT", default="", help="Why; with 'withdrawn'.")
@click.option(
    "--approved-by", metavar="HANDLE", default="", help="Who approved it; with 'withdrawn'."
)
@writes
def command(
    record: str,
    target: tuple[str, ...],
    restarted: str | None,
    reason: str,
    approved_by: str,
    diff: bool,
    now: str | None,
) -> None:
    """Change the status of a postmortem, if the rules of the new status pass.

    A postmortem ID moves to in-review, accepted, closed or withdrawn; an ACTION of it to open or
    in-progress. All but in-review is for people alone: the gate refuses it in an agent's change.
    """
    if len(target) > 2:
        raise click.UsageError(f"unexpected argument '{target[2]}'")
    status = target[-1]
    _known(status, record, *target[:-1])

    def work(desk: Desk) -> None:
        review = find_review(desk.project.tree, desk.project.settings, record)
        if len(target) == 2:
            _move_action(desk, review, target[0], status, diff=diff)
            return
        changes = _status(desk, review, status, restarted, reason, approved_by)
        after = changed(review.document, *changes)
        step = NEXT[status].format(id=review.postmortem.id)
        # A review that was a mistake need not be free of errors to be withdrawn.
        binding = () if status == "withdrawn" else (review.file,)
        land(desk, [edited(review.document, after)], next_step=step, diff=diff, binding=binding)

    at_desk(now, work)


def _known(status: str, record: str, action: str = "") -> None:
    """Raises `UsageError` for a status that nothing moves to, with the verb that sets it."""
    known = STATES if action else STATUSES
    if status in known:
        return
    # "done" needs a proof and "cancelled" an approver, so a bare status is never written.
    verbs = {
        "done": f"pmlint close {record} {action} --proof COMMIT|PATH|URI --verified-by HANDLE",
        "cancelled": f"pmlint cancel {record} {action} --reason REASON --approved-by HANDLE",
    }
    help = verbs.get(status, "") if action else ""
    listed = f"it is one of {', '.join(known)}"
    raise UsageError(
        f"'{status}' is not a status to move to", help=help or meant_value(status, known) or listed
    )


def _move_action(desk: Desk, review: Review, name: str, status: str, *, diff: bool) -> None:
    action = review.action(name)
    subject = f"{review.postmortem.id} {action.id}"
    if action.status == status:
        raise UsageError(f"{subject} is '{status}' already", file=review.file)
    after = changed(review.document, *moving(review.postmortem, action, status))
    step = (
        f"merge it; when it has landed: pmlint close {subject} --proof PROOF --verified-by HANDLE"
    )
    land(desk, [edited(review.document, after)], next_step=step, diff=diff)


def _status(
    desk: Desk,
    review: Review,
    status: str,
    restarted: str | None,
    reason: str,
    approved_by: str,
) -> list[Change]:
    """The changes of a move. Raises `Refused` for one back, `UsageError` for missing options."""
    now = review.postmortem.status
    # A withdrawal that somebody wrote by hand, without reason and approver, still wants both.
    is_half_written = now == "withdrawn" and not _is_approved(review)
    if now == status and not is_half_written:
        raise UsageError(f"{review.postmortem.id} is '{status}' already", file=review.file)
    # A withdrawn review frees nothing and comes back by an amendment alone (docs/spec/gate.md, 4).
    is_back = (now == "withdrawn" and status != now) or (
        status in ORDER and now in ORDER and ORDER.index(status) < ORDER.index(now)
    )
    if is_back and _is_on_base(desk, review):
        raise refused(
            "status-set-back",
            f"{review.postmortem.id} is '{now}' and does not move back to '{status}'",
            review.document,
            Path() / "status",
            subject=review.postmortem.id,
            help=f"pmlint amend {review.postmortem.id} --set status={status} --reason REASON "
            "--approved-by HANDLE",
        )
    if restarted and status != "closed":
        raise UsageError("--restarted belongs to 'closed'", help="pmlint move ID closed")
    if status == "withdrawn":
        return _withdrawn(desk, review, reason, approved_by)
    if reason or approved_by:
        raise UsageError("--reason and --approved-by belong to 'withdrawn'", help="leave them out")
    if status == "closed" and (left := before_closing(review.postmortem)):
        raise refused(
            "closed-while-open",
            f"{review.postmortem.id} cannot be closed yet: {', '.join(left)}",
            review.document,
            Path() / "status",
            subject=review.postmortem.id,
            help=to_settle(review.postmortem),
        )
    changes = [Change(Path() / "status", status)]
    if restarted:
        changes.append(Change(Path() / "clocks" / "restart", _moment(restarted), whole=True))
    return changes


def _is_on_base(desk: Desk, review: Review) -> bool:
    """Whether the base has the status of the review, or nobody can tell. One that was not merged
    yet is a slip, which its author takes back as it was made.
    """
    if desk.history is None:
        return True
    try:
        merged = find_review(desk.history.tree(), desk.project.settings, review.postmortem.id)
    except UsageError:  # it is not there
        return False
    return merged.postmortem.status == review.postmortem.status


def _is_approved(review: Review) -> bool:
    """Whether a withdrawal names a reason and an approver other than its authors."""
    given = review.postmortem.withdrawn
    authors = review.postmortem.authors
    return given.given and not any(same(given.approved_by, author) for author in authors)


def _withdrawn(desk: Desk, review: Review, reason: str, approved_by: str) -> list[Change]:
    if not reason or not approved_by:
        raise UsageError(
            "'withdrawn' needs --reason and --approved-by",
            help='--reason "a duplicate of PM-2026-002" --approved-by @dana',
        )
    people = known_people(desk.project.tree, desk.project.settings)
    approver = handle(approved_by, people, "--approved-by")
    require_other(
        approver,
        [(author, "an author") for author in review.postmortem.authors],
        code="withdrawn-without-approval",
        document=review.document,
        at=Path() / "authors",
        subject=review.postmortem.id,
    )
    return withdrawing(one_line(reason), approver)


def _moment(text: str) -> str:
    if parse_date(text) is None and parse_moment(text) is None:
        raise UsageError(
            f"--restarted '{text}' is not a day or a moment",
            help="write 2026-11-24, or 2026-11-24T09:40:00+02:00",
        )
    return text
