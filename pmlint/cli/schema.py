"""``pmlint schema``: prints the JSON Schema of a kind of document."""

from __future__ import annotations

import json

import click

from pmlint.cli.table import table
from pmlint.model.resources import read_json, read_text
from pmlint.project.kinds import KINDS

DESCRIBED = (
    *(kind.name for kind in KINDS),
    "config",
    "finding",
    "budgets",
    "replays",
    "ledger",
    "signed",
)
"""The documents of a repository, its configuration, what ``check`` prints as JSON, and statements
that a workflow hands to the gate.
"""

TABLES = "tables"
"""No schema, but data as well: what `pmlint export` writes (docs/spec/tables.md)."""

EXAMPLES = """
\b
Examples:
  pmlint schema                                   what there is
  pmlint schema route > .schema/route.json        for a YAML editor
"""


@click.command("schema", epilog=EXAMPLES)
@click.argument("kind", metavar="[KIND]", type=click.Choice((*DESCRIBED, TABLES)), required=False)
def command(kind: str | None) -> None:
    """Print the JSON Schema (2020-12) of a kind of document; without KIND list the kinds."""
    if kind == TABLES:
        click.echo(read_text("tables.json"), nl=False)
    elif kind:
        click.echo(json.dumps(read_json(f"{kind}.json"), indent=2, ensure_ascii=False))
    else:
        rows = [(name, read_json(f"{name}.json")["description"]) for name in DESCRIBED]
        rows.append((TABLES, "What `pmlint export` writes: tables, keys, columns and their types."))
        click.echo(table(("kind", "describes"), rows))
