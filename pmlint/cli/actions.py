"""``pmlint actions``: the open actions of the whole repository."""

from __future__ import annotations

import json
from datetime import date

import click

from pmlint.check.engine import check_tree
from pmlint.cli.completion import route_ids
from pmlint.cli.project import find, judged_day
from pmlint.cli.table import BAD, show
from pmlint.output.json import VERSION
from pmlint.project.holds import same
from pmlint.project.index import ActionFacts, PostmortemFacts

EXAMPLES = """
\b
Examples:
  pmlint actions --overdue
  pmlint actions --owner @maria
  pmlint actions --route refund-triage --output-format json
"""


@click.command("actions", epilog=EXAMPLES)
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed.")
@click.option("--owner", metavar="HANDLE", help="Only those of one person.")
@click.option("--route", metavar="ROUTE", help="Only those of one route.", shell_complete=route_ids)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    allow_from_autoenv=False,
    help="A table, or data.",
)
@click.option("--now", metavar="DATE", help="What day it is.")
def command(
    overdue: bool, owner: str | None, route: str | None, output_format: str, now: str | None
) -> None:
    """List the open actions of the whole repository, the oldest deadline first."""
    project = find()
    day = judged_day(now, project.settings.timezone)
    index = check_tree(project.tree, project.settings, day).index
    found = [
        (facts, action)
        for facts in (index.postmortems if route is None else index.linked(route))
        for action in facts.actions
        if action.open
        and (not overdue or _late(action, day))
        and (owner is None or same(owner, action.owner))
    ]
    found.sort(key=lambda pair: (pair[1].deadline or date.max, pair[0].id, pair[1].id))
    if output_format == "json":
        click.echo(
            json.dumps(
                {"version": VERSION, "actions": [_facts(*pair, day) for pair in found]}, indent=2
            )
        )
    elif found:
        show(
            ("deadline", "", "postmortem", "action", "owner", "why open", "title"),
            [_row(*pair, day) for pair in found],
            {"overdue": BAD},
        )
    else:
        click.echo("No open actions")


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
    deadline, late = str(action.deadline or "-"), "overdue" if _late(action, day) else ""
    return (
        deadline,
        late,
        facts.id,
        action.id,
        action.owner or "nobody",
        action.open,
        action.title,
    )
