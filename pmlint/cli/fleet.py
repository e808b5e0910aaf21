"""``pmlint fleet``: many repositories, one answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from pmlint.cli.options import evaluation_date, organisation_demands, output_format
from pmlint.errors import UsageError
from pmlint.model.counting import count
from pmlint.project.days import today

if TYPE_CHECKING:
    from pmlint.fleet.ask import FleetAnswer
    from pmlint.fleet.drive import RunSummary
    from pmlint.fleet.engines import FleetEngine

EXAMPLES = """
\b
Examples:
  gh api --paginate orgs/acme/repos > repos.json
  pmlint fleet list github repos.json > fleet.txt
  pmlint fleet run fleet.txt -o store
  pmlint fleet run fleet.txt -o store --shard 1/8        one job of eight
  pmlint fleet run fleet.txt -o store --executor dask://scheduler:8786
  pmlint fleet ask store overdue
"""
RUN_EXAMPLES = """
\b
Examples:
  pmlint fleet run fleet.txt -o store
  pmlint fleet run fleet.txt -o store --shard 1/8        one job of eight
  pmlint fleet run fleet.txt -o store --executor dask://scheduler:8786
"""
ASK_EXAMPLES = """
\b
Examples:
  pmlint fleet ask store                                 one screen
  pmlint fleet ask store overdue
  pmlint fleet ask store "SELECT route, reason FROM holds"
"""
LIST_EXAMPLES = """
\b
Example:
  gh api --paginate orgs/acme/repos > repos.json
  pmlint fleet list github repos.json > fleet.txt
"""
COMPACT_EXAMPLES = """
\b
Examples:
  pmlint fleet compact store
  pmlint fleet compact store --list fleet.txt            and drop what is no longer listed
"""


@click.group("fleet", epilog=EXAMPLES)
def command() -> None:
    """Judge many repositories, keep their rows in a store, and ask it questions."""


@command.command("run", epilog=RUN_EXAMPLES, short_help="Judge the repositories of a list.")
@click.argument("listing", metavar="LIST")
@click.option("-o", "--output", "folder", metavar="STORE", required=True, help="The store.")
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Number of worker processes (0: one per CPU).",
)
@click.option(
    "--executor",
    metavar="ENGINE",
    help="Where tasks run: dask://HOST:PORT, or MODULE:CALLABLE that makes an Executor.",
)
@click.option("--shard", metavar="I/N", help="Judge the I-th of N parts of the list.")
@organisation_demands
@click.option("--refresh", is_flag=True, help="Judge everything again.")
@click.option(
    "--max-age",
    metavar="AGE",
    default="7d",
    help="Judge again what was judged longer ago (default: 7d).",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.IntRange(1),
    default=120,
    help="The most time for one repository (default: 120).",
)
@click.option(
    "--max-fetch",
    metavar="MIB",
    type=click.IntRange(1),
    default=256,
    help="The most that is fetched of one repository (default: 256).",
)
@click.option("--allow-file", is_flag=True, help="Also take file:// addresses.")
@click.option(
    "--allow-unjudged",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="How many repositories may stay unjudged (default: 0).",
)
@click.option(
    "--fail-on", metavar="QUESTION", multiple=True, help="Exit 1 where the question has rows."
)
@evaluation_date
def run_command(
    listing: str,
    folder: str,
    jobs: int,
    executor: str | None,
    shard: str | None,
    policies: str | None,
    refresh: bool,
    max_age: str,
    timeout: int,
    max_fetch: int,
    allow_file: bool,
    allow_unjudged: int,
    fail_on: tuple[str, ...],
    now: str | None,
) -> None:
    """Judge the repositories of LIST, and keep their rows in a store.

    Exit codes: 0 all judged, 1 all judged and a question of --fail-on has rows, 2 more than
    --allow-unjudged could not be judged, or nothing could be run.
    """
    from pmlint.fleet.drive import FleetSettings, run
    from pmlint.fleet.listing import read_list, shard_of
    from pmlint.fleet.store import Store

    _require_questions(fail_on)
    today(now)  # a text that is not a day is said before the work as well
    listed = read_list(_text(listing), listing, allow_file=allow_file)
    if shard is not None:
        listed = shard_of(listed, shard)
    demands = _demands(policies)
    settings = FleetSettings(timeout, max_fetch, now, _seconds(max_age), refresh, demands)
    summary = run(listed, Store(folder), _engine(executor, jobs), settings, _progress())
    _summarize(summary, len(listed))
    if summary.interrupted or summary.not_judged > allow_unjudged:
        raise click.exceptions.Exit(2)
    if fail_on and _has_rows(folder, fail_on, now):
        raise click.exceptions.Exit(1)


def _require_questions(names: tuple[str, ...]) -> None:
    """Raise `UsageError` for a question that does not ship: before the work, and not after it."""
    if names:
        from pmlint.fleet.ask import question

        for name in names:
            question(name)


def _demands(folder: str | None) -> dict[str, bytes] | None:
    """The files of the organisation's policies, which must be right before anything is judged."""
    if folder is None:
        return None
    from pmlint.check.organisation import organisation_policies
    from pmlint.project.organisation import files_of, read_organisation
    from pmlint.project.settings import Settings

    files = files_of(folder)
    # Read once more by each task, which gets bytes: what is compiled does not travel.
    organisation_policies(read_organisation(files), Settings(), today(None).day)
    return files


