"""``pmlint actions``: the open actions of the whole repository."""

from __future__ import annotations

from datetime import date, timedelta

import click

from pmlint.cli.names import require_person, require_postmortem, require_route
from pmlint.cli.project import find
from pmlint.cli.table import BAD, Heading, Listing, answer, asks, by_number
from pmlint.output.json import VERSION
from pmlint.project.days import today
from pmlint.project.holds import same
from pmlint.project.index import ActionFacts, Index, PostmortemFacts, read_index

EXAMPLES = """
\b
Examples:
  pmlint actions --overdue
  pmlint actions --owner @maria --due-in 14
  pmlint actions --route refund-triage --output-format csv
"""
COLUMNS = (
    Heading("deadline"),
    Heading(""),
    Heading("postmortem"),
    Heading("action"),
    Heading("owner"),
    Heading("why open", cut=True),
    Heading("title", cut=True),
)


@click.command("actions", epilog=EXAMPLES)
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed.")
@click.option(
    "--due-in",
    metavar="DAYS",
    type=click.IntRange(0),
    help="Only those whose deadline is within so many days, or has passed.",
)
@click.option("--owner", metavar="HANDLE", help="Only those of one person.")
@click.option("--route", metavar="ROUTE", help="Only those of one route.")
@click.option("--postmortem", metavar="ID", help="Only those of one postmortem.")
@asks
def command(
    overdue: bool,
    due_in: int | None,
    owner: str | None,
    route: str | None,
    postmortem: str | None,
    output_format: str,
    now: str | None,
) -> None:
    """List the open actions of the whole repository, the oldest deadline first."""
    project = find()
    clock = today(now, project.settings.timezone)
    day = clock.unended  # nobody is late on a day that they still have
    index = read_index(project.tree, project.settings)
    if owner is not None:
        require_person(owner, project, index, "--owner")
    # What is late is within any number of days: who plans a week must see it.
    last = None if due_in is None else day + timedelta(days=due_in)
    found = [
        (facts, action)
        for facts, action in _opened(index, route, postmortem)
        if (not overdue or _late(action, day))
        and (last is None or (action.deadline is not None and action.deadline <= last))
        and (owner is None or same(owner, action.owner))
    ]
    found.sort(
        key=lambda pair: (
            # Without a deadline last: nobody has promised a day.
            pair[1].deadline or date.max,
            by_number(pair[0].id),
            by_number(pair[1].id),
        )
    )
    table = Listing(COLUMNS, [_row(*pair, day) for pair in found], {"overdue": BAD})
    data = {"version": VERSION, "actions": [_facts(*pair, day) for pair in found]}
    answer(output_format, table, data, "no open actions")


def _opened(
    index: Index, route: str | None, postmortem: str | None
) -> list[tuple[PostmortemFacts, ActionFacts]]:
    """The open actions of everything, or of one route and one postmortem.

    Raises `UsageError` where there is no such route or postmortem.
    """
    found = index.postmortems
    if route is not None:
        require_route(route, index, "--route")
        found = index.linked(route)
    if postmortem is not None:
        require_postmortem(postmortem, index, "--postmortem")
        found = tuple(facts for facts in found if facts.id == postmortem)
    return [(facts, action) for facts in found for action in facts.actions if action.open]


def _late(action: ActionFacts, day: date) -> bool:
    return action.deadline is not None and action.deadline < day


def _facts(facts: PostmortemFacts, action: ActionFacts, day: date) -> dict[str, object]:
    return {
        "postmortem": facts.id,
        "action": action.id,
        "title": action.title,
        "layer": action.layer,
        "owner": action.owner or None,
        "deadline": action.deadline.isoformat() if action.deadline else None,
        "overdue": _late(action, day),
        "reason": action.open,
        "routes": list(facts.routes),
        "path": facts.file,
    }


def _row(facts: PostmortemFacts, action: ActionFacts, day: date) -> tuple[str, ...]:
    deadline = action.deadline.isoformat() if action.deadline else "-"
    late = "overdue" if _late(action, day) else ""
    owner = action.owner or "nobody"
    return (deadline, late, facts.id, action.id, owner, action.open, action.title)
