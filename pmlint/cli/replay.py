"""``pmlint replay``: the incident against the repaired route."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from pmlint.cli.head import HeadTree, tree_of_head
from pmlint.cli.options import output_file, output_format
from pmlint.cli.project import find
from pmlint.cli.table import table
from pmlint.edit.record import find_postmortem
from pmlint.errors import UsageError
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.gate.statements import UnusableStatement, hand_over, usable_statement
from pmlint.model import Postmortem
from pmlint.output.json import VERSION
from pmlint.parsing import writing
from pmlint.parsing.escape import terminal
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import normal
from pmlint.project.replays import replay_files
from pmlint.replay.junit import LARGEST, PlayedRun, read_junit
from pmlint.replay.skeleton import NoCalls, ReplaySkeleton, skeleton
from pmlint.replay.state import NotAReplay, ReplayRun, entry_of, statement_of

EXAMPLES = """
\b
Examples:
  pmlint replay new PM-2026-001                 a test from the calls of its evidence
  pmlint replay list                            what has to be run, and where
  pmlint replay state PM-2026-001 --red red.xml --green green.xml -o replays.json
"""
REPOSITORY = click.option(
    "--repo", metavar="DIR", default=".", help="The repository, with or without a work tree."
)


@click.group("replay", epilog=EXAMPLES)
def command() -> None:
    """Play an incident against the repaired route, and state what both runs showed."""


@command.command("new", short_help="Write a test from the calls in the evidence.")
@click.argument("postmortem")
def new(postmortem: str) -> None:
    """Write a test of pytest from the calls in the evidence of POSTMORTEM.

    It is red until its assertions are filled in. Files that are there stay as they are.
    """
    project = find()
    found = find_postmortem(project.tree, project.settings, postmortem)
    try:
        written = skeleton(project.tree, found)
    except (NoCalls, Malformed) as error:
        raise UsageError(
            f"{found.id}: {error}",
            file=found.file,
            help=f"pmlint evidence TRACES --postmortem {found.id} writes the calls of its traces; "
            "put the entries that it prints into the postmortem",
        ) from None
    for file, text in ((written.calls, written.calls_text), (written.path, written.text)):
        path = os.path.join(project.root, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            writing.write(path, text.encode(), new=True)
        except FileExistsError:
            raise UsageError(
                f"'{file}' is there already", help="edit it, or remove it first"
            ) from None
        click.echo(terminal(f"wrote {os.path.relpath(path)}"))
    click.echo(terminal(f"next: fill in its assertions, then add below 'restart' of {found.file}:"))
    click.echo(terminal(f"  {_field(written)}"))


def _field(written: ReplaySkeleton) -> str:
    """The field of the postmortem, to be copied; the commit is for a person to name."""
    tests = ", ".join(written.tests)
    return f"replay: {{path: {written.path}, broken_at: COMMIT, tests: [{tests}]}}"


@command.command("list", short_help="List the replays of HEAD.")
@REPOSITORY
@output_format(("text", "json"))
def list_replays(repo: str, output_format: str) -> None:
    """List the replays of the commit that is checked out, for the job that runs them.

    JSON names the files of each replay, which are laid over the code of `broken_at`.
    """
    with _at_head(repo) as head:
        rows = [_row(head, one) for one in head.replayed]
    if output_format == "json":
        click.echo(json.dumps({"version": VERSION, "replays": rows}, indent=2))
    elif rows:
        columns = ("postmortem", "path", "broken_at")
        click.echo(table(columns, [[str(row[name]) for name in columns] for row in rows]))
    else:
        click.echo("no postmortem has a replay")


@command.command("state", short_help="State what both runs of a replay showed.")
@click.argument("postmortem")
@click.option("--red", metavar="FILE", required=True, help="JUnit XML of the run at 'broken_at'.")
@click.option("--green", metavar="FILE", required=True, help="JUnit XML of the run at HEAD.")
@REPOSITORY
@click.option("--add-to", metavar="FILE", help="Statement that other postmortems are taken from.")
@output_file
def state(
    postmortem: str, red: str, green: str, repo: str, add_to: str | None, output_file: str | None
) -> None:
    """State that the replay of POSTMORTEM failed on the broken code and passes on HEAD.

    Reads the repository's objects and no work tree, and runs nothing. Exit codes: 0 stated, 1 the
    runs show something else, 2 they cannot be read.
    """
    with _at_head(repo) as head:
        found = find_postmortem(head.at.tree, head.at.settings, postmortem)
        replay = found.restart.replay
        path = normal(replay.path)
        if not path or not replay.broken_at:
            raise UsageError(
                f"{found.id} has no replay with a path and a commit",
                file=found.file,
                help="add 'restart.replay' with 'path' and 'broken_at'",
            )
        broken = ReplayRun(head.at.repository.resolve(replay.broken_at), _run(red, found))
        fixed = ReplayRun(head.at.commit, _run(green, found))
        files = {file: head.at.tree.identity(file) for file in head.files(found)}
        kept = _others(add_to, head, found.id)
    try:
        entry = entry_of(found.id, files, broken, fixed)
    except NotAReplay as error:
        click.echo(terminal(f"error: {found.id}: {error}"), err=True)
        raise click.exceptions.Exit(1) from None
    text = json.dumps(statement_of([*kept, entry]), indent=2) + "\n"
    if output_file is None:
        click.echo(text, nl=False)
    else:
        writing.output(output_file, text)
        click.echo(f"wrote {output_file}", err=True)


class _Head(NamedTuple):
    """The commit that is checked out, and its postmortems."""

    at: HeadTree
    postmortems: Sequence[Postmortem]

    @property
    def replayed(self) -> list[Postmortem]:
        """The postmortems with a replay, by their ids."""
        found = [one for one in self.postmortems if normal(one.restart.replay.path)]
        return sorted(found, key=lambda one: one.id)

    def files(self, postmortem: Postmortem) -> list[str]:
        """The files of a replay, by their paths."""
        return sorted(replay_files(self.at.tree, postmortem, self.replayed))


@contextmanager
def _at_head(repo: str) -> Iterator[_Head]:
    with tree_of_head(repo) as head:
        side = Snapshot(head.tree, head.settings, Memory())
        reads = [side.read(path) for path in sorted(side.files)]
        yield _Head(head, [read for read in reads if isinstance(read, Postmortem)])


def _row(head: _Head, one: Postmortem) -> Mapping[str, object]:
    replay = one.restart.replay
    return {
        "postmortem": one.id,
        "path": normal(replay.path),
        "broken_at": replay.broken_at,
        "tests": list(replay.tests),
        "files": head.files(one),
    }


def _run(file: str, postmortem: Postmortem) -> PlayedRun:
    """The cases of a report that count for a replay: those that it names, or all of its file."""
    replay = postmortem.restart.replay
    module = (normal(replay.path) or "").removesuffix(".py").replace("/", ".")
    with open(file, "rb") as report:
        data = report.read(LARGEST + 1)
    try:
        run = read_junit(data, module)
    except UsageError as error:
        raise UsageError(error.message, file=file, help=error.help) from None
    if not replay.tests:
        return run
    # 'test_a[eu]' is one case of the test 'test_a'
    kept = [case for case in run.cases if case.name.partition("[")[0] in replay.tests]
    return run._replace(cases=tuple(kept))


def _others(file: str | None, head: _Head, name: str) -> list[Mapping[str, Any]]:
    """What another statement says of other postmortems."""
    if file is None:
        return []
    try:
        found = usable_statement("replays", "file", hand_over(file), head.at.tree, None)
    except UnusableStatement as error:
        raise UsageError(error.message, help="pmlint replay state writes one") from None
    return [entry for entry in found.data["replays"] if entry["postmortem"] != name]
