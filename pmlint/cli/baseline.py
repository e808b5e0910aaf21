"""``pmlint baseline``: writes, checks and prunes the file of findings that were there when a team
began.
"""

from __future__ import annotations

import os

import click

from pmlint.check.engine import check_tree
from pmlint.cli.options import evaluation_date
from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.parsing.escape import terminal
from pmlint.parsing.writing import write
from pmlint.project.baseline import known, read_baseline, written
from pmlint.project.days import today

EXAMPLES = """
\b
Examples:
  pmlint baseline            accepts what is found today
  pmlint baseline --check    in CI: says what is no longer found
  pmlint baseline --prune    takes it out
"""


@click.command("baseline", epilog=EXAMPLES)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Write nothing; fail where an entry is no longer found.",
)
@click.option("--prune", is_flag=True, help="Take out the entries that are no longer found.")
@evaluation_date
def command(only_check: bool, prune: bool, now: str | None) -> None:
    """Record existing findings so that only new ones are reported. A baseline may only shrink.

    It holds findings by postmortem, rule and subject, not by line. Syntax errors and what the gate
    checks cannot be in it.
    """
    project = find()
    file = project.settings.baseline
    before = read_baseline(project.tree, file)
    day = today(now, project.settings.timezone)
    report = check_tree(project.tree, project.settings._replace(baseline=""), day).report
    found = {entry for finding in report.counted if (entry := known(finding))}
    stale = sorted(before - found)
    for entry in stale:
        click.echo(terminal(f"no longer found: {' '.join(part for part in entry if part)}"))
    if only_check:
        click.echo(f"{file}: {len(before)} known, {len(stale)} no longer found")
        if stale:
            raise click.exceptions.Exit(1)
        return
    exists = project.tree.entry(file) is not None
    if exists and not prune:
        raise UsageError(
            f"there is a baseline already: {file}",
            help="a baseline may only shrink: use --prune, and fix what is new",
        )
    after = frozenset(before - set(stale)) if prune else frozenset(found)
    write(os.path.join(project.root, file), written(after).encode())
    click.echo(f"Wrote {file}: {count(len(after), 'known finding')}")
