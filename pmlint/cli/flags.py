"""``pmlint flags``: a file for a flag system that turns held routes off."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import click

from pmlint.cli.base_project import require_project_of_head
from pmlint.cli.options import evaluation_date, printed_by_a_dash
from pmlint.cli.project import Project, below, find
from pmlint.cli.table import table
from pmlint.errors import UsageError
from pmlint.flags.decide import RouteFlags
from pmlint.flags.drift import FlagDifference, differences
from pmlint.flags.prove import prove, provider_version
from pmlint.flags.registry import FlagSet, flag_set
from pmlint.flags.systems import SYSTEMS
from pmlint.flags.systems.interface import FlagSystem, UnreadableFlags
from pmlint.gate.case import GateChange
from pmlint.gate.statements import hand_over
from pmlint.git import Repository
from pmlint.model.counting import count
from pmlint.output.verdict import hold as sentence
from pmlint.parsing import writing
from pmlint.parsing.escape import terminal
from pmlint.project.days import clock, today
from pmlint.project.files import is_judged

EXAMPLES = """
\b
Examples:
  pmlint flags                                  print the file
  pmlint flags -o deploy/routes.flagd.json      write it, and say what goes on and off
  pmlint flags --check                          is the committed file what would be written?
  pmlint flags --prove -o                       let flagd's own evaluator answer first
  pmlint flags --output-format unleash          the state of Unleash's client API
"""


@click.command("flags", epilog=EXAMPLES)
@click.option(
    "--output-format",
    type=click.Choice(list(SYSTEMS)),
    default="flagd",
    # PMLINT_OUTPUT_FORMAT names a format of `check`, which has others.
    allow_from_autoenv=False,
    help="Flag system that reads the file (default: flagd).",
)
@click.option(
    "-o",
    "--output-file",
    metavar="[FILE]",
    is_flag=False,
    flag_value="",
    callback=printed_by_a_dash,
    help="Write to this file instead of standard output (without FILE: the configured one).",
)
@click.option(
    "--budgets", metavar="FILE", help="Statement of budgets: 'pmlint due --output-format json'."
)
@click.option(
    "--ledger",
    "ledgers",
    metavar="FILE",
    multiple=True,
    help="Signed ledger of another repository, whose holds turn routes off.",
)
@click.option("--check", is_flag=True, help="Fail if the file is not what would be written.")
@click.option("--prove", "proves", is_flag=True, help="Evaluate the text before it is written.")
@evaluation_date
def command(
    output_format: str,
    output_file: str | None,
    budgets: str | None,
    ledgers: tuple[str, ...],
    check: bool,
    proves: bool,
    now: str | None,
) -> None:
    """Write two flags for each route: whether it runs, and at which autonomy.

    A route that a postmortem holds is off; one that the statement of budgets speaks against has the
    autonomy 'suggest' at most. Nothing is written where that cannot be judged.

    Exit codes: 0 written or as written, 1 the file or the evaluation differs, 2 it could not be
    judged.
    """
    project = find()
    path = _path(project, output_file, needs_one=check)
    flags = _flags(project, budgets, ledgers, now)
    for entry in () if ledgers else project.settings.ledgers:
        # To stderr: the standard output is the file.
        left_out = f"no ledger of {entry.repository} was given"
        note = f"note: {left_out}, so what it holds is not in the flags"
        click.echo(terminal(note), err=True)
    system = SYSTEMS[output_format]
    written = _Written(system, system.render(flags), flags)
    if proves and not _is_proven(written, aside=path is None):
        raise click.exceptions.Exit(1)
    if check:
        _check(path or "", written)
    elif path is None:
        click.echo(written.text, nl=False)
    else:
        _write(path, written)


class _Written(NamedTuple):
    """What is written: for which system, the text, and the flags that it has."""

    system: FlagSystem
    text: str
    flags: FlagSet


def _flags(
    project: Project, budgets: str | None, ledgers: tuple[str, ...], now: str | None
) -> FlagSet:
    day = today(now, project.settings.timezone)
    with Repository(project.root, below(project.root)) as repository:
        require_project_of_head(repository, project.root)
        head = repository.resolve("HEAD")
        change = GateChange(repository, head, "", project.tree, day)
        handed = hand_over(budgets) if budgets else None
        change = change._replace(budgets=handed, ledgers=tuple(map(hand_over, ledgers)))
        return flag_set(change._replace(clock=clock(now)))


def _path(project: Project, asked: str | None, *, needs_one: bool) -> str | None:
    """The file that is written or checked, from the current folder; None where the text is
    printed. Raises `UsageError` where none is named, and for a file that pmlint itself reads.
    """
    if asked is None and not needs_one:
        return None
    named = project.settings.flags.file
    if not asked and not named:
        raise UsageError(
            "no file is named", help='-o FILE, or file = "..." below [tool.pmlint.flags]'
        )
    path = asked or os.path.join(project.root, named)
    inside = os.path.relpath(path, project.root).replace(os.sep, "/")
    # A registry that reads the flags would take its own answer for what somebody set.
    if is_judged(inside, project.settings):
        raise UsageError(
            f"'{inside}' is a file that pmlint reads",
            help="write the flags to a file of their own, which no registry source names",
        )
    return path


def _is_proven(written: _Written, *, aside: bool) -> bool:
    """Print what the evaluator answers; whether it is all as it was decided."""
    system = written.system
    found = prove(system, written.text, written.flags)
    provider = (system.provider, provider_version(system))
    rows = [(*one, *provider) for one in found]
    head = ("route", "flag", "expected", "evaluated", "provider", "version")
    # The text itself is what the standard output has where no file is named.
    click.echo(table(head, rows), err=aside)
    wrong = [one for one in found if one.expected != one.evaluated]
    for one in wrong:
        click.echo(
            f"error: '{one.route}' {one.flag} evaluates to {one.evaluated}, not {one.expected}",
            err=True,
        )
    return not wrong


def _read(path: str) -> str | None:
    """The file as it is; None where it is not there or not a text, which no flag system reads."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _check(path: str, written: _Written) -> None:
    before = _read(path)
    if before == written.text:
        click.echo(f"{_shown(path)} matches the registry: {_counted(written.flags)}")
        return
    click.echo(f"{_shown(path)} does not match the registry")
    for line in _changes(before, written):
        click.echo(f"  {line}")
    click.echo(f"  help: pmlint flags -o {_shown(path)}")
    raise click.exceptions.Exit(1)


