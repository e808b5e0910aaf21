"""``pmlint rule ID``: explains a rule."""

from __future__ import annotations

from textwrap import indent

import click

from pmlint.catalogue import catalogue, examples, require
from pmlint.rules import RULES


@click.command("rule")
@click.argument("name", metavar="ID")
def command(name: str) -> None:
    """Explain a rule: why it is there, and how to fix what it finds."""
    require((name,))
    info = catalogue()[name]
    shown = next(examples(rule.page) for rule in RULES if rule.id == name)
    click.echo(f"{info.id} ({info.level})\n\n{info.title}.\n\n{info.why}\n\nFix: {info.fix}")
    for word, text in shown.items():
        click.echo(f"\n{word.capitalize()}:\n{indent(text, '  ').rstrip()}")
