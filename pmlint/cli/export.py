"""``pmlint export``: the repository as tables."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Sequence

import click

from pmlint.cli.head import HandedFacts, head_commit, landed_holds, require_proofs
from pmlint.cli.options import evaluation_date, printed_by_a_dash, statements_of_facts
from pmlint.cli.project import find
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.model.resources import read_text
from pmlint.parsing.beside import folder_beside
from pmlint.parsing.writing import naming, outgoing, printed, replacing_folder
from pmlint.project.days import today
from pmlint.tables.cells import Row
from pmlint.tables.collect import rows_of
from pmlint.tables.dictionary import ExportTable, markdown, of_repository, tables
from pmlint.tables.judged import snapshot
from pmlint.tables.writers import WRITERS, FileWriter, FolderWriter, StreamWriter, TableWriter

EXAMPLES = """
\b
Examples:
  pmlint export -o reviews.sqlite                     open it with Datasette, or any SQL client
  pmlint export --tables actions,holds                JSON lines on the standard output
  pmlint export --tables actions --output-format csv  one table for a spreadsheet
  pmlint export -o out --output-format parquet        a folder for DuckDB, Spark or BigQuery
"""
MARKER = ".pmlint-export"
"""A folder with this file was written by us, and may be replaced."""
_PRINTED = ("json", "jsonl", "csv")
"""Formats that are text."""


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
    output_file = None if output_file == "/dev/stdout" else output_file
    chosen = _chosen(names)
    writer = _writer(output_file, output_format, len(chosen))
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
    with naming(output_file):
        _write(output_file, writer, chosen, rows)
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


def _writer(path: str | None, format: str | None, number: int) -> TableWriter:
    """The format that was named, or that the suffix says, for a number of tables. Raises
    `UsageError` where they disagree, or nothing tells.
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
    if path is None:
        _require_printable(writer, number)
    if by_suffix is not None and by_suffix is not writer:
        raise UsageError(
            f"'{path}' ends in {suffix}, and --output-format is {format}", help="keep one of them"
        )
    return writer


def _require_printable(writer: TableWriter, number: int) -> None:
    """Raise `UsageError` where a number of tables cannot be printed as one text."""
    if writer.name not in _PRINTED:
        raise UsageError(f"{writer.name} needs a file or a folder", help="name it with -o")
    if isinstance(writer, FolderWriter) and number > 1:
        raise UsageError(
            f"{number} tables in {writer.name} need a folder",
            help="name it with -o, or print one table: --tables actions",
        )


def _print(writer: TableWriter, chosen: Sequence[ExportTable], rows: Iterable[Row]) -> None:
    assert isinstance(writer, StreamWriter)
    with printed() as stream:
        writer.write_to(stream, chosen, rows)


def _write(
    path: str, writer: TableWriter, chosen: Sequence[ExportTable], rows: Iterable[Row]
) -> None:
    """Write the tables to their place, where a killed run leaves what was there."""
    # One table is one file, also in formats that have no room for two.
    if isinstance(writer, FolderWriter) and len(chosen) > 1:
        _replace_folder(path, lambda new: writer.write_into(new, chosen, rows))
        return
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if isinstance(writer, StreamWriter):
        with outgoing(path) as stream:
            writer.write_to(stream, chosen, rows)
    elif isinstance(writer, FileWriter):
        _replace_file(path, lambda new: writer.write(new, chosen, rows))


def _replace_file(path: str, write: Callable[[str], None]) -> None:
    """Write beside the place and rename, for a format that opens its own file."""
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        raise UsageError(f"'{path}' is not a file", help="name a new file with -o")
    with folder_beside(target) as beside:
        new = os.path.join(beside, os.path.basename(target))
        write(new)
        if os.path.exists(target):
            os.chmod(new, os.stat(target).st_mode & 0o777)
        os.replace(new, target)


def _replace_folder(path: str, write: Callable[[str], None]) -> None:
    """Replace a folder that is empty or was written by us."""
    if os.path.islink(path.rstrip(os.sep)):
        raise UsageError(f"'{path}' is a symbolic link", help="name the real folder with -o")
    # A folder of somebody's is never replaced: `-o .` would take the repository.
    if os.path.isdir(path) and os.listdir(path) and not os.path.exists(f"{path}/{MARKER}"):
        raise UsageError(f"the folder '{path}' holds other files", help="name a new folder with -o")
    with replacing_folder(path) as new:
        write(new)
        with open(os.path.join(new, MARKER), "w", encoding="utf-8"):
            pass
