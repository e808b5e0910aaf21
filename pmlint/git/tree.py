"""The files of a commit or tree, as git has them and not as a work tree shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pmlint.parsing.source import MAX_BYTES, Malformed
from pmlint.parsing.tree import Entry, EntryKind, not_a_file

_KINDS: dict[str, EntryKind] = {
    "100644": "file",
    "100755": "file",
    "120000": "symlink",
    "040000": "folder",
}


class Objects(Protocol):
    """Where the objects of a tree come from: `pmlint.git.Repository`."""

    def list_tree(self, revision: str) -> Iterator[tuple[str, str, str]]:
        """Mode, object id and path of everything in a tree, folders too."""

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The content of an object by its full id."""


class GitTree:
    """The files of a commit or tree (`pmlint.parsing.tree.Tree`).

    ``ids`` are the object ids by path, so that equal files are known as equal.
    """

    def __init__(self, repository: Objects, revision: str) -> None:
        self.revision = revision
        self.ids: dict[str, str] = {}
        self._repository = repository
        self._kinds: dict[str, EntryKind] = {}
        for mode, name, path in repository.list_tree(revision):
            kind = self._kinds[path] = _KINDS.get(mode, "other")
            # With its kind: a link whose text is the same as a file's content has the same id, and
            # a swap of the two must not look unchanged.
            self.ids[path] = name if kind == "file" else f"{kind} {name}"

    def walk(self, folder: str) -> list[Entry]:
        top = self.entry(folder) if folder else Entry("", "folder")
        if top is None or top.kind != "folder":
            return [] if top is None else [top]
        below = f"{folder}/" if folder else ""
        return sorted(
            Entry(path, kind)
            for path, kind in self._kinds.items()
            if kind != "folder" and path.startswith(below)
        )

    def entry(self, path: str) -> Entry | None:
        parts = path.split("/")
        # A path through a link has no entry of its own in git, but has one on disk; both trees must
        # call it a link, or a file is missing in one and there in the other.
        for depth in range(1, len(parts)):
            if self._kinds.get("/".join(parts[:depth])) == "symlink":
                return Entry(path, "symlink")
        kind = self._kinds.get(path)
        return None if kind is None else Entry(path, kind)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        kind = self._kinds.get(path)
        if kind is None:
            raise Malformed("the file can't be read: there is none", help="check that it exists")
        if kind != "file":
            raise not_a_file(
                {"symlink": "a symbolic link", "folder": "a folder"}.get(kind, "not a regular file")
            )
        return self._repository.blob(self.ids[path], limit)

    def paths(self) -> Iterable[str]:
        """Every path, folders too."""
        return self._kinds
