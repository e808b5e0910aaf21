"""``pmlint routes``: the routes and what holds them."""

from __future__ import annotations

import click

from pmlint.cli.project import find, today
from pmlint.cli.table import table
from pmlint.engine import check_tree


@click.command("routes")
@click.option("--now", metavar="DATE", help="What day it is.")
def command(now: str | None) -> None:
    """List the routes: state, open actions, oldest deadline, held or free."""
    project = find()
    index = check_tree(project.tree, project.settings, today(now)).index
    rows = []
    for route in index.routes:
        holds = index.held_by(route.id)
        deadlines = [hold.deadline for hold in holds if hold.deadline]
        actions = sum(1 for hold in holds if hold.kind == "action")
        flags = "up" if route.raised else "down"
        oldest = min(deadlines).isoformat() if deadlines else "-"
        rows.append((route.id, route.state or "-", flags, str(actions), oldest, "held" if holds else "free"))
    click.echo(table(("route", "state", "flag", "open actions", "oldest deadline", "held or free"), rows))
