"""``pmlint routes``: the routes and what holds them."""

from __future__ import annotations

import json
from datetime import date

import click

from pmlint.check.engine import check_tree
from pmlint.cli.project import find, judged_day
from pmlint.cli.table import BAD, GOOD, show
from pmlint.model import Route
from pmlint.output.json import VERSION
from pmlint.project.holds import Hold
from pmlint.project.index import Index

EXAMPLES = """
\b
Examples:
  pmlint routes
  pmlint routes --output-format json | jq -r '.routes[] | select(.held) | .route'
"""


@click.command("routes", epilog=EXAMPLES)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    allow_from_autoenv=False,
    help="A table, or data.",
)
@click.option("--now", metavar="DATE", help="What day it is.")
def command(output_format: str, now: str | None) -> None:
    """List the routes: state, open actions, oldest deadline, held or free."""
    project = find()
    index = check_tree(
        project.tree, project.settings, judged_day(now, project.settings.timezone)
    ).index
    found = [
        _facts(route, index)
        for route in sorted(index.routes, key=lambda route: (route.id, route.file))
    ]
    if output_format == "json":
        click.echo(json.dumps({"version": VERSION, "routes": found}, indent=2))
        return
    show(
        ("route", "state", "flag", "open actions", "oldest deadline", "held or free"),
        list(map(_row, found)),
        {"held": BAD, "free": GOOD},
    )


def _facts(route: Route, index: Index) -> dict[str, object]:
    holds = index.held_by(route.id)
    return {
        "route": route.id,
        "path": route.file,
        "owner": route.owner,
        "state": route.state or None,
        "restart_flags": [flag.name for flag in route.raised],
        "open_actions": sum(1 for hold in holds if hold.kind == "action"),
        "oldest_deadline": _day(
            min((hold.deadline for hold in holds if hold.deadline), default=None)
        ),
        "held": bool(holds),
        "held_by": [_hold(hold) for hold in holds],
    }


def _hold(hold: Hold) -> dict[str, object]:
    """A hold with the names that ``pmlint gate --output-format json`` gives."""
    data = hold._asdict()
    return {
        "postmortem": data.pop("postmortem"),
        "kind": data.pop("kind"),
        "action": data.pop("subject"),
        **data,
        "deadline": _day(hold.deadline),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _row(facts: dict[str, object]) -> tuple[str, ...]:
    flag, held = "up" if facts["restart_flags"] else "down", "held" if facts["held"] else "free"
    return tuple(
        str(cell or "-")
        for cell in (
            facts["route"],
            facts["state"],
            flag,
            str(facts["open_actions"]),
            facts["oldest_deadline"],
            held,
        )
    )
