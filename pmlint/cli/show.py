"""``pmlint show``: the one page of a postmortem for people."""

from __future__ import annotations

import click

from pmlint.cli.project import find
from pmlint.edit.record import find_postmortem
from pmlint.output.page import page

EXAMPLES = """
\b
Examples:
  pmlint show PM-2026-001
  pmlint show PM-2026-001 | glow -
"""


@click.command("show", epilog=EXAMPLES)
@click.argument("record", metavar="ID")
def command(record: str) -> None:
    """Print postmortem ID as one page of Markdown: six sections, and the clocks with their gaps."""
    project = find()
    found = find_postmortem(project.tree, project.settings, record)
    click.echo(page(found, project.settings.sections), nl=False)
