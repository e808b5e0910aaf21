"""``pmlint rules``: lists the rules."""

from __future__ import annotations

import click

from pmlint.catalogue import catalogue


@click.command("rules")
def command() -> None:
    """List the rules: id, level, title."""
    known = catalogue()
    width = max(map(len, known))
    for info in sorted(known.values()):
        click.echo(f"{info.id:{width}}  {info.level!s:7}  {info.title}")
