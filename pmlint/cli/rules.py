"""``pmlint rules``: lists the rules and policies."""

from __future__ import annotations

import click

from pmlint.check.pages import pages
from pmlint.cli.project import find, today
from pmlint.cli.table import table
from pmlint.policy.folder import load_policies
from pmlint.project.settings import Settings

EXAMPLES = """
\b
Examples:
  pmlint rules
  pmlint rules | grep warning
"""


@click.command("rules", epilog=EXAMPLES)
def command() -> None:
    """List the rules and policies that count here: id, level, where each comes from, title."""
    project = find()
    settings = project.settings
    known = pages(load_policies(project.tree, settings, today(None)))
    rows = [
        (name, level(settings, name) or str(page.info.level), page.origin, page.info.title)
        for name, page in known.items()
    ]
    rows += [
        (name, "off", settings.file, f"off: {told.reason}")
        for name, told in settings.rules.items()
        if told.off and name not in known
    ]
    click.echo(table(("id", "level", "from", "title"), sorted(rows)))


def level(settings: Settings, name: str) -> str:
    """The level that the configuration gives to a rule; empty where it says nothing of it."""
    told = settings.rules.get(name)
    if (told and told.off) or name in settings.ignore:
        return "off"
    return str(told.level) if told and told.level else ""