def _text(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    try:
        # A shell of Windows begins what it redirects with a byte order mark.
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        said = (error.strerror or "").lower() if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(
            f"the list cannot be read: {said}", file=path, help="check the path"
        ) from None


def _seconds(text: str) -> int:
    from pmlint.model.dates import duration_seconds

    try:
        return duration_seconds(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is not an age (--max-age)", help="write 7d, 12h or 30m"
        ) from None


def _engine(executor: str | None, jobs: int) -> Callable[[str], FleetEngine]:
    """How to open the engine that was asked for; ``place`` is the folder of local tasks."""

    def open_engine(place: str) -> FleetEngine:
        # Imported there: a run that has nothing to judge opens none.
        from pmlint.fleet.engines import dask_engine, local_engine, named_engine

        if executor is None:
            return local_engine(jobs, place)
        if executor.startswith("dask://"):
            return dask_engine(executor)
        # from the command line only: a file that names a module would run it
        return named_engine(executor)

    return open_engine


def _progress() -> Callable[[str], None]:
    """One line on a terminal that is written anew; nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda text: None
    return lambda text: print(f"\r{text}", end="\x1b[K", file=sys.stderr, flush=True)


def _repositories(number: int) -> str:
    return count(number, "repository", "repositories")


def _summarize(summary: RunSummary, number: int) -> None:
    parts = [f"{number:,} {status}" for status, number in sorted(summary.statuses.items())]
    if summary.skipped:
        parts.append(f"{summary.skipped:,} not changed")
    click.echo(f"{_repositories(number)}: {', '.join(parts) or 'none'}")
    click.echo("proofs were judged as written: a fleet fetches no history")
    if summary.interrupted:
        click.echo("interrupted: what was finished is in the store", err=True)


def _has_rows(folder: str, names: tuple[str, ...], now: str | None) -> bool:
    from pmlint.fleet.ask import Asking, question

    asking = Asking(folder, today(now).day)
    found = False
    for name in names:
        answer = asking.ask(question(name).sql)
        if answer.rows:
            click.echo(f"{name}: {count(len(answer.rows), 'row')}", err=True)
            found = True
    return found


@command.command("ask", epilog=ASK_EXAMPLES, short_help="Ask a store a question.")
@click.argument("folder", metavar="STORE")
@click.argument("text", metavar="QUESTION", required=False)
@click.option("--list", "listed", is_flag=True, help="Name the questions that ship.")
@output_format(("text", "json", "csv"))
@evaluation_date
def ask_command(
    folder: str, text: str | None, listed: bool, output_format: str, now: str | None
) -> None:
    """Answer QUESTION from a store: one that ships, or the text of one SELECT.

    Without a question one screen: repositories by status, held, overdue and running while held, by
    team.
    """
    from pmlint.fleet.ask import Asking, FleetAnswer, overview, question, questions

    if listed:
        rows = tuple((one.name, one.says) for one in questions().values())
        _print(FleetAnswer(("question", "asks"), rows), output_format)
        return
    asking = Asking(folder, today(now).day)
    if text is None:
        _screen(overview(asking), output_format)
    else:
        # No question that ships has a blank in its name, and no SELECT is without one.
        is_sql = len(text.split()) > 1
        _print(asking.ask(text if is_sql else question(text).sql), output_format)


def _screen(parts: Sequence[tuple[str, FleetAnswer]], output_format: str) -> None:
    for title, answer in parts:
        if output_format == "text":
            click.echo(f"{title}:")
        _print(answer, output_format)


def _print(answer: FleetAnswer, output_format: str) -> None:
    import json
    import os

    # Tables bring the settings of a project with them, which a run has no use for.
    from pmlint.cli.table import Heading, Listing, as_csv, as_text, width

    if output_format == "json":
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        click.echo(json.dumps(rows, indent=2, default=str))
        return
    cells = [[_cell(value) for value in row] for row in answer.rows]
    table = Listing(tuple(Heading(name) for name in answer.columns), cells)
    if output_format == "csv":
        click.echo(as_csv(table), nl=False)
    elif not cells:
        click.echo("no rows")
    else:
        for line in as_text(table, width(os.environ)):
            click.echo(line)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


@command.command("list", epilog=LIST_EXAMPLES, short_help="Make a list from an export of a forge.")
@click.argument("forge", type=click.Choice(("github", "gitlab")))
@click.argument("file", metavar="FILE")
def list_command(forge: str, file: str) -> None:
    """Print a list from FILE, an export of a forge that your own client made.

    What is archived or a fork is left out, and counted on the standard error.
    """
    from pmlint.fleet.listing import from_forge

    export = from_forge(forge, _text(file), file)
    for line in export.lines:
        click.echo(line)
    left = f"left out {export.archived:,} archived, {export.forks:,} forks"
    click.echo(f"{_repositories(len(export.lines))}; {left}", err=True)


@command.command(
    "compact", epilog=COMPACT_EXAMPLES, short_help="Keep the newest rows of a store alone."
)
@click.argument("folder", metavar="STORE")
@click.option("--list", "listing", metavar="LIST", help="Keep only what is on this list.")
@click.option("--allow-file", is_flag=True, help="Also take file:// addresses.")
def compact_command(folder: str, listing: str | None, allow_file: bool) -> None:
    """Write one batch of the newest rows of a store, and delete the others."""
    from pmlint.fleet.listing import read_list
    from pmlint.fleet.store import Store

    names = None
    if listing is not None:
        listed = read_list(_text(listing), listing, allow_file=allow_file)
        names = frozenset(one.name for one in listed)
    number = Store(folder).compact(names)
    click.echo(f"{folder}: one batch of {_repositories(number)}")
