"""``pmlint evidence``: what files of traces show for each route, and the pack of a postmortem."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

from pmlint.cli.options import evaluation_date, output_format
from pmlint.cli.table import table
from pmlint.cli.traces import finding_data, read_traces, report_findings
from pmlint.errors import UsageError
from pmlint.output.json import VERSION
from pmlint.parsing.escape import markdown
from pmlint.runs.collect import Collected, RouteSummary, summarize_routes

EXAMPLES = """
\b
Examples:
  pmlint evidence traces/*.jsonl                            a table of the routes
  pmlint evidence traces/*.jsonl --new "Refund paid twice"  pack and postmortem
  pmlint evidence traces/*.jsonl --postmortem PM-2026-014 --apply
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
_PACK_OPTIONS = ("runs", "first", "last", "content", "apply", "replace", "check")


@click.command("evidence", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("--route", metavar="ROUTE", default="", help="Count every run for this route.")
@click.option("--postmortem", metavar="ID", default="", help="Write the pack of this postmortem.")
@click.option("--new", "title", metavar="TITLE", default="", help="Create a postmortem with it.")
@click.option("--run", "runs", metavar="ID", multiple=True, help="Take this run (repeatable).")
@click.option("--from", "first", metavar="TIME", help="Take runs from a day or a moment on.")
@click.option("--to", "last", metavar="TIME", help="Take runs until a day or a moment.")
@click.option("--content", is_flag=True, help="Keep texts; refused where one looks like a secret.")
@click.option("--apply", is_flag=True, help="Fill in what is absent or a placeholder.")
@click.option("--replace", is_flag=True, help="Change a pack that exists.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where the pack would differ.")
@evaluation_date
@output_format(("text", "json", "markdown"))
def command(
    files: Sequence[str], route: str, now: str | None, output_format: str, **pack: Any
) -> None:
    """Show which runs each route made, or make the evidence pack of a postmortem from them.

    Exit codes: 0 read or written, 1 a line cannot be read, nothing was found or the pack differs,
    2 a file cannot be read.
    """
    if pack["postmortem"] or pack["title"]:
        from pmlint.cli.evidence_pack import PackRequest, make_pack

        make_pack(PackRequest(tuple(files), route, now=now, output_format=output_format, **pack))
        return
    for name in _PACK_OPTIONS:
        if pack[name]:
            shown = {"runs": "run", "first": "from", "last": "to"}.get(name, name)
            raise UsageError(f"--{shown} needs a pack", help="add --postmortem ID or --new TITLE")
    collected = read_traces(files, route, now)
    found = summarize_routes(collected.runs)
    if output_format == "json":
        click.echo(json.dumps(_data(collected, found), indent=2, ensure_ascii=False))
    elif not found:
        click.echo("no run of a known route")
    elif output_format == "markdown":
        click.echo(markdown_table(_HEAD, [_row(summary) for summary in found]))
    else:
        click.echo(table(_HEAD, [_row(summary) for summary in found]))
    report_findings(collected.findings)
    if not found:
        raise click.exceptions.Exit(1)


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; the cells are texts of traces."""
    lines = [" | ".join(head), "|".join("---" for _ in head)]
    lines += [" | ".join(map(markdown, row)) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


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
        "findings": list(map(finding_data, collected.findings)),
    }
