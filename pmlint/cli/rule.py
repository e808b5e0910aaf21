"""``pmlint rule CODE``: explains a rule, a policy, or any other code that a verb prints."""

from __future__ import annotations

import click

from pmlint.cli.codes import code_pages
from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.model.suggestions import nearest
from pmlint.parsing.escape import terminal
from pmlint.project.days import today

EXAMPLES = """
\b
Examples:
  pmlint rule prompt-only-fix
  pmlint rule schema
"""


@click.command("rule", epilog=EXAMPLES)
@click.argument("name", metavar="CODE")
def command(name: str) -> None:
    """Explain a rule or any other code.

    Its page says why it is there, shows a bad and a good example, and names the way out.
    """
    project = find()
    known = code_pages(project, today(None, project.settings.timezone).day)
    if name not in known:
        help = nearest(name, known) or "'pmlint rules' lists the rules"
        raise UsageError(f"there is no rule '{name}'", help=help)
    click.echo(f"{name}\n")
    for line in known[name].text.split("\n"):
        click.echo(terminal(line))
