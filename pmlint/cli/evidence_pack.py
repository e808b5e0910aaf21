"""``pmlint evidence --postmortem`` and ``--new``: the pack of a postmortem from its traces."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import datetime, time
from typing import NamedTuple

import click

from pmlint.check.engine import check_tree
from pmlint.cli.evidence_output import PACK_WRITERS, MadePack, run_table
from pmlint.cli.names import require_route
from pmlint.cli.new import NewAnswers, free_id, new_folder, told_facts
from pmlint.cli.project import Project, find
from pmlint.cli.traces import latest_time, report_findings
from pmlint.edit.filling import fill
from pmlint.edit.record import find_review, known_people
from pmlint.edit.skeleton import postmortem, slug
from pmlint.errors import UsageError
from pmlint.model import Postmortem
from pmlint.model.dates import of_day, parse_date, parse_moment
from pmlint.parsing import writing
from pmlint.parsing.document import Document, read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.project.days import end_of, time_zone, today
from pmlint.project.files import in_folder
from pmlint.project.registry import read_routes
from pmlint.runs.pack import Gathered, PackFile, PackQuestion, gather, pack_files, proposal
from pmlint.runs.pack.files import MAX_PACK, SecretInEvidence
from pmlint.runs.pack.gather import TooManyRuns
from pmlint.runs.settings import run_settings

_SECOND = 10**9


class PackRequest(NamedTuple):
    """What the command line asks for; texts are empty where it says nothing."""

    files: tuple[str, ...]
    route: str
    postmortem: str
    title: str
    runs: tuple[str, ...]
    first: str | None
    last: str | None
    content: bool
    apply: bool
    replace: bool
    check: bool
    now: str | None
    output_format: str


def make_pack(asked: PackRequest) -> None:
    """Write the five files, and the postmortem where it is asked for: all of them, or none.

    Raises `UsageError` as `collect` does, and leaves with 1 where the pack would differ.
    """
    if asked.postmortem and asked.title:
        raise UsageError("--postmortem and --new name two postmortems", help="keep one of them")
    if asked.title and asked.check:
        raise UsageError("--check needs a postmortem that exists", help="name it with --postmortem")
    project = find()
    known = {route.id for route in read_routes(project.tree, project.settings).routes}
    review = _existing(project, asked) if asked.postmortem else None
    gathered = _gathered(project, asked, known, _routes(review, asked, known))
    document = review or _skeleton(project, asked, gathered)
    name = Postmortem(document.data, document.source.file).id
    files = _files(project, asked, gathered, name)
    instructed = any(event.kind == "model" and event.text for event in gathered.events)
    found = proposal(files, instructed=instructed)
    before = {file.path: _before(project, file) for file in files}
    differing = [file for file in files if before[file.path] != file.data]
    filled = fill(document, found) if asked.apply or asked.title else None
    made = MadePack(name, document, files, found, gathered, filled, tuple(differing))
    if asked.check:
        _checked(made, asked.output_format)
        return
    if any(before[file.path] is not None for file in differing) and not asked.replace:
        raise _refuse(made, "the pack exists and differs; --replace changes it")
    changes = {file.path: file.data for file in differing}
    if filled and (asked.title or filled.document.source.text != document.source.text):
        changes[document.source.file] = filled.document.source.text.encode()
    writing.write_all(project.root, changes)
    written = [_shown(project, path) for path in changes]
    click.echo(PACK_WRITERS[asked.output_format](made, written), nl=False)
    report_findings(gathered.findings)


def _existing(project: Project, asked: PackRequest) -> Document:
    return find_review(project.tree, project.settings, asked.postmortem).document


def _routes(review: Document | None, asked: PackRequest, known: Collection[str]) -> set[str]:
    """The routes whose runs are taken: those of the postmortem, else of the option, else all.

    Raises `UsageError` where the postmortem names no route, or another one.
    """
    if review is None:
        return {asked.route} if asked.route else set(known)
    linked = Postmortem(review.data, review.source.file).routes
    routes = {name for name in linked if name in known}
    if not routes and asked.route:  # a draft whose routes nobody has filled in
        return {asked.route}
    if not routes:
        message = f"{asked.postmortem} names no known route"
        raise UsageError(message, file=review.source.file, help="name one with --route")
    if asked.route and asked.route not in routes:
        message = f"--route '{asked.route}' is not a route of {asked.postmortem}"
        raise UsageError(message, help=f"its routes are {', '.join(sorted(routes))}")
    return {asked.route} if asked.route else routes


def _gathered(project: Project, asked: PackRequest, known: set[str], routes: set[str]) -> Gathered:
    """The runs of the pack. Leaves with 1 where there is none."""
    zone = project.settings.timezone
    question = PackQuestion(
        frozenset(routes),
        frozenset(asked.runs),
        _time(asked.first, "--from", zone, is_end=False),
        _time(asked.last, "--to", zone, is_end=True),
    )
    try:
        gathered = gather(
            asked.files,
            known,
            question,
            everything=asked.route,
            settings=run_settings(project.tree, project.settings),
            now=latest_time(project, asked.now),
        )
    except TooManyRuns as many:
        click.echo(run_table(many.runs), nl=False)
        raise
    if not gathered.runs:
        report_findings(gathered.findings)
    return gathered


def _time(text: str | None, option: str, zone: str, *, is_end: bool) -> int | None:
    """A day or a moment in nanoseconds since 1970; a day to its end, a moment to its second's."""
    if text is None:
        return None
    day, moment = parse_date(text), parse_moment(text)
    if day is not None and is_end:
        moment = end_of(day, zone)
    elif day is not None:
        # Without a zone a day begins where it begins first: nobody's run of that day is left out.
        begins = datetime.combine(day, time(), time_zone(zone)) if zone else of_day(day).earliest
        moment = begins
    if moment is None:
        help = "write 2026-11-28, or 2026-11-28T12:00:00Z"
        raise UsageError(f"{option} '{text}' is not a day or a moment", help=help)
    at = int(moment.timestamp()) * _SECOND
    if is_end:
        return at - 1 if day is not None else at + _SECOND - 1
    return at


