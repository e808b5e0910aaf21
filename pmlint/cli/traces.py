"""What the verbs that read traces share: the runs in files, and what was wrong with the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from pmlint.cli.project import Project, find
from pmlint.finding import Finding, Level
from pmlint.parsing.escape import terminal
from pmlint.project.days import end_of, today
from pmlint.project.registry import read_routes
from pmlint.runs.collect import Collected, collect
from pmlint.runs.settings import run_settings


def read_traces(files: Sequence[str], route: str, now: str | None) -> Collected:
    """The runs in files of traces, for the routes of the project around the current folder."""
    project = find()
    known = {found.id for found in read_routes(project.tree, project.settings).routes}
    settings = run_settings(project.tree, project.settings)
    return collect(files, known, everything=route, settings=settings, now=latest_time(project, now))


def latest_time(project: Project, now: str | None) -> int:
    """Until when a platform can have written, in nanoseconds since 1970: the end of the last day
    that has begun anywhere.
    """
    zone = project.settings.timezone
    return int(end_of(today(now, zone).latest, zone).timestamp()) * 10**9


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


def finding_data(finding: Finding) -> dict[str, object]:
    """A finding about a file of traces, for programs."""
    return {
        "code": finding.code,
        "level": str(finding.level),
        "message": finding.message,
        "path": finding.path,
        "row": finding.span.row,
        "help": finding.help,
    }
