"""``pmlint policy test``: runs the examples that every policy carries."""

from __future__ import annotations

import os
import time

import click

from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.parsing.escape import terminal
from pmlint.policy.examples import run_examples
from pmlint.policy.folder import load_policies
from pmlint.project.days import today

EXAMPLES = """
\b
Examples:
  pmlint policy test                               every policy that counts here
  pmlint policy test policies/limits.yaml --verbose
"""


@click.group("policy", epilog=EXAMPLES)
def command() -> None:
    """Test policies by their own examples."""


@command.command("test", epilog=EXAMPLES, short_help="Run the examples of policies.")
@click.argument("paths", nargs=-1)
@click.option("-v", "--verbose", is_flag=True, help="Show each example.")
def test(paths: tuple[str, ...], verbose: bool) -> None:
    """Run the examples of all policies, or of the files or ids that PATHS name.

    Each failing example must make exactly its policy fail, at the stated place; each passing
    example must break none.
    """
    start = time.perf_counter()
    project = find()
    policies = load_policies(project.tree, project.settings, today(None).day)
    names = {policy.id: policy for policy in policies.policies}
    only = {os.path.basename(path).removesuffix(".yaml").removesuffix(".yml") for path in paths}
    # A name that tests nothing would pass.
    for unknown in sorted(only - set(names)):
        raise UsageError(f"there is no policy '{unknown}'", help="'pmlint rules' lists them")
    outcomes = list(run_examples(policies, frozenset(only)))
    wrong = [outcome for outcome in outcomes if outcome.wrong]
    for outcome in outcomes if verbose else wrong:
        click.echo(
            terminal(
                f"{outcome.policy.file}: example {outcome.number}: {outcome.wrong or 'as stated'}"
            )
        )
    result = (
        f"{len(wrong)} failed, {len(outcomes) - len(wrong)} passed"
        if wrong
        else f"{len(outcomes)} passed"
    )
    tested = len({outcome.policy.id for outcome in outcomes})
    seconds = f"{time.perf_counter() - start:.2f}s"
    click.echo(
        f"{result} of {count(len(outcomes), 'example')} in {tested} "
        f"{'policy' if tested == 1 else 'policies'} ({seconds})"
    )
    if wrong:
        raise click.exceptions.Exit(1)
