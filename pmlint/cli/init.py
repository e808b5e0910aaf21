"""``pmlint init``: puts the files into a repository."""

from __future__ import annotations

import os
import re

import click

from pmlint.cli.options import evaluation_date
from pmlint.cli.project import require_work_tree
from pmlint.errors import UsageError
from pmlint.init.agents import NAMES as NAMES_OF_AGENTS
from pmlint.init.ci import NAMES
from pmlint.init.plan import Plan, PlannedChange, plan
from pmlint.init.write import diff, write
from pmlint.model.suggestions import nearest
from pmlint.parsing.tree import WorkTree
from pmlint.project.configuration import load
from pmlint.project.days import today

EXAMPLES = """
\b
Examples:
  pmlint init --diff                    shows what would be written
  pmlint init --owner @org/ops          also says who owns policies, routes and configuration
  pmlint init --owner @ana --owner @bo  two owners
  pmlint init --agents                  also writes a skill for agents, and into AGENTS.md
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
@click.option(
    "--agents",
    "for_agents",
    is_flag=False,
    flag_value=",".join(NAMES_OF_AGENTS),
    default="",
    metavar="[claude,shared]",
    help="Add a skill for these agents and a block in AGENTS.md (without a value: for both).",
)
@click.option("--report", is_flag=True, help="Add a job that publishes the report as pages.")
@click.option("--replay", is_flag=True, help="Add a job that replays incidents on the base branch.")
@click.option(
    "--repo",
    default=".",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of the repository.",
)
@evaluation_date
def command(
    only_diff: bool,
    ci: tuple[str, ...],
    owners: tuple[str, ...],
    for_agents: str,
    report: bool,
    replay: bool,
    repo: str,
    now: str | None,
) -> None:
    """Put the files into a repository: folders, hooks, CI job, issue form, code owners,
    configuration.

    What is there stays as it is; files that other tools share get lines at their end, and folders
    of somebody else are not used. For files of a known platform it prints the mapping to copy.
    Running it again changes nothing.
    """
    require_work_tree(repo)
    root = _root(repo)
    tree = WorkTree(root)
    try:
        found = plan(
            tree,
            load(tree),
            today(now).day,
            ci=tuple(name for name in ci if name != "none") if ci else None,
            owners=_owners(owners),
            report=report,
            replay=replay,
            agents=_agents(for_agents),
        )
        if not only_diff:
            write(root, found)
    except OSError as error:
        raise UsageError(
            f"the file cannot be written: {(error.strerror or str(error)).lower()}",
            file=error.filename or "",
        ) from None
    _show(found, only_diff)


def _show(found: Plan, only_diff: bool) -> None:
    """Print what was changed or would be changed, and the notes."""
    for change in found.changes:
        click.echo("\n".join(diff(change)) if only_diff else f"{_done(change)} {change.path}")
    if not found.changes:
        click.echo("Nothing to do: everything is in its place")
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    # Beside the notes: the output stays a patch of what `init` writes.
    for change in found.declined if only_diff else ():
        click.echo("\n".join(diff(change)), err=True)


def _done(change: PlannedChange) -> str:
    """What was done to a file."""
    if change.before is None:
        return "wrote"
    is_kept = set(change.before.splitlines()) <= set(change.after.splitlines())
    return "added to" if is_kept else "updated"


def _owners(given: tuple[str, ...]) -> tuple[str, ...]:
    """The owners of the options. Raises `UsageError` for one that CODEOWNERS does not take."""
    names = tuple(name for owner in given for name in (owner.split(" ") if owner else ()))
    for name in names:
        if not _OWNER.fullmatch(name):
            raise UsageError(
                f"--owner '{name}' is not a code owner",
                help="write @user, @org/team or an address, such as dana@example.org",
            )
    return names


def _agents(listed: str) -> tuple[str, ...]:
    """The agents that the option names. Raises `UsageError` for one that does not exist."""
    names = tuple(name.strip() for name in listed.split(",") if name.strip())
    for name in names:
        if name not in NAMES_OF_AGENTS:
            raise UsageError(
                f"--agents names '{name}'",
                help=nearest(name, NAMES_OF_AGENTS) or f"it takes {' and '.join(NAMES_OF_AGENTS)}",
            )
    return names


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
