"""``pmlint rule ID``: explains a rule."""

from __future__ import annotations

import click

from pmlint.catalogue import catalogue, require


@click.command("rule")
@click.argument("name", metavar="ID")
def command(name: str) -> None:
    """Explain a rule: why it is there, and how to fix what it finds."""
    require((name,))
    info = catalogue()[name]
    click.echo(f"{info.id} ({info.level})\n\n{info.title}.\n\n{info.why}\n\nFix: {info.fix}")
