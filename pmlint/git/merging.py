"""Whether a merge was made of objects that match their ids.

`git merge-tree` believes each object's file. So each folder in which the sides differ is read and
held to its id, and so are the files whose bytes had a part in the result: those that both sides
changed, and those that may have been renamed, since git looks for renames by likeness. What was
taken as it is, by its id, is read by whoever needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple, Protocol

from pmlint.git.commits import CheckedCommits
from pmlint.git.tree import Folder, TreeItem

_EMPTY: Folder = {}


class _Store(Protocol):
    """Where folders come from, and who holds a file to its id: `pmlint.git.Repository`."""

    def folder(self, name: str) -> Folder:
        """What is in a folder, by its full id."""

    def require_sound(self, names: Iterable[str]) -> None:
        """Raise `Unjudged` where the contents of an object do not match its id."""


class _Changed(NamedTuple):
    """A name that two sides do not have alike: on the merge base, and on each side."""

    before: TreeItem | None
    sides: tuple[TreeItem | None, TreeItem | None]


class MergeInputs:
    """Checks what a merge of two commits reads."""

    def __init__(self, commits: CheckedCommits, store: _Store) -> None:
        self._commits = commits
        self._store = store

    def require_sound(self, bases: list[str], one: str, other: str) -> None:
        """Raise `Unjudged` where an object that decides the merge does not match its id; ``bases``
        are what both commits have in common.
        """
        for base in bases:
            top = [self._commits.read(name).tree for name in (base, one, other)]
            found = list(self._changed(*map(self._store.folder, top)))
            self._store.require_sound(_read_by_git(found))
        # several are merged with each other first
        for first, second in combinations(bases, 2):
            self.require_sound(self._commits.in_common(first, second), first, second)

    def _changed(self, before: Folder, one: Folder, other: Folder) -> Iterator[_Changed]:
        """Each file that a side changed, in all folders."""
        pending = [(before, one, other)]
        while pending:
            folders = pending.pop()
            for name in dict.fromkeys((*folders[0], *folders[1], *folders[2])):
                items = [folder.get(name) for folder in folders]
                if items[0] == items[1] == items[2]:
                    continue
                inside = [self._inside(item) for item in items]
                if any(inside):
                    pending.append((inside[0], inside[1], inside[2]))
                yield _Changed(_file(items[0]), (_file(items[1]), _file(items[2])))

    def _inside(self, item: TreeItem | None) -> Folder:
        is_folder = item is not None and item.kind == "folder"
        return self._store.folder(item.name) if item and is_folder else _EMPTY


def _file(item: TreeItem | None) -> TreeItem | None:
    return item if item is not None and item.kind == "file" else None


def _read_by_git(changed: list[_Changed]) -> Iterator[str]:
    """The files whose bytes decide the merge: where both sides changed one, and where one side
    removed some and added others, all of these.
    """
    for one in changed:
        if one.before not in one.sides and one.sides[0] != one.sides[1]:
            yield from (item.name for item in (one.before, *one.sides) if item)
    for side in (0, 1):
        gone = {one.before.name for one in changed if one.before and not one.sides[side]}
        new = [(one.before, one.sides[side]) for one in changed]
        came = {item.name for before, item in new if item and not before}
        # one that was moved as it is is known by its id
        lost, gained = gone - came, came - gone
        if lost and gained:
            yield from lost | gained
