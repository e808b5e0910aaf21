"""``pmlint routes``: the routes and what holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import click

from pmlint.cli.names import require_person
from pmlint.cli.project import find
from pmlint.cli.table import BAD, GOOD, Heading, Listing, answer, asks, by_number
from pmlint.model import Route
from pmlint.output.json import VERSION
from pmlint.output.verdict import hold as sentence
from pmlint.parsing.escape import terminal
from pmlint.parsing.values import shown
from pmlint.place import Span
from pmlint.project.days import today
from pmlint.project.holds import Hold, same
from pmlint.project.index import Index, read_index
from pmlint.project.registry import read_routes

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


class RouteFacts(NamedTuple):
    """A route with everything that holds it."""

    route: Route
    holds: tuple[Hold, ...]

    @property
    def oldest(self) -> date | None:
        """The oldest deadline of what holds it."""
        return min((hold.deadline for hold in self.holds if hold.deadline), default=None)

    @property
    def order(self) -> tuple[object, ...]:
        """Held and running first, then held by the oldest deadline, then free ones by id."""
        is_held = bool(self.holds)
        # What runs although it is held is why somebody asks.
        dangerous = is_held and self.route.runs
        last = self.oldest or date.max
        return (not dangerous, not is_held, last, by_number(self.route.id), self.route.file)


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
    today(now)  # what holds a route is the same on each day; a text that is not a day is refused
    index = read_index(project.tree, project.settings)
    if owner is not None:
        require_person(owner, project, index, "--owner")
    found = sorted(_found(index, held, owner), key=lambda facts: facts.order)
    table = Listing(COLUMNS, list(map(_row, found)), {"held": BAD, "free": GOOD})
    data = {"version": VERSION, "routes": list(map(_data, found))}
    answer(output_format, table, data, "no routes")
    if verbose and output_format == "text":
        # Read again, because the index keeps paths and no rows; only -v needs them.
        locate = read_routes(project.tree, project.settings).locate
        for facts in found:
            for line in _details(facts, locate):
                click.echo(terminal(line))


def _details(facts: RouteFacts, locate: Mapping[str, Callable[[Any], Span]]) -> Iterator[str]:
    """A route below the table: each place of a platform's file with its flags, and its holds."""
    route = facts.route
    if not (route.mapped or facts.holds):
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
    for hold in facts.holds:
        yield f"  held by {sentence(hold)}"


def _found(index: Index, held: bool | None, owner: str | None) -> list[RouteFacts]:
    every = [RouteFacts(route, index.held_by(route.id)) for route in index.routes]
    return [
        facts
        for facts in every
        if (held is None or bool(facts.holds) == held)
        and (owner is None or same(owner, facts.route.owner))
    ]


def _data(facts: RouteFacts) -> dict[str, object]:
    route, holds = facts
    return {
        "route": route.id,
        "path": route.file,
        "owner": route.owner,
        "state": route.state or None,
        "restart_flags": [flag.name for flag in route.raised],
        "open_actions": sum(1 for hold in holds if hold.kind == "action"),
        "oldest_deadline": _day(facts.oldest),
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


def _row(facts: RouteFacts) -> tuple[str, ...]:
    actions = sum(1 for hold in facts.holds if hold.kind == "action")
    return (
        facts.route.id,
        facts.route.state or "-",
        "up" if facts.route.raised else "down",
        str(actions),
        _day(facts.oldest) or "-",
        "held" if facts.holds else "free",
    )
