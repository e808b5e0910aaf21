"""``pmlint amend``: moves a deadline or an owner, and records why and who approved it."""

from __future__ import annotations

from datetime import date

import click

from pmlint.cli.completion import action_ids, postmortem_ids
from pmlint.cli.project import find, today
from pmlint.edit import Change, changed, unified
from pmlint.edit.action import Target, find_action, handle, read_people
from pmlint.errors import UsageError
from pmlint.model.dates import parse_date
from pmlint.parsing.escape import terminal
from pmlint.project.holds import independent, same

EXAMPLES = """
\b
Examples:
  pmlint amend PM-2026-001 A2 --deadline 2026-11-15 --reason "it ships in November" --approved-by @dana
  pmlint amend PM-2026-001 A2 --owner @tom --reason "Maria has left the team" --approved-by @dana --diff
"""


@click.command("amend", epilog=EXAMPLES)
@click.argument("postmortem", shell_complete=postmortem_ids)
@click.argument("action", shell_complete=action_ids)
@click.option("--deadline", metavar="DATE", help="The new deadline.")
@click.option("--owner", metavar="HANDLE", help="The new owner.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it moves, in a sentence.")
@click.option(
    "--approved-by",
    required=True,
    metavar="HANDLE",
    help="Who approved it: no owner of the action and no author.",
)
@click.option("--diff", is_flag=True, help="Show what would change and write nothing.")
@click.option("--now", metavar="DATE", help="What day it is.")
def command(
    postmortem: str,
    action: str,
    deadline: str | None,
    owner: str | None,
    reason: str,
    approved_by: str,
    diff: bool,
    now: str | None,
) -> None:
    """Move the deadline or the owner of ACTION of POSTMORTEM, and record it under 'amendments'."""
    project = find()
    day = today(now, project.settings.timezone)
    target = find_action(project.tree, project.settings, postmortem, action)
    people = read_people(project.tree, project.settings)
    moves: dict[str, str] = {}
    if deadline is not None:
        moves["deadline"] = _deadline(deadline, day)
    if owner is not None:
        moves["owner"] = handle(owner, people)
    approver = handle(approved_by, people)
    _may_move(target, moves, approver, reason)
    old = target.action.data
    changes: list[Change] = []
    for field, value in moves.items():
        entry = {
            "on": day.isoformat(),
            "field": field,
            "from": old[field],
            "to": value,
            "reason": reason,
            "approved_by": approver,
        }
        changes += [
            Change(target.action.at / field, value),
            Change(target.action.at / "amendments", entry, append=True),
        ]
    before, after = target.document.source, changed(target.document, *changes)
    if diff:
        click.echo(unified(before.file, before.text, after.source.text), nl=False)
        return
    from pmlint.parsing.writing import replace

    replace(project.root, before.file, before.text, after.source.text)
    moved = ", ".join(f"{field} {old[field]} → {value}" for field, value in moves.items())
    click.echo(terminal(f"wrote {before.file}: {action}, {moved}, approved by {approver}"))
    click.echo(terminal(f"next: commit it; 'pmlint check {before.file}' checks the rest"))


def _deadline(text: str, day: date) -> str:
    found = parse_date(text)
    if found is None:
        raise UsageError(f"'{text}' is not a date", help="write --deadline 2026-11-15")
    if found < day:
        raise UsageError(f"the deadline '{text}' is in the past", help=f"name a day from {day} on")
    return text


def _may_move(target: Target, moves: dict[str, str], approver: str, reason: str) -> None:
    """Raise `UsageError` for a move that nobody may make, or that moves nothing."""
    action = target.action
    file = target.postmortem.file
    if not moves:
        raise UsageError("nothing moves", help="add --deadline DATE or --owner HANDLE")
    if action.status in ("done", "cancelled"):
        raise UsageError(
            f"{action.id} is {action.status}: nothing is left to move",
            file=file,
            help="amend an open action",
        )
    if not reason.strip() or not reason.isprintable():
        raise UsageError(
            "the reason is not a sentence",
            help='write one line, such as --reason "the vendor ships in November"',
        )
    for field, value in moves.items():
        before = action.data.get(field)
        if not isinstance(before, str) or not before:
            help = f"write it into the file: the first {field} is no amendment"
            raise UsageError(f"{action.id} has no {field} that could move", file=file, help=help)
        if same(before, value):
            span = target.document.locate(action.at / field)
            raise UsageError(
                f"the {field} of {action.id} is '{before}' already",
                file=file,
                span=span,
                help="name another one",
            )
    if not independent(approver, action, target.postmortem) or same(
        approver, moves.get("owner", "")
    ):
        raise UsageError(
            f"'{approver}' can't approve it",
            help="name somebody who is neither its old or new owner nor an author",
        )
