"""``pmlint audit``: walks the history of the target and names each change that the gate would have
refused.
"""

from __future__ import annotations

from itertools import pairwise

import click

from pmlint.check.verdict import Verdict
from pmlint.cli.base_project import project_of_base
from pmlint.cli.options import evaluation_date
from pmlint.errors import UsageError
from pmlint.gate.case import GateChange
from pmlint.gate.snapshot import Memory
from pmlint.gate.verdict import judge
from pmlint.git import Repository
from pmlint.git.log import CommitHeading
from pmlint.model.counting import count
from pmlint.output.verdict import hold, route_line
from pmlint.parsing.escape import terminal
from pmlint.project.configuration import load
from pmlint.project.days import today

_SHORT = 9
"""Characters of a commit that tell it apart in 100,000 of them, as git abbreviates."""
_KEPT = 100
"""Changes that share what was read, which 200 postmortems and 40 routes took 34 ms of CPU a change
without, and 8 ms with. Then it is forgotten: a long history takes no more memory than so many.
"""
EXAMPLES = """
\b
Examples:
  pmlint audit                                    the last 100 changes of HEAD
  pmlint audit --branch origin/main --last 1000
"""


@click.command("audit", epilog=EXAMPLES)
@click.option(
    "--branch",
    metavar="REV",
    default="HEAD",
    help="The branch whose history is walked, by first parents.",
)
@click.option(
    "--last",
    metavar="N",
    type=click.IntRange(1),
    default=100,
    help="How many changes, the newest first.",
)
@click.option("--exit-zero", is_flag=True, help="Exit 0 even if there are such changes.")
@click.option("--repo", metavar="DIR", default=".", help="The repository.")
@evaluation_date
def command(branch: str, last: int, exit_zero: bool, repo: str, now: str | None) -> None:
    """Name the changes of a branch that the gate would have refused, and that were merged all
    the same.

    Approvals of a forge are not in the history, so where they are asked for, a change that had them
    is named, too.
    """
    today(now)  # a text that is not a day is said before anything is read
    found = 0
    with Repository(repo) as repository:
        tip = repository.resolve(branch)
        project_of_base(repository, tip, repo, "audit")  # none, but some below: said at once
        # One more than asked: each change is judged against its parent.
        commits = repository.log.first_parents(tip)[: last + 1]
        memory = Memory()
        for number, (commit, parent) in enumerate(pairwise(commits)):
            if number % _KEPT == 0:
                memory = Memory()
            try:
                # As the gate finds it: a change may have moved the project, or hidden it.
                repository.below = ""
                repository.below = project_of_base(repository, parent, repo, "audit") or ""
                # Each change was judged by the zone of its own base.
                day = today(now, load(repository.tree(parent)).timezone)
                verdict = judge(
                    GateChange(repository, parent, commit, repository.tree(commit), day),
                    memory,
                )
            except UsageError as error:
                # A change that cannot be judged is named as well: skipping it would count it as
                # allowed.
                verdict = Verdict("unjudged", cases=(error.message,))
            if verdict.verdict != "allowed":
                found += 1
                _say(commit, repository.log.heading(commit), verdict)
    click.echo(
        f"{count(found, 'change')} of {max(len(commits) - 1, 0)} would not have been allowed"
    )
    if found and not exit_zero:
        raise click.exceptions.Exit(1)


def _say(commit: str, heading: CommitHeading, verdict: Verdict) -> None:
    known_by = f"{heading.day} {heading.author} {commit[:_SHORT]} {heading.subject}"
    click.echo(terminal(f"{verdict.verdict} {known_by}"))
    for case in verdict.cases:
        click.echo(terminal(f"  {case}"))
    for route in verdict.routes:
        for held in route.held_by:
            click.echo(terminal(f"  {route_line(route)} was held by {hold(held)}"))
