"""``pmlint due``: which routes owe a postmortem."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta

import click

from pmlint.cli.evidence import report_findings
from pmlint.cli.options import output_format
from pmlint.cli.project import Project, find
from pmlint.cli.table import table
from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model import Postmortem
from pmlint.model.dates import parse_date, parse_moment
from pmlint.output.json import VERSION
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.project.files import postmortem_files
from pmlint.project.registry import read_routes
from pmlint.runs.collect import Collected, collect
from pmlint.runs.due import OwedReview, RouteDue, judge_routes, moment_of

EXAMPLES = """
\b
Examples:
  pmlint due                                    the rows and traces below runs/
  pmlint due exports/november.csv --now 2026-11-28
"""
_HEAD = ("route", "answer", "runs", "bad", "rescued", "owes")
_FOLDER = "runs"


@click.command("due", epilog=EXAMPLES)
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("--route", metavar="ROUTE", default="", help="Judge this route alone.")
@click.option("--no-history", is_flag=True, help="Judge only what is owed now, not the whole log.")
@click.option(
    "--fail-level",
    type=click.Choice(["error", "warning"]),
    default="error",
    help="Lowest level of a finding that fails (default: error).",
)
@click.option("--now", metavar="DATE", help="Date or moment to evaluate against (default: now).")
@output_format(("text", "json"))
def command(
    files: Sequence[str],
    route: str,
    no_history: bool,
    fail_level: str,
    now: str | None,
    output_format: str,
) -> None:
    """Judge the runs of each route against what it promises, and name the reviews that are owed.

    Exit codes: 0 nothing beyond grace, 1 a review is owed or a budget is spent, 2 a route that runs
    could not be judged.
    """
    project, moment = find(), _moment(now)
    routes = read_routes(project.tree, project.settings).routes
    known = {one.id for one in routes}
    if route and route not in known:
        raise _unknown_route(route, known)
    collected = collect(_sources(project, files), known, now=int(moment.timestamp()) * 10**9)
    try:
        judged = judge_routes(
            [one for one in routes if not route or one.id == route],
            list(_postmortems(project)),
            collected.runs,
            moment,
            history=not no_history,
        )
    # The schema lets the form of an slo in; whether "0.999" and "30d" fit is known when they are
    # read.
    except ValueError as error:
        raise UsageError(f"an slo cannot be read: {error}", help="write 0.999 or 30d") from None
    findings = [*collected.findings, *_findings(judged, moment)]
    if output_format == "json":
        click.echo(json.dumps(_statement(judged, collected, moment), indent=2, ensure_ascii=False))
    else:
        click.echo(_text(judged))
    # Nothing judged is not a pass: exit 2, also where another route owes a review.
    if any(one.answer == "unjudged" for one in judged):
        _report(findings)
        raise click.exceptions.Exit(2)
    report_findings(findings)
    if fail_level == "warning" and findings:
        raise click.exceptions.Exit(1)


def _report(findings: Sequence[Finding]) -> None:
    """Print findings where another exit code than theirs follows."""
    try:
        report_findings(findings)
    except click.exceptions.Exit:
        return


def _moment(now: str | None) -> datetime:
    """The moment to judge at; a bare date means its end."""
    if now is None:
        return datetime.now(UTC)
    day, moment = parse_date(now), parse_moment(now)
    if day is not None:
        # The end of the day: a run of this morning counts for whoever asks about today.
        return datetime.combine(day, time(0), UTC) + timedelta(days=1)
    if moment is None:
        raise UsageError(f"'{now}' is not a date or a moment", help="write --now 2026-11-28")
    return moment


def _unknown_route(route: str, known: set[str]) -> UsageError:
    from pmlint.model.suggestions import nearest

    help = nearest(route, known) or "'pmlint routes' lists the routes"
    return UsageError(f"there is no route '{route}' (--route)", help=help)


def _sources(project: Project, files: Sequence[str]) -> list[str]:
    """The files that were named, else all below ``runs/``. Raises `UsageError` for none."""
    if files:
        return list(files)
    found = [entry.path for entry in project.tree.walk(_FOLDER) if entry.kind == "file"]
    if not found:
        raise UsageError(
            f"no runs: looked for files below '{_FOLDER}/'",
            help="name rows or traces (pmlint due FILES), or write rows with 'pmlint runs'",
        )
    return [f"{project.root}/{path}" for path in found]


def _postmortems(project: Project) -> Iterator[Postmortem]:
    """Every postmortem that can be read; `check` speaks of the others."""
    for entry in postmortem_files(project.tree, project.settings):
        try:
            document = read_postmortem(decode(entry.path, project.tree.read(entry.path)))
        except Malformed:
            continue
        yield Postmortem(document.data, entry.path, document.body)


def _findings(judged: Sequence[RouteDue], moment: datetime) -> Iterator[Finding]:
    for one in judged:
        file = one.route.file
        for owed in one.unanswered:
            late = moment.date() > owed.grace_until
            level = Level.ERROR if late else Level.WARNING
            yield Finding("owed-postmortem", level, _owes(owed), file, help=_answer_help(owed, one))
        spent = [state.budget for state in one.budgets if state.spent]
        # Below these a person makes every change, so a spent budget harms nobody yet.
        level_of = {"act": Level.ERROR, "act-with-approval": Level.WARNING}
        if spent and one.route.runs and one.route.autonomy in level_of:
            message = f"the budget of {' and '.join(spent)} is spent"
            level = level_of[one.route.autonomy]
            help = "lower its autonomy or pause it"
            yield Finding("budget-exceeded", level, message, file, help=help)
        for reason in one.why:
            message = f"'{one.route.id}' cannot be judged: {reason}"
            yield Finding("runs-stale", Level.ERROR, message, file, help="name newer runs")


def _owes(owed: OwedReview) -> str:
    episode = owed.episode
    count = f"{episode.runs} run{'s' if episode.runs != 1 else ''}"
    return f"{episode.trigger} since {_day(episode.first)}: {count}, and no postmortem answers it"


def _answer_help(owed: OwedReview, one: RouteDue) -> str:
    if owed.draft:
        return f"move the draft {owed.draft} to in-review"
    return f"pmlint new TITLE --route {one.route.id} --trigger {owed.episode.trigger}"


def _day(step: int) -> str:
    return moment_of(step).date().isoformat()


def _text(judged: Sequence[RouteDue]) -> str:
    rows = [
        (
            one.route.id,
            one.answer,
            f"{one.counts.runs:,}",
            f"{one.counts.bad:,}",
            f"{one.counts.rescued:,}",
            ", ".join(_short(owed) for owed in one.unanswered) or "-",
        )
        for one in judged
    ]
    return table(_HEAD, rows)


def _short(owed: OwedReview) -> str:
    return f"{owed.episode.trigger} since {_day(owed.episode.first)}"


def _statement(
    judged: Sequence[RouteDue], collected: Collected, moment: datetime
) -> dict[str, object]:
    return {
        "version": VERSION,
        "kind": "budgets",
        "as_of": _rfc3339(moment),
        "sources": [file._asdict() for file in collected.files],
        "unassigned": sum(1 for run in collected.runs if not run.route),
        "routes": [_route(one) for one in judged],
    }


def _route(one: RouteDue) -> dict[str, object]:
    return {
        "route": one.route.id,
        "answer": one.answer,
        "why": list(one.why),
        "since": _rfc3339(moment_of(one.since)),
        "runs": one.counts.runs,
        "bad": one.counts.bad,
        "rescued": one.counts.rescued,
        "unknown": one.unknown,
        "budgets": [
            {
                "budget": state.budget,
                "count": state.counted,
                "allowed": state.allowed,
                "spent": state.spent,
                "within_again": None if state.within_again is None else _day(state.within_again),
            }
            for state in one.budgets
        ],
        "episodes": [
            {
                "trigger": owed.episode.trigger,
                "from": _rfc3339(moment_of(owed.episode.first)),
                "to": _rfc3339(moment_of(owed.episode.last)),
                "runs": owed.episode.runs,
                "peak": {"count": owed.episode.peak.counted, "of": owed.episode.peak.of},
                "answered_by": owed.answered_by or None,
                "draft": owed.draft or None,
                "grace_until": owed.grace_until.isoformat(),
            }
            for owed in one.owed
        ],
    }


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