def _skeleton(project: Project, asked: PackRequest, gathered: Gathered) -> Document:
    """The postmortem that `pmlint new` would create, with the routes of the runs."""
    clock = today(asked.now, project.settings.timezone)
    index = check_tree(project.tree, project.settings, clock).repository_index
    routes = tuple(sorted({run.route for run in gathered.runs}))
    for route in routes:
        require_route(route, index, "--route")
    answers = NewAnswers(asked.title, routes, "", None, None, "")
    told = told_facts(project, index, answers)
    name = free_id(project, index, clock.day.year)
    end = slug(str(told.get("title", "")))
    folder = new_folder(project, "")
    path = in_folder(folder, f"{name}{'-' if end else ''}{end}.md")
    text = postmortem(name, clock.day, told)
    return read_postmortem(decode(path, text.encode()))


def _files(
    project: Project, asked: PackRequest, gathered: Gathered, name: str
) -> tuple[PackFile, ...]:
    """The pack. Leaves with 1, and nothing written, where a text looks like a secret."""
    people = known_people(project.tree, project.settings)
    try:
        return pack_files(gathered, f"evidence/{name}", people, content=asked.content)
    except SecretInEvidence as secret:
        report_findings(secret.findings)
        raise


def _before(project: Project, file: PackFile) -> bytes | None:
    """What is there in place of a file; None for nothing."""
    if project.tree.entry(file.path) is None:
        return None
    try:
        return project.tree.read(file.path, MAX_PACK)
    except Malformed as error:
        raise UsageError(error.message, file=file.path, help="move it away") from None


def _checked(made: MadePack, output_format: str) -> None:
    """What would differ; leaves with 1 where anything does."""
    click.echo(PACK_WRITERS[output_format](made, []), nl=False)
    report_findings(made.gathered.findings)
    if made.differing:
        raise _refuse(made, "the pack differs")
    if made.filled and made.filled.document.source.text != made.document.source.text:
        raise _refuse(made, "the front matter differs")


def _refuse(made: MadePack, message: str) -> click.exceptions.Exit:
    """Exit code 1, with the files on stderr."""
    for file in made.differing:
        click.echo(f"{file.path} differs", err=True)
    click.echo(f"{made.name}: {message}", err=True)
    return click.exceptions.Exit(1)


def _shown(project: Project, path: str) -> str:
    """A path from the current folder, so that it can be opened there."""
    return os.path.relpath(os.path.join(project.root, path)).replace(os.sep, "/")
