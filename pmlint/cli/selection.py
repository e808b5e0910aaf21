"""Which documents ``pmlint check`` judges: those that paths, the standard input and ``--since``
name, and what to say where there is none (docs/spec/cli.md, *check*).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import NamedTuple

import click

from pmlint.cli.project import Project, below
from pmlint.errors import UsageError
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.project.files import postmortem_files, route_files
from pmlint.project.kinds import kind_at
from pmlint.project.settings import Settings

_WHOLE = 1 << 30
"""Two files are compared as they are, however long."""


class Selection(NamedTuple):
    """The files that are asked for, None for all; the text of the standard input; and the paths
    that name no document.
    """

    only: frozenset[str] | None = None
    instead: Source | None = None
    rest: tuple[str, ...] = ()


def selection(project: Project, paths: tuple[str, ...], stdin_name: str, since: str) -> Selection:
    """What the arguments name.

    Raises `UsageError` where a path does not exist, is outside the repository, or where none of
    them is a document.
    """
    if "-" in paths:
        found = _standard_input(project, paths, stdin_name)
    else:
        found = _files(project, paths) if paths else Selection()
    if not since:
        return found
    changed = _changed_since(project, since)
    return found._replace(only=changed if found.only is None else found.only & changed)


def _standard_input(project: Project, paths: tuple[str, ...], name: str) -> Selection:
    # The name says which kind of document it is and where its links lead from.
    if len(paths) > 1 or not name:
        raise UsageError(
            "'-' is the only path and needs a name",
            help="add --stdin-filename postmortems/PM-2026-001.md",
        )
    file = relative(project.root, name)
    if not _is_document(file, project.settings):
        raise _no_document([name], project.settings)
    try:
        return Selection(
            frozenset((file,)), decode(file, sys.stdin.buffer.read(), keeps_marks=True)
        )
    except Malformed as error:
        raise UsageError(error.message, file=file, span=error.span, help=error.help) from None


def _files(project: Project, paths: Iterable[str]) -> Selection:
    """The documents that paths name, and the paths that name none."""
    tree, settings = project.tree, project.settings
    # A foreign file is a document only where a source reads it: its suffix says nothing.
    mapped = {file for file, source in route_files(tree, settings) if source is not None}
    found: set[str] = set()
    rest = []
    for path in paths:
        file = relative(project.root, path)
        entry = tree.entry(file) if file else None
        if file and entry is None:
            raise UsageError(f"there is no file '{path}'", help="check the path")
        folder = not file or (entry is not None and entry.kind == "folder")
        named = [one.path for one in tree.walk(file)] if folder else [file]
        documents = {one for one in named if one in mapped or _is_document(one, settings)}
        found |= documents
        # Named and not refused: pre-commit hands over all files of a commit.
        rest += [] if documents else [path]
    if not found:
        raise _no_document(rest, settings)
    return Selection(frozenset(found), rest=tuple(rest))


def _is_document(file: str, settings: Settings) -> bool:
    """Whether a file is one that ``check`` can have something to say about."""
    return file in (settings.file, settings.baseline) or kind_at(file, settings) is not None


def _no_document(paths: list[str], settings: Settings) -> UsageError:
    named = ", ".join(f"'{path}'" for path in paths[:3]) + (", ..." if len(paths) > 3 else "")
    verb = "is not a document" if len(paths) == 1 else "are not documents"
    return UsageError(f"{named} {verb}", help=f"documents are in {_folders(settings, 'and')}")


def _folders(settings: Settings, word: str) -> str:
    """The folders of records as they are configured."""
    names = [*settings.postmortems, *settings.routes]
    shown = [name if "*" in name else f"{name.rstrip('/')}/" for name in names]
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def refuse_nothing(project: Project, tree: Tree) -> None:
    """Raise `UsageError` where there is nothing to judge and nothing was set up: no configuration,
    no postmortem, no route. That is not a pass.
    """
    settings = project.settings
    # a team that has written policies has set it up, and their examples have been read
    if settings.file or tree.walk(settings.policies):
        return
    if any(route_files(tree, settings)) or postmortem_files(tree, settings):
        return
    where = os.path.relpath(project.root)
    raise UsageError(
        f"nothing to check below '{where}': looked for {_folders(settings, 'and')};"
        " 'pmlint init' sets it up"
    )


def name_the_rest(rest: Iterable[str]) -> None:
    """Name on the standard error what was given and is not a document."""
    for path in rest:
        click.echo(f"not a document: {path}", err=True)


def relative(root: str, path: str) -> str:
    """A path from the root, by its real place, so that one through a linked folder is the same
    file; empty for the root itself. A link in the place of a file is the link, which is a finding.

    Raises `UsageError` for what is outside.
    """
    real = os.path.realpath(path)
    if not os.path.isdir(path):
        folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
        real = os.path.join(folder, os.path.basename(path))
    file = os.path.relpath(real, os.path.realpath(root)).replace(os.sep, "/")
    if file == ".." or file.startswith("../"):
        raise UsageError(
            f"'{path}' is outside the repository {root}",
            help="run pmlint in the repository of the file",
        )
    return "" if file == "." else file


def _changed_since(project: Project, revision: str) -> frozenset[str]:
    """The files that differ from a revision. Raises `UsageError` where git cannot compare them."""
    from pmlint.git import Repository

    with Repository(project.root, below(project.root)) as repository:
        try:
            before = repository.tree(repository.resolve(revision))
        except UsageError as error:
            raise UsageError(f"{error.message} (--since)", help=error.help) from None
        files = [entry.path for entry in project.tree.walk("")]
        return frozenset(file for file in files if not _same(project.tree, before, file))


def _same(now: Tree, before: Tree, path: str) -> bool:
    try:
        return before.entry(path) is not None and before.read(path, _WHOLE) == now.read(
            path, _WHOLE
        )
    except Malformed:
        return False
