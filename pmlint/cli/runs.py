"""``pmlint runs``: traces as rows, one row a run."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence

import click

from pmlint.cli.evidence import read_traces, report_findings
from pmlint.errors import UsageError
from pmlint.parsing import writing
from pmlint.runs.event import TraceRun

EXAMPLES = """
\b
Examples:
  pmlint runs traces/*.jsonl                    rows as JSON lines
  pmlint runs traces/*.jsonl -o runs.csv        the same for a spreadsheet or a warehouse
"""
_COLUMNS = (
    "run",
    "route",
    "started",
    "ended",
    "outcome",
    "rescues",
    "corrections",
    "approvals",
    "autonomy",
    "version",
    "traces",
)


@click.command("runs", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--route", metavar="ROUTE", default="", help="Count every run for this route.")
@click.option("-o", "--output-file", metavar="FILE", help="Write to a .jsonl or .csv file.")
@click.option("--now", metavar="DATE", help="Date to evaluate against (default: today).")
def command(files: Sequence[str], route: str, output_file: str | None, now: str | None) -> None:
    """Print one row for each run in files of traces.

    Exit codes: 0 read, 1 a line cannot be read, 2 a file cannot be read.
    """
    collected = read_traces(files, route, now)
    name = output_file or ""
    if name and not name.endswith((".jsonl", ".csv")):
        raise UsageError(f"'{name}' ends in neither .jsonl nor .csv", help="name the file runs.csv")
    text = _csv(collected.runs) if name.endswith(".csv") else _lines(collected.runs)
    if name:
        writing.output(name, text)
        count = len(collected.runs)
        click.echo(f"wrote {name}: {count} run{'s' if count != 1 else ''}", err=True)
    else:
        sys.stdout.write(text)
    report_findings(collected.findings)


def _lines(runs: Sequence[TraceRun]) -> str:
    return "".join(json.dumps(run.row(), ensure_ascii=False) + "\n" for run in runs)


def _csv(runs: Sequence[TraceRun]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for run in runs:
        row = {**run.row(), "traces": " ".join(run.traces)}
        writer.writerow([_cell(row.get(name)) for name in _COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    """A cell that no spreadsheet reads as a formula: the text of a trace is written by models."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
