"""What the verbs that write share: the edit is judged, shown or written, and one line says what is
next.

An edit is refused (exit 1, nothing written) when the project would have an error that it has not
now, or when the gate would refuse it on top of what is already there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import wraps
from typing import Any, NamedTuple

import click

from pmlint.check.engine import check_tree
from pmlint.cli.base_project import require_project_of_head
from pmlint.cli.options import evaluation_date
from pmlint.cli.project import Project, below, find
from pmlint.edit import unified
from pmlint.edit.history import History, opened
from pmlint.edit.refusal import Refused
from pmlint.finding import Finding, Level
from pmlint.parsing.document import Document
from pmlint.parsing.escape import terminal
from pmlint.parsing.overlay import Overlay
from pmlint.parsing.tree import Tree
from pmlint.project.configuration import load
from pmlint.project.days import Today, today

Command = Callable[..., object]


class Desk(NamedTuple):
    """Where a verb writes: the project, what day it is, and git's history."""

    project: Project
    today: Today
    history: History | None

    @property
    def day(self) -> date:
        """The day that is written as today's."""
        return self.today.day


class Edited(NamedTuple):
    """A file before and after an edit; its ``path`` is relative to the root of the project."""

    path: str
    before: str
    after: str


def edited(before: Document, after: Document) -> Edited:
    """A document before and after an edit."""
    return Edited(before.source.file, before.source.text, after.source.text)


def writes(command: Command) -> Command:
    """Add the options that every writing verb has, and turn a refusal into exit code 1."""

    @wraps(command)
    def run(*arguments: Any, **options: Any) -> object:
        try:
            return command(*arguments, **options)
        # 1, as of `check` and `gate`: a refusal is a finding and no mistake of usage.
        except Refused as refused:
            from pmlint.output.listing import listed

            for finding in listed(refused.findings):
                _show(finding)
            raise click.exceptions.Exit(1) from None

    diff = click.option("--diff", is_flag=True, help="Show what would change; write nothing.")
    return diff(evaluation_date(run))


def at_desk(now: str | None, work: Callable[[Desk], None]) -> None:
    """Run a verb in the project around the current folder, with its history open."""
    project = find()
    with opened(project.root, below(project.root)) as history:
        if history is not None:
            require_project_of_head(history.repository, project.root)
        work(Desk(project, today(now, project.settings.timezone), history))


def land(
    desk: Desk,
    edits: Sequence[Edited],
    *,
    next_step: str,
    diff: bool,
    binding: Iterable[str] = (),
) -> None:
    """Judge edits, then write them all, or show them with ``diff``; ``binding`` names the files of
    which any error refuses, new or not.

    Raises `Refused`, `UsageError` and `OSError`; then nothing is written.
    """
    edits = [edit for edit in edits if edit.before != edit.after]
    after = Overlay(desk.project.tree, {edit.path: edit.after for edit in edits})
    if findings := [*_caused(desk, after, frozenset(binding)), *_gated(desk, after, edits)]:
        raise Refused(findings)
    if diff:
        for edit in edits:
            click.echo(unified(edit.path, edit.before, edit.after), nl=False)
        return
    from pmlint.parsing.writing import replace

    for edit in edits:
        replace(desk.project.root, edit.path, edit.before, edit.after)
        click.echo(terminal(f"wrote {edit.path}"))
        for line in changed_lines(edit.before, edit.after):
            click.echo(terminal(line))
    click.echo(terminal(f"next: {next_step}"))


def changed_lines(before: str, after: str) -> Iterator[str]:
    """The lines that an edit removes and adds, with their numbers."""
    from difflib import SequenceMatcher

    old, new = before.splitlines(), after.splitlines()
    width = len(str(max(len(old), len(new))))
    # Without autojunk: it takes lines that come often for noise from 200 lines on, and numbers
    # would be wrong.
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            for row in range(start, end):
                yield f"- {row + 1:>{width}}  {old[row]}"
            for row in range(new_start, new_end):
                yield f"+ {row + 1:>{width}}  {new[row]}"


def _caused(desk: Desk, after: Tree, binding: frozenset[str]) -> list[Finding]:
    """The errors that the project has after the edit and has not now."""
    settings = desk.project.settings
    load(after)  # a configuration that cannot be read is a mistake of usage, not a finding
    project = desk.project
    # what is on disk was most likely checked before, so the cache halves the time
    now = check_tree(project.tree, settings, desk.today, cache_of=project.root)
    known = _keys(finding for finding in now.report.findings if _is_error(finding))
    return [
        finding
        for finding in check_tree(after, settings, desk.today).report.findings
        if _is_error(finding)
        if finding.path in binding or known.isdisjoint(_keys([finding]))
    ]


def _is_error(finding: Finding) -> bool:
    return finding.level is Level.ERROR and not finding.waived


def _keys(findings: Iterable[Finding]) -> set[tuple[str, ...]]:
    """What makes two findings one: by what they say, since elements of lists move with an edit, or
    by their place, since a message that lists what is open gets shorter with each closing.
    """
    keys: set[tuple[str, ...]] = set()
    for finding in findings:
        about = (finding.code, finding.path, finding.subject)
        keys.add((*about, "says", finding.message))
        # A wrong value in the place of another wrong one is an error of its own.
        if finding.pointer and finding.code != "schema":
            keys.add((*about, "at", finding.pointer))
    return keys


def _gated(desk: Desk, after: Tree, edits: Sequence[Edited]) -> list[Finding]:
    """What the gate refuses of the edit, compared with the base, and does not refuse without it.

    What it could not judge without the edit either is said, and refuses nothing. Raises
    `UsageError` where git cannot tell.
    """
    if desk.history is None:
        click.echo("not checked against git: there is no commit to compare with", err=True)
        return []
    from pmlint.gate.transitions import transitions

    before = _refusals(desk, desk.project.tree)
    for finding in before:
        if transitions().codes[finding.code].unjudged:
            place = f"{finding.path}: " if finding.path else ""
            click.echo(terminal(f"not judged: {place}{finding.message}"), err=True)
    known = _keys(before)
    # what 'check' says of the edit is not repeated as 'no-longer-passes'
    found = [
        finding
        for finding in _refusals(desk, after)
        if known.isdisjoint(_keys([finding])) and finding.code != "no-longer-passes"
    ]
    paths = [edit.path for edit in edits]
    return [finding if finding.path else finding._replace(path=paths[0]) for finding in found]


def _refusals(desk: Desk, tree: Tree) -> list[Finding]:
    """What the gate would refuse of a tree, compared with the base, once everybody whom its files
    name has approved it: who does is known in the pull request, and not here.
    """
    from pmlint.gate.case import GateChange
    from pmlint.gate.verdict import judge

    history = desk.history
    assert history is not None
    change = GateChange(history.repository, history.base, "", tree, desk.today, is_proposed=False)
    return list(judge(change).refusals)


def _show(finding: Finding) -> None:
    """A finding as people and scripts read it: one line, and what to do below."""
    place = f"{finding.path}:{finding.span.row}:{finding.span.column}: " if finding.path else ""
    click.echo(terminal(f"{place}{finding.level} {finding.code}: {finding.message}"))
    if finding.help:
        click.echo(terminal(f"  help: {finding.help}"))