def _write(path: str, written: _Written) -> None:
    before = _read(path)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    writing.output(path, written.text)
    click.echo(f"wrote {_shown(path)}: {_counted(written.flags)}")
    for line in _changes(before, written) if before != written.text else ():
        click.echo(f"  {line}")


def _changes(before: str | None, written: _Written) -> Iterator[str]:
    """What goes on and off and why, a line for each flag."""
    if before is None:
        yield "there was no such file"
        return
    try:
        found = list(differences(written.system, before, written.text, written.flags))
    except UnreadableFlags as error:
        yield terminal(f"the file has no flags that can be read: {error}")
        return
    yield from map(_line, found)
    if not found:
        yield "the same flags in another notation"


def _line(one: FlagDifference) -> str:
    if one.route is None:
        return terminal(f"{one.name}: {one.before}, and no route has it")
    name = f"{one.route.route} {one.name.rpartition('.')[2]}"
    if one.before == one.after:
        return terminal(f"{name}: {one.after} as before, for another reason{_why(one.route)}")
    return terminal(f"{name}: {one.before or 'missing'} -> {one.after}{_why(one.route)}")


def _why(route: RouteFlags) -> str:
    """The first of what keeps a route off or low, and how much more there is of it."""
    if route.holds:
        more = f", and {len(route.holds) - 1} more" if len(route.holds) > 1 else ""
        return f", held by {sentence(route.holds[0])}{more}"
    why = route.unread or route.limited
    return f", {why}" if why else ""


def _counted(flags: FlagSet) -> str:
    runs = sum(route.runs for route in flags.routes)
    held = sum(bool(route.holds) for route in flags.routes)
    routes = count(len(flags.routes), "route")
    return f"{routes}, {runs:,} on, {held:,} held"


def _shown(path: str) -> str:
    """A path from the current folder, as everything that is written is named."""
    return terminal(os.path.relpath(path))
