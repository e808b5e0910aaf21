"""``pmlint approve``: approves a change by signature, where signatures are asked for."""

from __future__ import annotations

import json

import click

from pmlint.cli.base_project import require_project_of_head
from pmlint.cli.project import below, find
from pmlint.edit.history import History
from pmlint.errors import UsageError
from pmlint.gate.signing import InvalidSignature, approval_statement, sign, verify
from pmlint.git import Repository
from pmlint.project.configuration import load
from pmlint.project.people import known_people

EXAMPLES = """
\b
Examples:
  pmlint approve --as @maria --key ~/.ssh/id_ed25519 > approvals.json
  pmlint gate --base origin/main --head HEAD --approvals approvals.json
"""


@click.command("approve", epilog=EXAMPLES)
@click.argument("revision", default="HEAD")
@click.option(
    "--as",
    "handle",
    metavar="HANDLE",
    required=True,
    help="Who approves; their key is in the people file of the base branch.",
)
@click.option("--key", metavar="FILE", required=True, help="Their private SSH key.")
def command(revision: str, handle: str, key: str) -> None:
    """Print an approval of REVISION (HEAD where none is named), signed, for `pmlint gate
    --approvals`.

    It counts where `[tool.pmlint.gate] approvals = "signature"`, and only for this very commit.
    """
    project = find()
    with Repository(project.root, below(project.root)) as repository:
        require_project_of_head(repository, project.root)
        commit = repository.resolve(revision)
        base = History(repository, repository.resolve("HEAD")).tree()
        settings = load(base)
        people = known_people(base, settings)
    statement = approval_statement(commit)
    signature = sign(statement, key)
    try:
        # Verified before it is printed, by the people by whom the gate verifies it: a key that
        # comes with the change would be refused much later, in CI.
        verify(statement, signature, handle, people)
    except InvalidSignature as error:
        raise UsageError(
            str(error),
            help=f"sign with the key that {settings.people} names for {handle} on the base branch; "
            "a new key counts once it is merged",
        ) from None
    entry = {
        "login": handle.lstrip("@"),
        "state": "APPROVED",
        "commit": commit,
        "signature": signature,
    }
    click.echo(json.dumps([entry], indent=2))
