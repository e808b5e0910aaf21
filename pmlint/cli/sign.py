"""``pmlint sign``: a machine signs a statement of budgets or replays, or a ledger."""

from __future__ import annotations

import json
import os

import click

from pmlint.cli.head import tree_of_head
from pmlint.cli.options import output_file
from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.gate.ledgers.judgement import unsigned_ledger
from pmlint.gate.signing import (
    LEDGER_NAMESPACE,
    STATEMENT_NAMESPACES,
    InvalidSignature,
    StatementKind,
    canonical,
    sign,
    verify_statement,
)
from pmlint.gate.statements import UnusableStatement, hand_over, usable_statement
from pmlint.model import People
from pmlint.parsing.tree import WorkTree
from pmlint.parsing.writing import output
from pmlint.project.people import known_people

EXAMPLES = """
\b
Examples:
  pmlint due --output-format json -o budgets.json
  pmlint sign budgets.json --key ci_key --by @ci-budgets -o budgets/2026-11-28.json
  pmlint gate --base origin/main --head HEAD --budgets budgets/2026-11-28.json
"""


@click.command("sign", epilog=EXAMPLES)
@click.argument("file", metavar="FILE")
@click.option("--key", metavar="FILE", required=True, help="Private SSH key of the machine.")
@click.option(
    "--by",
    "handle",
    metavar="HANDLE",
    required=True,
    help="The machine that signs; for budgets and replays the people file has it and its key.",
)
@click.option(
    "--repo",
    metavar="DIR",
    help="Repository whose HEAD has the people file, with or without a work tree.",
)
@output_file
def command(file: str, key: str, handle: str, repo: str | None, output_file: str | None) -> None:
    """Sign a statement of budgets or replays, or a ledger, for a gate that asks for signatures.

    FILE is what `pmlint due --output-format json`, `pmlint replay state` or `pmlint ledger` wrote.
    The signature is good for this kind of statement alone; for budgets and replays only by a
    machine that the people file lists under 'signs', for a ledger by a key that the configuration
    of the other repository lists under 'signers'.
    """
    handle = f"@{handle.lstrip('@')}"
    if (ledger := unsigned_ledger(hand_over(file))) is not None:
        # Nothing is checked out where the key is, and whose key counts the other side says.
        data, signature = ledger, sign(canonical(ledger), key, LEDGER_NAMESPACE)
    else:
        data, signature = _signed_here(file, key, handle, _people(repo))
    signed = {
        "version": 1,
        "kind": "signed",
        "by": handle,
        "statement": data,
        "signature": signature,
    }
    text = json.dumps(signed, indent=2, ensure_ascii=False) + "\n"
    if output_file is None:
        click.echo(text, nl=False)
    else:
        os.makedirs(os.path.dirname(output_file) or ".", exist_ok=True)
        output(output_file, text)
        click.echo(f"wrote {output_file}", err=True)


def _people(repo: str | None) -> People | None:
    """The people of the files here, or of HEAD of a repository in which nothing is checked out."""
    if repo is None:
        project = find()
        return known_people(project.tree, project.settings)
    with tree_of_head(repo) as head:
        return known_people(head.tree, head.settings)


def _signed_here(
    file: str, key: str, handle: str, people: People | None
) -> tuple[dict[str, object], str]:
    """A statement of budgets or replays, and its signature, which the people file must accept."""
    kind, data = _statement(file)
    signature = sign(canonical(data), key, STATEMENT_NAMESPACES[kind])
    _require_accepted(data, signature, handle, people, kind)
    return data, signature


def _statement(file: str) -> tuple[StatementKind, dict[str, object]]:
    """A statement and its kind. Raises `UsageError` for a file that is not a statement."""
    handed = hand_over(file)
    problems = []
    for kind in STATEMENT_NAMESPACES:
        try:
            found = usable_statement(kind, "file", handed, WorkTree("."), None)
        except UnusableStatement as error:
            problems.append(error.message)
            continue
        return kind, dict(found.data)
    raise UsageError(
        problems[0],
        help="sign what 'pmlint due --output-format json', 'pmlint replay state' or "
        "'pmlint ledger' wrote",
    )


def _require_accepted(
    data: dict[str, object],
    signature: str,
    handle: str,
    people: People | None,
    kind: StatementKind,
) -> None:
    """Verify before anything is written: the gate would refuse it much later, in CI."""
    try:
        verify_statement(data, signature, handle, people, kind)
    except InvalidSignature as error:
        line = f'- {{handle: "{handle}", signs: [{kind}], allowed_signer: "ssh-ed25519 AAAA..."}}'
        raise UsageError(
            str(error), help=f"the people file needs the machine and its key: {line}"
        ) from None
