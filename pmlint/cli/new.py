"""``pmlint new``: writes a postmortem that is honestly red until a person fills it."""

from __future__ import annotations

import os

import click

from pmlint.cli.project import Project, find, today
from pmlint.engine import check_tree
from pmlint.settings import UsageError
from pmlint.template import postmortem, slug
from pmlint.vocabulary import SEVERITIES


@click.command("new")
@click.argument("title", required=False, default="")
@click.option("--route", "routes", multiple=True, metavar="ROUTE", help="A route that failed.")
@click.option("--author", metavar="HANDLE", default="", help="Who writes the review.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="What it did.")
@click.option("--now", metavar="DATE", help="What day it is.")
def command(title: str, routes: tuple[str, ...], author: str, severity: str | None, now: str | None) -> None:
    """Write a postmortem with the next free id; its placeholders fail the check until a person fills them."""
    project = find()
    day = today(now)
    taken = [facts.id for facts in check_tree(project.tree, project.settings, day).index.postmortems]
    taken += [entry.path.rpartition("/")[2] for entry in project.tree.walk(project.settings.postmortems)]
    name = _free(taken, day.year)
    text = postmortem(name, title, day, routes=routes, author=author, severity=severity or "")
    path = f"{project.settings.postmortems}/{name}{'-' if title else ''}{slug(title)}.md"
    _write(project, path, text)
    click.echo(f"wrote {path}; 'pmlint check {path}' says what is left to do")


def _free(taken: list[str], year: int) -> str:
    prefix = f"PM-{year}-"
    numbers = [
        int(digits)
        for one in taken
        if one.startswith(prefix) and (digits := one[len(prefix) :].split("-")[0].removesuffix(".md")).isdigit()
    ]
    return f"{prefix}{max(numbers, default=0) + 1:03}"


def _write(project: Project, path: str, text: str) -> None:
    from pmlint.atomic import write

    full = os.path.join(project.root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    try:
        write(full, text.encode(), new=True)
    except FileExistsError:
        raise UsageError(f"the file '{path}' exists already", help="run the command again") from None
