"""``pmlint due``: which routes owe a postmortem."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import click

from pmlint.cli.due_output import WRITERS
from pmlint.cli.head import head_commit
from pmlint.cli.options import output_file, output_format
from pmlint.cli.project import Project, find
from pmlint.cli.traces import report_findings
from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model import Postmortem, Route
from pmlint.parsing import writing
from pmlint.parsing.source import Malformed
from pmlint.project.days import clock
from pmlint.project.files import postmortem_files
from pmlint.project.index import read_entry
from pmlint.project.kinds import syntax
from pmlint.project.patterns import matches, walk
from pmlint.project.registry import Registry, read_routes
from pmlint.project.run_tables import digest
from pmlint.runs.due import DueQuestion, RouteDue, judge_routes, promise_of, window_edges
from pmlint.runs.findings import due_findings
from pmlint.runs.settings import due_settings, run_settings
from pmlint.runs.sources import CountedRuns, count_answer, count_files
from pmlint.runs.sql import DIALECTS, count_query
from pmlint.runs.statement import StatementFrame, statement

EXAMPLES = """
\b
Examples:
  pmlint due                                    the rows and traces below runs/
  pmlint due exports/november.csv --now 2026-11-28
  pmlint due --sql duckdb                       the query that counts in a warehouse
  pmlint due --counts november.csv              judges what it answered
  pmlint due --emit prometheus -o rules.yml     the same windows for the pager
