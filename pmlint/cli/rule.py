"""``pmlint rule ID``: explains a rule or a policy."""

from __future__ import annotations

import click

from pmlint.check.pages import pages
from pmlint.cli.completion import rule_ids
from pmlint.cli.project import find, today
from pmlint.parsing.escape import terminal
from pmlint.policy.folder import load_policies
from pmlint.project.settings import require_rules

EXAMPLES = """
\b
Examples:
  pmlint rule prompt-only-fix
  pmlint rule action-owner
"""


@click.command("rule", epilog=EXAMPLES)
@click.argument("name", metavar="ID", shell_complete=rule_ids)
def command(name: str) -> None:
    """Explain a rule: why it is there, a bad and a good example, how to fix and how to waive what
    it finds.
    """
    project = find()
    known = pages(load_policies(project.tree, project.settings, today(None)))
    require_rules((name,), known)
    click.echo(f"{name}\n")
    for line in known[name].text.split("\n"):
        click.echo(terminal(line))
