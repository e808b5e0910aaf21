"""``pmlint runs``: traces as rows, one row a run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from pmlint.cli.options import evaluation_date, printed_by_a_dash
from pmlint.cli.traces import read_traces, report_findings
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.parsing import writing
from pmlint.runs.writers import RUN_WRITERS

EXAMPLES = """
\b
Examples:
  pmlint runs traces/*.jsonl                    rows as JSON lines
  pmlint runs traces/*.jsonl -o runs.csv        the same for a spreadsheet or a warehouse
"""


@click.command("runs", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--route", metavar="ROUTE", default="", help="Count every run for this route.")
@click.option(
    "-o",
    "--output-file",
    metavar="FILE",
    callback=printed_by_a_dash,
    help="Write a .jsonl, .csv or .parquet file.",
)
@evaluation_date
def command(files: Sequence[str], route: str, output_file: str | None, now: str | None) -> None:
    """Print one row for each run in files of traces.

    Exit codes: 0 read, 1 a line cannot be read, 2 a file cannot be read.
    """
    writer = RUN_WRITERS[".jsonl"]
    if output_file is not None:
        suffix = os.path.splitext(output_file)[1]
        if suffix not in RUN_WRITERS:
            known = ", ".join(RUN_WRITERS)
            message = f"'{output_file}' ends in none of {known}"
            raise UsageError(message, help="name the file runs.csv")
        writer = RUN_WRITERS[suffix]
    collected = read_traces(files, route, now)
    if output_file is not None:
        with writing.replacing(output_file) as stream:
            writer(collected.runs, stream)
        click.echo(f"wrote {output_file}: {count(len(collected.runs), 'run')}", err=True)
    else:
        writer(collected.runs, sys.stdout.buffer)
    report_findings(collected.findings)