"""
_FORMATS = ("text", "json", "markdown", "github")


@click.command("due", epilog=EXAMPLES)
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--route", metavar="ROUTE", default="", help="Judge this route alone.")
@click.option("--no-history", is_flag=True, help="Judge only what is owed now, not the whole log.")
@click.option("--counts", metavar="FILE", help="Judge the answer to the query of --sql.")
@click.option("--sql", type=click.Choice(list(DIALECTS)), help="Print the query that counts runs.")
@click.option("--emit", type=click.Choice(["prometheus"]), help="Print rules for the pager.")
@click.option(
    "--fail-level",
    type=click.Choice(["error", "warning"]),
    default="error",
    help="Lowest level of a finding that fails (default: error).",
)
@click.option("--now", metavar="DATE", help="Date or moment to evaluate against (default: now).")
@output_format(_FORMATS)
@output_file
def command(
    files: Sequence[str],
    route: str,
    no_history: bool,
    counts: str | None,
    sql: str | None,
    emit: str | None,
    fail_level: str,
    now: str | None,
    output_format: str,
    output_file: str | None,
) -> None:
    """Judge the runs of each route against what it promises, and name the reviews that are owed.

    Exit codes: 0 nothing beyond grace, 1 a review is owed or a budget is spent, 2 a route that runs
    could not be judged.
    """
    if sql is not None:
        _print(count_query(sql), output_file)
        return
    project, moment = find(), clock(now).moment
    registry = read_routes(project.tree, project.settings)
    routes, unread = registry.routes, _unread_routes(registry)
    known = {one.id for one in routes}
    if route and route not in known:
        raise _unknown_route(route, known)
    wanted = [one for one in routes if not route or one.id == route]
    if emit is not None:
        _print(_rules(project, wanted, unread), output_file)
        return
    # Without history only the windows at this moment are asked for.
    edges = _edges(project, wanted, moment) if no_history else set()
    counted = _counted(project, files, counts, known, moment, edges)
    reviews, unread_reviews = _postmortems(project)
    question = _question(project, counted, reviews, history=not no_history)
    judged = judge_routes(wanted, question, moment)
    owed = due_findings(judged, counted, question.runs.max_age)
    findings = [*unread, *unread_reviews, *counted.findings, *owed]
    if output_format == "json":
        text = _json(statement(judged, counted, _frame(project, moment, history=not no_history)))
    else:
        text = WRITERS[output_format](judged, counted, findings)
    _print(text, output_file)
    # Nothing judged is not a pass: exit 2, also where another route owes a review.
    if unread or not _are_judged(judged, counted):
        _report(findings)
        raise click.exceptions.Exit(2)
    report_findings(findings)
    if fail_level == "warning" and findings:
        raise click.exceptions.Exit(1)


def _are_judged(judged: Sequence[RouteDue], counted: CountedRuns) -> bool:
    """Whether each route that runs was judged, by all of its runs: a line that cannot be read may
    be one of any route (docs/spec/runs.md, *Bad input*).
    """
    unjudged = any(one.answer == "unjudged" and one.route.runs for one in judged)
    return not unjudged and all(one.code != "trace-unreadable" for one in counted.findings)


def _report(findings: Sequence[Finding]) -> None:
    """Print findings where another exit code than theirs follows."""
    try:
        report_findings(findings)
    except click.exceptions.Exit:
        return


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _print(text: str, file: str | None) -> None:
    if file is None:
        click.echo(text, nl=False)
    else:
        writing.output(file, text)
        click.echo(f"wrote {file}", err=True)


def _counted(
    project: Project,
    files: Sequence[str],
    counts: str | None,
    known: set[str],
    moment: datetime,
    edges: set[int],
) -> CountedRuns:
    """The runs that are judged: of a warehouse's answer, of the files that were named, else of the
    sources of the configuration.
    """
    if counts is not None:
        if files:
            raise UsageError("--counts and FILES name two sources", help="keep one of them")
        return count_answer(counts, known, int(moment.timestamp()))
    settings = run_settings(project.tree, project.settings)
    paths = list(files) or _sources(project, settings.source)
    return count_files(paths, known, int(moment.timestamp()), settings, edges)


def _edges(project: Project, routes: Sequence[Route], moment: datetime) -> set[int]:
    settings = due_settings(project.tree, project.settings)
    return window_edges(routes, project.tree, settings, moment)


def _question(
    project: Project, counted: CountedRuns, reviews: Sequence[Postmortem], *, history: bool
) -> DueQuestion:
    return DueQuestion(
        project.tree,
        reviews,
        counted.table,
        run_settings(project.tree, project.settings),
        due_settings(project.tree, project.settings),
        history=history,
    )


def _frame(project: Project, moment: datetime, *, history: bool) -> StatementFrame:
    return StatementFrame(moment, _commit(project), digest(project.settings), history=history)


def _rules(project: Project, routes: Sequence[Route], unread: Sequence[Finding]) -> str:
    from pmlint.runs.prometheus import prometheus_rules

    # Rules without a route would look like a route that keeps its promise.
    if unread:
        first = unread[0]
        raise UsageError(first.message, file=first.path, span=first.span, help=first.help)
    settings = due_settings(project.tree, project.settings)
    promises = []
    for one in sorted(routes, key=lambda one: one.id):
        try:
            promises.append((one.id, promise_of(one, project.tree, settings)))
        except (Malformed, ValueError) as error:
            raise UsageError(
                f"the slo of '{one.id}' cannot be read: {error}", file=one.file
            ) from None
    return prometheus_rules(promises, settings.prometheus)


def _commit(project: Project) -> str:
    """The commit whose registry and postmortems were read; empty where they differ from it."""
    head = head_commit(project)
    return "" if head is None or head.is_dirty else head.commit


def _unknown_route(route: str, known: set[str]) -> UsageError:
    from pmlint.model.suggestions import nearest

    help = nearest(route, known) or "'pmlint routes' lists the routes"
    return UsageError(f"there is no route '{route}' (--route)", help=help)


def _sources(project: Project, patterns: Sequence[str]) -> list[str]:
    """The files below the project that the configuration names. Raises `UsageError` for none."""
    found = [
        entry.path
        for entry in walk(project.tree, tuple(patterns))
        # No link: rows from elsewhere could be shared with another project's promises.
        if entry.kind == "file" and any(matches(pattern, entry.path) for pattern in patterns)
    ]
    if not found:
        named = ", ".join(f"'{pattern}'" for pattern in patterns)
        raise UsageError(
            f"there are no runs: no file fits {named}",
            help="name rows or traces (pmlint due FILES), write rows with 'pmlint runs', or count "
            "in a warehouse (--sql, --counts)",
        )
    return [f"{project.root}/{path}" for path in found]


def _unread_routes(registry: Registry) -> list[Finding]:
    """What is wrong with the files of which no route could be read: their runs belong to none."""
    read = {route.file for route in registry.routes}
    wrong = (found for found in registry.findings if found.level is Level.ERROR)
    return [found for found in wrong if found.path not in read]


def _postmortems(project: Project) -> tuple[list[Postmortem], list[Finding]]:
    """Every postmortem that can be read, and what is wrong with the others: one of them may answer
    what is owed, or sign a route off.
    """
    found, wrong = [], []
    for entry in postmortem_files(project.tree, project.settings):
        try:
            document = read_entry(project.tree, entry)
        except Malformed as error:
            wrong.append(syntax(entry.path, error))
            continue
        data = project.settings.as_judged(document.data)
        found.append(Postmortem(data, entry.path, document.body))
    return found, wrong
