"""``pmlint routes``: the routes and what holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import click

from pmlint.cli.held import HeldRoute, held_routes
from pmlint.cli.names import require_person
from pmlint.cli.project import find
from pmlint.cli.table import BAD, GOOD, Heading, Listing, answer, asks
from pmlint.output.json import VERSION
from pmlint.output.verdict import hold as sentence
from pmlint.parsing.escape import terminal
from pmlint.parsing.values import shown
from pmlint.place import Span
from pmlint.project.days import today
from pmlint.project.holds import Hold, same
from pmlint.project.registry import read_routes
from pmlint.tables.collect import read

EXAMPLES = """
\b
Examples:
  pmlint routes
  pmlint routes --held -v
  pmlint routes --output-format json | jq -r '.routes[] | select(.held) | .route'
"""
COLUMNS = (
    Heading("route"),
    Heading("state"),
    Heading("flag"),
    Heading("open actions"),
    Heading("oldest deadline"),
    Heading("held or free"),
)


@click.command("routes", epilog=EXAMPLES)
@click.option("--held/--free", "held", default=None, help="Only those that are held, or free.")
@click.option("--owner", metavar="HANDLE", help="Only those of one person.")
@click.option("-v", "--verbose", is_flag=True, help="Name below the table what holds each route.")
@asks
def command(
    held: bool | None, owner: str | None, verbose: bool, output_format: str, now: str | None
) -> None:
    """List the routes: state, open actions, oldest deadline, held or free."""
    project = find()
    source = read(project.tree, project.settings, today(now, project.settings.timezone))
    if owner is not None:
        require_person(owner, project, source.documents, "--owner")
    found = [
        one
        for one in held_routes(source)
        if (held is None or one.row["held"] == held)
        and (owner is None or same(owner, one.route.owner))
    ]
    table = Listing(COLUMNS, list(map(_row, found)), {"held": BAD, "free": GOOD})
    data = {"version": VERSION, "routes": list(map(_data, found))}
    answer(output_format, table, data, "no routes")
    if verbose and output_format == "text":
        # Read again, because the index keeps paths and no rows; only -v needs them.
        locate = read_routes(project.tree, project.settings).locate
        for one in found:
            for line in _details(one, locate):
                click.echo(terminal(line))


def _details(held: HeldRoute, locate: Mapping[str, Callable[[Any], Span]]) -> Iterator[str]:
    """A route below the table: each place of a platform's file with its flags, and its holds."""
    route = held.route
    if not (route.mapped or held.holds):
        return
    yield ""
    yield f"{route.id}, owner {route.owner or 'nobody'}"
    if route.mapped:
        span = locate[route.file](route.at)
        yield f"  in {route.file}:{span.row}:{span.column}"
        for flag in route.flags:
            why = f", {flag.unclear}" if flag.unclear else ""
            yield f"    {flag.name}: {flag.state} ({shown(flag.value)}){why}"
        for field in (*route.trusted, *route.guarded):
            yield f"    {field.name}: {shown(field.value)}"
    for hold in held.holds:
        yield f"  held by {sentence(hold)}"


def _data(held: HeldRoute) -> dict[str, object]:
    row = held.row
    return {
        "route": held.route.id,
        "path": row["file"],
        "owner": held.route.owner,
        "state": row["state"],
        "restart_flags": [flag.name for flag in held.route.raised],
        "open_actions": row["open_actions"],
        "oldest_deadline": _day(held.oldest),
        "held": row["held"],
        "held_by": [_hold(hold) for hold in held.holds],
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


def _row(held: HeldRoute) -> tuple[str, ...]:
    row = held.row
    return (
        held.route.id,
        row["state"] or "-",
        "up" if row["restart"] else "down",
        str(row["open_actions"]),
        _day(held.oldest) or "-",
        "held" if row["held"] else "free",
    )
