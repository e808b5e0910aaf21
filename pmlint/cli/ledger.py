"""``pmlint ledger``: what the postmortems of this repository hold, for the gates of others."""

from __future__ import annotations

import json

import click

from pmlint import __version__
from pmlint.cli.options import output_file
from pmlint.cli.project import Project, below, find
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.parsing.escape import terminal
from pmlint.project.days import clock

EXAMPLES = """
\b
Examples:
  pmlint ledger -o ledger.json                    in the repository with the postmortems
  pmlint sign ledger.json --key ci_key --by @ci-reviews -o ledger.signed.json
  pmlint ledger --check ledger.signed.json        in the repository with the routes
  pmlint gate --base origin/main --head HEAD --ledger ledger.signed.json
"""


@click.command("ledger", epilog=EXAMPLES)
@output_file
@click.option(
    "--ref",
    metavar="REF",
    default="refs/heads/main",
    show_default=True,
    help="The branch that counts; HEAD must be its commit.",
)
@click.option(
    "--check", "checked", metavar="FILE", help="Say whether a ledger counts in this repository."
)
@click.option("--now", metavar="MOMENT", help="When it is issued or judged (default: now).")
def command(output_file: str | None, ref: str, checked: str | None, now: str | None) -> None:
    """Issue the ledger of this repository: every route that its postmortems name, and what holds
    it.

    `pmlint sign` signs it, and a gate that lists this repository under 'ledgers' holds its routes
    by it. Exit codes: 0 issued or counts, 2 it cannot be issued, or does not count.
    """
    if checked is not None and output_file is not None:
        raise UsageError("--check and -o exclude each other", help="keep one of them")
    if checked is not None:
        _check(find(), checked, now)
        return
    # `main` could be a branch or a tag, and the other side compares the text.
    if not ref.startswith("refs/"):
        raise UsageError(f"'{ref}' is not a full ref", help=f"write --ref refs/heads/{ref}")
    text = json.dumps(_issued(ref, now), indent=2, ensure_ascii=False) + "\n"
    if output_file is None:
        click.echo(text, nl=False)
        return
    from pmlint.parsing.writing import output

    output(output_file, text)
    click.echo(f"wrote {output_file}", err=True)


def _issued(ref: str, now: str | None) -> dict[str, object]:
    from pmlint.gate.ledgers.issue import issue_ledger
    from pmlint.gate.ledgers.statement import as_statement
    from pmlint.git import Repository

    project = find()
    with Repository(project.root, below(project.root)) as repository:
        ledger = issue_ledger(repository, ref, clock(now).moment)
    return as_statement(ledger, f"pmlint {__version__}")


def _check(project: Project, file: str, now: str | None) -> None:
    """Say what the gate would say of a ledger by the configuration here."""
    from pmlint.cli.ledgers import require_no_strays
    from pmlint.gate.ledgers.judgement import JudgedLedgers, require_ledger, warnings
    from pmlint.gate.statements import hand_over
    from pmlint.project.registry import read_routes

    ledger = require_ledger(hand_over(file), project.settings, clock(now))
    known = [route.id for route in read_routes(project.tree, project.settings).routes]
    ledgers = JudgedLedgers((ledger,))
    require_no_strays(ledgers, project.settings, known)
    for warning in warnings(ledgers, project.settings, known):
        click.echo(f"warning: {terminal(warning)}", err=True)
    held = count(sum(bool(holds) for holds in ledger.routes.values()), "route")
    commit = f"{ledger.commit[:12]}, sequence {ledger.sequence}"
    click.echo(terminal(f"{file} counts: {ledger.repository} at {commit}; it holds {held}"))
