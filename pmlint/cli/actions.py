"""``pmlint actions``: the open actions of the whole repository."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import click

from pmlint.cli.names import require_person, require_postmortem, require_route
from pmlint.cli.project import find
from pmlint.cli.table import BAD, Heading, Listing, answer, asks, by_number
from pmlint.output.json import VERSION
from pmlint.project.days import is_within, today
from pmlint.project.holds import same
from pmlint.tables.collect import TableRow, TableSource, by_table, read, rows_of

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


_TABLES = ("postmortems", "actions", "links")


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
    source = read(project.tree, project.settings, clock, _TABLES)
    if owner is not None:
        require_person(owner, project, source.documents, "--owner")
    # What is late is within any number of days: who plans a week must see it.
    found = [
        action
        for action in _opened(source, route, postmortem)
        if (not overdue or action.row["overdue"])
        and (due_in is None or is_within(due_in, day, action.deadline))
        and (owner is None or same(owner, action.row["owner"] or ""))
    ]
    found.sort(key=lambda action: action.order)
    table = Listing(COLUMNS, list(map(_row, found)), {"overdue": BAD})
    data = {"version": VERSION, "actions": list(map(_data, found))}
    answer(output_format, table, data, "no open actions")


class OpenAction(NamedTuple):
    """A row of the actions, with the file and the routes of its postmortem."""

    row: TableRow
    file: str
    routes: tuple[str, ...]

    @property
    def deadline(self) -> date | None:
        """The day until which its owner has promised it."""
        day: date | None = self.row["deadline"]
        return day

    @property
    def order(self) -> tuple[object, ...]:
        """The oldest deadline first; without one last, since nobody has promised a day."""
        named = (by_number(self.row["postmortem"]), by_number(self.row["action"]))
        return self.deadline or date.max, *named


def _opened(source: TableSource, route: str | None, postmortem: str | None) -> list[OpenAction]:
    """The open actions of everything, or of one route and one postmortem.

    Raises `UsageError` where there is no such route or postmortem.
    """
    rows = by_table(rows_of(source, _TABLES))
    names = {row["postmortem"] for row in rows["postmortems"]}
    if route is not None:
        require_route(route, source.documents, "--route")
        names &= {link["postmortem"] for link in rows["links"] if link["route"] == route}
    if postmortem is not None:
        require_postmortem(postmortem, source.documents, "--postmortem")
        names &= {postmortem}
    files = {row["postmortem"]: row["file"] for row in rows["postmortems"]}
    routes: dict[str, list[str]] = {}
    for link in rows["links"]:
        if link["in_postmortem"]:
            routes.setdefault(link["postmortem"], []).append(link["route"])
    return [
        OpenAction(row, files[name], tuple(routes.get(name, ())))
        for row in rows["actions"]
        if row["open"] and (name := row["postmortem"]) in names
    ]


def _data(action: OpenAction) -> dict[str, object]:
    row = action.row
    return {
        "postmortem": row["postmortem"],
        "action": row["action"],
        "title": row["title"] or "",
        "layer": row["layer"] or "",
        "owner": row["owner"],
        "deadline": action.deadline.isoformat() if action.deadline else None,
        "overdue": row["overdue"],
        "reason": row["open_reason"],
        "routes": list(action.routes),
        "path": action.file,
    }


def _row(action: OpenAction) -> tuple[str, ...]:
    row = action.row
    deadline = action.deadline.isoformat() if action.deadline else "-"
    late = "overdue" if row["overdue"] else ""
    owner = row["owner"] or "nobody"
    named = (row["postmortem"], row["action"])
    return (deadline, late, *named, owner, row["open_reason"], row["title"] or "")
