"""By which settings the merge result is read (docs/spec/gate.md, 1, 4 ``same-records`` and 14).

1. By the base's, so that a change does not choose what is looked at.
2. Folders and mapped files may move together with their setting: where the merge result, read by
   the base's settings, lacks a record, and read by its own has every one, it is read by its own.
3. A file of the base that is still there must still be read, and a mapping must find in such files,
   as the base has them, all that it found there: else a copy is shown to the gate while the
   platform goes on reading the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pmlint.errors import UsageError
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.model import Postmortem
from pmlint.parsing.tree import Tree
from pmlint.project.configuration import load
from pmlint.project.files import is_postmortem_path, route_files
from pmlint.project.settings import NAMES, RegistrySource, Settings

Records = frozenset[tuple[str, str]]


@contextmanager
def must_be_readable() -> Iterator[None]:
    """What the gate judges by is read below it: an error is raised with the code of a refusal, so
    that every format has it as a finding.
    """
    try:
        yield
    except UsageError as error:
        raise UsageError(
            error.message,
            # two files that configure belong to no file of the error: the one to look at first
            file=error.file or NAMES[1],
            span=error.span,
            help=error.help,
            code=error.code or "unreadable-configuration",
        ) from None


def reading_settings(base: Snapshot, tree: Tree, memory: Memory) -> Settings:
    """The settings by which the records and people of a merge result are read."""
    known = base.settings
    try:
        theirs = load(tree)
    except UsageError:
        return known  # refused as `unreadable-configuration` by whoever compares it
    # which people count is the base's to say; where their file is now, the merge result's
    stays = known._replace(people=theirs.people)
    moved = _moved(stays, theirs)
    if moved == stays:
        return stays
    wanted = ids_of(base)
    if ids_of(Snapshot(tree, stays, memory)) >= wanted:
        return stays
    side = Snapshot(tree, moved, memory)
    if ids_of(side) >= wanted and keeps_files(base, side):
        return moved
    return stays


def comes_left_out(side: Snapshot, path: str) -> bool:
    """Whether a file of a merge result is no postmortem by its own settings: notes come with the
    ``exclude`` that names them.
    """
    try:
        theirs = load(side.tree)
    except UsageError:
        return False
    return not is_postmortem_path(path, theirs)


def keeps_files(base: Snapshot, side: Snapshot) -> bool:
    """Whether a side reads each file of the base's records that it still has, and its mapping finds
    in the base's files every place that they have.
    """
    read = {*side.files, *_route_paths(side)}
    left = {
        path
        for path in (*base.files, *_route_paths(base))
        if side.tree.entry(path) is not None and path not in read
    }
    if left:
        return False
    if side.settings.registry == base.settings.registry:
        return True
    before = Snapshot(base.tree, side.settings, Memory())
    # what lay in a file that is gone is looked for in the merge result (rule 2)
    stays = {place for place in _places(base) if side.tree.entry(place[0]) is not None}
    return _places(before) >= stays


def ids_of(side: Snapshot) -> Records:
    """The ids of all records of a tree, by their kind; an unreadable one by its file."""
    found: set[tuple[str, str]] = set()
    for path in side.files:
        read = side.read(path)
        if isinstance(read, Postmortem):
            found.add(("postmortem", read.id))
        else:
            found.add(("unreadable", path))
    found |= {("mapped" if route.mapped else "route", route.id) for route in side.registry.routes}
    return frozenset(found)


def _places(side: Snapshot) -> frozenset[tuple[str, ...]]:
    return frozenset(
        (route.file, route.id, route.owner, *sorted(route.postmortems))
        for route in side.registry.routes
        if route.mapped
    )


def _route_paths(side: Snapshot) -> list[str]:
    return [path for path, _ in route_files(side.tree, side.settings)]


def _moved(known: Settings, theirs: Settings) -> Settings:
    """The base's settings with the places of the merge result's: what is read of a file, such as
    flags and fields, stays the base's.
    """
    sources = tuple(_moved_source(source, theirs.registry) for source in known.registry)
    return known._replace(postmortems=theirs.postmortems, routes=theirs.routes, registry=sources)


def _moved_source(source: RegistrySource, others: tuple[RegistrySource, ...]) -> RegistrySource:
    """A source with the files of its successor: the one of its name, else the one that finds the
    same entries.
    """
    if source in others:
        return source
    named = [other for other in others if source.name and other.name == source.name]
    alike = [other for other in others if (other.each, other.id) == (source.each, source.id)]
    found = named or alike
    if len(found) != 1:
        return source
    return source._replace(files=found[0].files, exclude=found[0].exclude)


def has_records(side: Snapshot, base: Snapshot) -> bool:
    """Whether a side has every record of the base with its id, its owner and its links."""
    return _records(side) >= _records(base)


def _records(side: Snapshot) -> set[tuple[str, ...]]:
    """Every record of a tree: its id, its owner, its links; an unreadable one by its file."""
    found: set[tuple[str, ...]] = set()
    for path in side.files:
        read = side.read(path)
        if isinstance(read, Postmortem):
            found.add(("postmortem", read.id, *sorted(read.routes)))
        else:
            found.add(("unreadable", path))
    for route in side.registry.routes:
        found.add(("route", route.id, route.owner, *sorted(route.postmortems)))
    return found
