"""``pmlint init``: puts the files into a repository."""

from __future__ import annotations

import os
import re

import click

from pmlint.errors import UsageError
from pmlint.init.ci import NAMES
from pmlint.init.plan import plan
from pmlint.init.write import diff, write
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.days import today

EXAMPLES = """
\b
Examples:
  pmlint init --diff                    shows what would be written
  pmlint init --owner @org/ops          also says who owns policies, routes and configuration
  pmlint init --owner @ana --owner @bo  two owners
"""
_OWNER = re.compile(r"@[\w.-]+(?:/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+")
"""What CODEOWNERS takes: a user, a team or group, a mail address."""


@click.command("init", epilog=EXAMPLES)
@click.option("--diff", "only_diff", is_flag=True, help="Show what would change and write nothing.")
@click.option(
    "--ci",
    type=click.Choice([*NAMES, "none"]),
    multiple=True,
    help="CI to write a job for (default: detected by its files).",
)
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="HANDLE",
    help="Who owns what the gate judges by, for CODEOWNERS; several, if it is repeated.",
)
@click.option("--report", is_flag=True, help="Add a job that publishes the report as pages.")
@click.option(
    "--repo",
    default=".",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of the repository.",
)
@click.option("--now", metavar="DATE", help="Date to evaluate against (default: today).")
def command(
    only_diff: bool,
    ci: tuple[str, ...],
    owners: tuple[str, ...],
    report: bool,
    repo: str,
    now: str | None,
) -> None:
    """Put the files into a repository: folders, hooks, CI job, issue form, code owners,
    configuration.

    What is there stays as it is; files that other tools share get lines at their end, and folders
    of somebody else are not used. For files of a known platform it prints the mapping to copy.
    Running it again changes nothing.
    """
    listed = tuple(name for owner in owners for name in (owner.split(" ") if owner else ()))
    for name in listed:
        if not _OWNER.fullmatch(name):
            raise UsageError(
                f"--owner '{name}' is not a code owner",
                help="write @user, @org/team or an address, such as dana@example.org",
            )
    root = _root(repo)
    tree = WorkTree(root)
    try:
        found = plan(
            tree,
            load(tree),
            today(now).day,
            ci=tuple(name for name in ci if name != "none") if ci else None,
            owners=listed,
            report=report,
        )
        if not only_diff:
            write(root, found)
    except OSError as error:
        raise UsageError(
            f"the file cannot be written: {(error.strerror or str(error)).lower()}",
            file=error.filename or "",
        ) from None
    for change in found.changes:
        done = "wrote" if change.before is None else "added to"
        click.echo("\n".join(diff(change)) if only_diff else f"{done} {change.path}")
    if not found.changes:
        click.echo("Nothing to do: everything is in its place")
    for note in found.notes:
        click.echo(f"note: {note}", err=True)


def _root(folder: str) -> str:
    """The root of the repository that a folder is in; the folder itself where there is none."""
    here = os.path.abspath(folder)
    # By the repository and not by a configuration: before `init` there is none.
    while not os.path.exists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return os.path.abspath(folder)
        here = parent
    return here
