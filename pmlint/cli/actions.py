"""``pmlint actions``: the open actions of the whole repository."""

from __future__ import annotations

import click

from pmlint.cli.project import find, today
from pmlint.cli.table import table
from pmlint.engine import check_tree
from pmlint.holds import same


@click.command("actions")
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed.")
@click.option("--owner", metavar="HANDLE", help="Only those of one person.")
@click.option("--route", metavar="ROUTE", help="Only those of one route.")
@click.option("--now", metavar="DATE", help="What day it is.")
def command(overdue: bool, owner: str | None, route: str | None, now: str | None) -> None:
    """List the open actions of the whole repository, the oldest deadline first."""
    project = find()
    day = today(now)
    index = check_tree(project.tree, project.settings, day).index
    rows = []
    for facts in index.postmortems if route is None else index.linked(route):
        for action in facts.actions:
            late = action.deadline is not None and action.deadline < day
            if action.open and (late or not overdue) and (owner is None or same(owner, action.owner)):
                deadline = action.deadline.isoformat() if action.deadline else "-"
                rows.append((deadline, "overdue" if late else "", facts.id, action.id, action.owner or "nobody", action.open, action.title))
    rows.sort()
    click.echo(table(("deadline", "", "postmortem", "action", "owner", "why open", "title"), rows) if rows else "No open actions")
