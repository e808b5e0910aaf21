"""``pmlint evidence``: what files of traces show, for each route."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import click

from pmlint.cli.options import output_format
from pmlint.cli.project import find
from pmlint.cli.table import table
from pmlint.finding import Finding, Level
from pmlint.output.json import VERSION
from pmlint.parsing.escape import terminal
from pmlint.project.days import end_of, today
from pmlint.project.registry import read_routes
from pmlint.runs.collect import Collected, RouteSummary, collect, summarize_routes

EXAMPLES = """
\b
Examples:
  pmlint evidence traces/*.jsonl
  pmlint evidence traces/*.jsonl --route refund-triage --output-format json
"""
_HEAD = (
    "route",
    "runs",
    "failed",
    "corrected",
    "rescued",
    "waiting",
    "no execution recorded",
    "from",
    "to",
)


@click.command("evidence", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--route", metavar="ROUTE", default="", help="Count every run for this route.")
@click.option("--now", metavar="DATE", help="Date to evaluate against (default: today).")
@output_format(("text", "json"))
def command(files: Sequence[str], route: str, now: str | None, output_format: str) -> None:
    """Show which runs each route made, by the traces that its platform wrote.

    Exit codes: 0 read, 1 a line cannot be read or nothing was found, 2 a file cannot be read.
    """
    collected = read_traces(files, route, now)
    found = summarize_routes(collected.runs)
    if output_format == "json":
        click.echo(json.dumps(_data(collected, found), indent=2, ensure_ascii=False))
    elif found:
        click.echo(table(_HEAD, [_row(summary) for summary in found]))
    else:
        click.echo("no run of a known route")
    report_findings(collected.findings)
    if not found:
        raise click.exceptions.Exit(1)


def read_traces(files: Sequence[str], route: str, now: str | None) -> Collected:
    """The runs in files of traces, for the routes of the project around the current folder."""
    project = find()
    known = {found.id for found in read_routes(project.tree, project.settings).routes}
    # What a platform wrote until the end of the last day that has begun anywhere.
    end = end_of(today(now, project.settings.timezone).latest, project.settings.timezone)
    return collect(files, known, everything=route, now=int(end.timestamp()) * 10**9)


def report_findings(findings: Iterable[Finding]) -> None:
    """Print what was wrong with the files to stderr, and leave with 1 where it is an error."""
    worst = Level.WARNING
    for finding in findings:
        worst = max(worst, finding.level)
        place = f"{finding.path}:{finding.span.row}:{finding.span.column}"
        help = f"; help: {finding.help}" if finding.help else ""
        text = f"{place}: {finding.level} {finding.code}: {finding.message}{help}"
        click.echo(terminal(text), err=True)
    if worst is Level.ERROR:
        raise click.exceptions.Exit(1)


def _row(summary: RouteSummary) -> tuple[str, ...]:
    counts = (str(count) for count in summary[1:7])
    return (summary.route, *counts, _second(summary.first), _second(summary.last))


def _second(moment: str | None) -> str:
    return f"{moment.partition('.')[0]}Z" if moment else "-"


def _data(collected: Collected, found: Sequence[RouteSummary]) -> dict[str, object]:
    lost = [run for run in collected.runs if not run.route]
    return {
        "version": VERSION,
        "routes": [
            {
                **{name: getattr(summary, name) for name in RouteSummary._fields[:7]},
                "from": summary.first,
                "to": summary.last,
            }
            for summary in found
        ],
        "unassigned": [
            {"names": sorted({name for run in lost for name in run.names}), "runs": len(lost)}
        ]
        if lost
        else [],
        "files": [file._asdict() for file in collected.files],
        "findings": [
            {
                "code": finding.code,
                "level": str(finding.level),
                "message": finding.message,
                "path": finding.path,
                "row": finding.span.row,
                "help": finding.help,
            }
            for finding in collected.findings
        ],
    }
