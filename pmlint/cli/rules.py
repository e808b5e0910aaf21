"""``pmlint rules``: lists the rules, policies and other codes, in groups."""

from __future__ import annotations

import os

import click

from pmlint.cli.codes import GROUPS, Explained, code_pages, group_of
from pmlint.cli.project import find
from pmlint.cli.table import Heading, Listing, answer, as_text, asks, width
from pmlint.output.json import VERSION
from pmlint.parsing.escape import terminal
from pmlint.project.days import today
from pmlint.project.settings import Settings

EXAMPLES = """
\b
Examples:
  pmlint rules
  pmlint rules --output-format csv
"""
COLUMNS = (
    Heading("group"),
    Heading("id"),
    Heading("level"),
    Heading("from", cut=True),
    Heading("title", cut=True),
)


@click.command("rules", epilog=EXAMPLES)
@asks
def command(output_format: str, now: str | None) -> None:
    """List all rules in groups: shape, links, time, evidence, answers, words, gate."""
    project = find()
    settings = project.settings
    known = code_pages(project, today(now, settings.timezone).day)
    rows = [_row(name, page, settings) for name, page in known.items()]
    # A rule that was turned off and is not known any more would look as if it still judged.
    rows += [
        (group_of(name), name, "off", settings.file, f"off: {told.reason}")
        for name, told in settings.rules.items()
        if told.off and name not in known
    ]
    rows.sort(key=lambda row: (GROUPS.index(row[0]), row[1]))
    if output_format == "text":
        _print(rows)
        return
    names = ("group", "id", "level", "from", "title")
    data = {"version": VERSION, "rules": [dict(zip(names, row, strict=True)) for row in rows]}
    answer(output_format, Listing(COLUMNS, rows), data, "no rules")


def _print(rows: list[tuple[str, str, str, str, str]]) -> None:
    """The groups below each other, with one width for the ids of all."""
    columns = (Heading("id"), Heading("level"), Heading("title", cut=True))
    table = Listing(columns, [(name, level, title) for _, name, level, _, title in rows])
    # One table, cut apart afterwards: the groups have their columns in one line.
    head, *lines = as_text(table, width(os.environ))
    group = ""
    click.echo(head)
    for row, line in zip(rows, lines, strict=True):
        if row[0] != group:
            group = row[0]
            click.echo(f"\n{group}")
        click.echo(line)
    # An own policy can replace a shipped one, so it is named at full length: the titles are cut
    # where the terminal is narrow.
    own = [(name, where) for _, name, _, where, _ in rows if where not in ("built in", "shipped")]
    if own:
        wide = max(len(name) for name, _ in own)
        click.echo("\nof this repository")
        for name, where in own:
            click.echo(terminal(f"{name:{wide}}  {where}"))


def _row(name: str, page: Explained, settings: Settings) -> tuple[str, str, str, str, str]:
    found = level(settings, name) or page.level
    return (group_of(name), name, found, page.origin, page.title)


def level(settings: Settings, name: str) -> str:
    """The level that the configuration gives to a rule; empty where it says nothing of it."""
    told = settings.rules.get(name)
    if (told and told.off) or name in settings.ignore:
        return "off"
    return str(told.level) if told and told.level else ""
