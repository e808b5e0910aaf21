"""``pmlint export``: the repository as tables."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence

import click

from pmlint.cli.head import HandedFacts, head_commit, landed_holds, require_proofs
from pmlint.cli.options import evaluation_date, printed_by_a_dash, statements_of_facts
from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.model.resources import read_text
from pmlint.parsing.writing import naming, replacing_folder
from pmlint.project.days import today
from pmlint.tables.cells import Row
from pmlint.tables.collect import rows_of
from pmlint.tables.dictionary import ExportTable, markdown, of_repository, tables
from pmlint.tables.judged import snapshot
from pmlint.tables.writers import WRITERS, TableWriter

EXAMPLES = """
\b
Examples:
  pmlint export -o reviews.sqlite                     open it with Datasette, or any SQL client
  pmlint export --tables actions,holds                JSON lines on the standard output
  pmlint export -o out --output-format parquet        a folder for DuckDB, Spark or BigQuery
"""
MARKER = ".pmlint-export"
"""A folder with this file was written by us, and may be replaced."""


@click.command("export", epilog=EXAMPLES)
@click.option(
    "-o",
    "--output-file",
    metavar="FILE|DIR",
    callback=printed_by_a_dash,
    help="Write there (default: stdout).",
)
@click.option(
    "--output-format",
    type=click.Choice([*WRITERS, "markdown"]),
    allow_from_autoenv=False,
    help="Output format (default: by the suffix, jsonl on the standard output).",
)
@click.option("--tables", "names", metavar="NAMES", help="Only these tables, with commas.")
@click.option("--repository", metavar="NAME", help="Put this name first in every row.")
@click.option("--proofs", is_flag=True, help="Look proofs up on HEAD, as 'pmlint why' does.")
@statements_of_facts
@click.option("--dictionary", is_flag=True, help="Print what the tables and columns say.")
@evaluation_date
def command(
    output_file: str | None,
    output_format: str | None,
    names: str | None,
    repository: str | None,
    proofs: bool,
    budgets: str | None,
    replays: str | None,
    dictionary: bool,
    now: str | None,
) -> None:
    """Write postmortems, actions, routes and findings as tables.

    Exit codes: 0 written, also with findings (they are rows); 2 it could not be written.
    """
    if repository is not None and not repository.strip():
        raise UsageError("the name of the repository is empty (--repository)", help="leave it out")
    if dictionary:
        click.echo(_dictionary(output_format, (output_file, names)), nl=False)
        return
    chosen = _chosen(names)
    writer = _writer(output_file, output_format)
    handed = HandedFacts(budgets, replays, now)
    require_proofs(proofs, handed)
    project = find()
    day = today(now, project.settings.timezone)
    facts = snapshot(project.tree, project.settings, day)
    head = head_commit(project)
    if head is not None:
        facts = facts._replace(commit=head.commit, is_dirty=head.is_dirty)
    if proofs:
        facts = facts._replace(landed=landed_holds(project, day, handed))
    rows = rows_of(facts)
    if repository:
        chosen = [of_repository(table) for table in chosen]
        rows = (Row(row.table, (repository, *row.values)) for row in rows)
    if output_file is None:
        _print(writer, chosen, rows)
        return
    # One table is one file, also in formats that have no room for two.
    replace = _replace_folder if writer.is_folder and len(chosen) > 1 else _replace_file
    with naming(output_file):
        replace(output_file, lambda path: writer.write(path, chosen, rows))
    click.echo(f"wrote {output_file}: {count(len(chosen), 'table')}", err=True)


def _dictionary(format: str | None, others: Iterable[str | None]) -> str:
    """What the tables say. Raises `UsageError` for a format of rows, and for options of rows."""
    if any(other is not None for other in others):
        raise UsageError(
            "--dictionary prints what all tables say", help="leave -o and --tables out"
        )
    if format == "json":
        return read_text("tables.json")
    if format in (None, "markdown"):
        return markdown()
    raise UsageError(
        f"the dictionary is markdown or json, not {format} (--output-format)",
        help="leave it out, or name json",
    )


def _chosen(names: str | None) -> Sequence[ExportTable]:
    """The tables that were asked for, in the order of the contract."""
    if names is None:
        return tables()
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        raise UsageError("no table is named (--tables)", help="--tables actions,holds")
    known = [table.name for table in tables()]
    for name in wanted:
        if name not in known:
            from pmlint.model.suggestions import nearest

            help = nearest(name, known) or "'pmlint export --dictionary' lists the tables"
            raise UsageError(f"there is no table '{name}' (--tables)", help=help)
    return [table for table in tables() if table.name in wanted]


def _writer(path: str | None, format: str | None) -> TableWriter:
    """The format that was named, or that the suffix says. Raises `UsageError` where they disagree
    or nothing tells.
    """
    suffix = os.path.splitext(path or "")[1]
    by_suffix = next((one for one in WRITERS.values() if suffix in one.suffixes), None)
    if format is None:
        if path is None:
            return WRITERS["jsonl"]
        if by_suffix is None:
            help = "add --output-format sqlite, jsonl, json, csv or parquet"
            raise UsageError(f"the name '{path}' does not say a format", help=help)
        return by_suffix
    if format not in WRITERS:
        raise UsageError(f"rows are not written as {format} (--output-format)", help="--dictionary")
    writer = WRITERS[format]
    if path is None and writer.name not in ("json", "jsonl"):
        raise UsageError(f"{format} needs a file or a folder", help="name it with -o")
    if by_suffix is not None and by_suffix is not writer:
        raise UsageError(
            f"'{path}' ends in {suffix}, and --output-format is {format}", help="keep one of them"
        )
    return writer


def _print(writer: TableWriter, chosen: Sequence[ExportTable], rows: Iterable[Row]) -> None:
    # Written whole first: a reader at the other end of the pipe gets all rows or none.
    with tempfile.TemporaryDirectory(prefix="pmlint-") as folder:
        path = os.path.join(folder, "rows")
        writer.write(path, chosen, rows)
        with open(path, encoding="utf-8") as stream:
            shutil.copyfileobj(stream, sys.stdout)


def _replace_file(path: str, write: Callable[[str], None]) -> None:
    """Write beside the place and rename: a killed run leaves the old file and no litter."""
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.TemporaryDirectory(prefix=".pmlint-", dir=folder) as beside:
        new = os.path.join(beside, os.path.basename(path))
        write(new)
        os.replace(new, path)


def _replace_folder(path: str, write: Callable[[str], None]) -> None:
    """As `_replace_file`, for a folder that is empty or was written by us."""
    if os.path.islink(path.rstrip(os.sep)):
        raise UsageError(f"'{path}' is a symbolic link", help="name the real folder with -o")
    # A folder of somebody's is never replaced: `-o .` would take the repository.
    if os.path.isdir(path) and os.listdir(path) and not os.path.exists(f"{path}/{MARKER}"):
        raise UsageError(f"the folder '{path}' holds other files", help="name a new folder with -o")
    with replacing_folder(path) as new:
        write(new)
        with open(os.path.join(new, MARKER), "w", encoding="utf-8"):
            pass
