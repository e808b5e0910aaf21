"""``pmlint signoff ROUTE``: signs the restart of a route with the owner's SSH key."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta

import click

from pmlint.check.engine import check_tree
from pmlint.cli.project import find, today
from pmlint.gate.signing import FOLDER, sign, signoff_problem, statement
from pmlint.model.dates import parse_date
from pmlint.parsing.escape import terminal
from pmlint.parsing.writing import write
from pmlint.project.people import read_people
from pmlint.project.settings import UsageError

EXAMPLES = """
\b
Example:
  pmlint signoff refund-triage --key ~/.ssh/id_ed25519
"""


@click.command("signoff", epilog=EXAMPLES)
@click.argument("route")
@click.option("--key", metavar="FILE", required=True, help="The private key of the route's owner.")
@click.option(
    "--expires",
    metavar="DATE",
    help="The last day on which it counts; 14 days from today where nothing is said.",
)
@click.option("--now", metavar="DATE", help="What day it is.")
def command(route: str, key: str, expires: str | None, now: str | None) -> None:
    """Sign the restart of ROUTE: its file as it is here, and all its postmortems.

    Do this last, after the flag is set: the signature is over the route's file.
    """
    project = find()
    day = today(now, project.settings.timezone)
    last = _last_day(expires, day)
    index = check_tree(project.tree, project.settings, day).index
    known = index.route_by_id.get(route)
    if known is None:
        from pmlint.model.suggestions import nearest

        raise UsageError(
            f"there is no route '{route}'",
            help=nearest(route, index.route_by_id) or "'pmlint routes' lists them",
        )
    names = sorted(index.links().get(route, ()))
    registry = project.tree.read(known.file)
    what = statement(route, names, registry, last)
    data = {
        "by": known.owner,
        "expires": last.isoformat(),
        "postmortems": names,
        "route": route,
        "signature": sign(what, key),
    }
    text = json.dumps(data, indent=2) + "\n"
    people = read_people(project.tree, project.settings, {}, [])
    if problem := signoff_problem(text, known, registry, names, people, day):
        raise UsageError(
            problem,
            help=f"sign with the key that {project.settings.people} names for {known.owner}",
        )
    os.makedirs(os.path.join(project.root, FOLDER), exist_ok=True)
    write(os.path.join(project.root, FOLDER, f"{route}.json"), text.encode())
    click.echo(
        terminal(
            f"{known.owner} signs '{route}' with {', '.join(names) or 'no postmortem'} until {last}: {FOLDER}/{route}.json"
        )
    )


def _last_day(text: str | None, day: date) -> date:
    last = parse_date(text) if text else day + timedelta(days=14)
    if last is None or last < day:
        raise UsageError(f"'{text}' is no day to come", help="write --expires 2026-11-24")
    return last
