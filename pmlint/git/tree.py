"""The files of a commit or tree, as git has them and not as a work tree shows them.

1. Only the folders on the way to what is asked are read: of 200,000 files a change of one
   postmortem needs a few dozen folders (the gate: 1.83 s of CPU with all of them, 0.45 s so).
2. Two trees are compared from the top. A folder's id is the digest of all below it, so equal ids
   are equal files, and only folders whose ids differ are read. Neither renames nor filters nor
   attributes have a say in it (docs/spec/security.md, *Git*).
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from pmlint.errors import UsageError
from pmlint.parsing.source import MAX_BYTES, Malformed
from pmlint.parsing.tree import Entry, EntryKind, not_a_file

_KINDS: dict[int, EntryKind] = {
    stat.S_IFREG: "file",
    stat.S_IFLNK: "symlink",
    stat.S_IFDIR: "folder",
}
_MOST = 2_000_000
"""Names that one walk may meet: some kilobytes of folders that hold each other ten times over are
billions of paths, and would fill the memory.
"""


class TreeItem(NamedTuple):
    """One name in a folder of git: what it is, and its full object id."""

    kind: EntryKind
    name: str

    @property
    def identity(self) -> str:
        """A text that is equal for equal items."""
        # With its kind: a link whose text is the same as a file's content has the same id, and a
        # swap of the two must not look unchanged.
        return self.name if self.kind == "file" else f"{self.kind} {self.name}"


Folder = Mapping[str, TreeItem]
_NOTHING: Folder = {}


class Objects(Protocol):
    """Where the objects of a tree come from: `pmlint.git.Repository`."""

    def top(self, revision: str) -> str | None:
        """The id of the project's folder in a commit or tree; None where it has none."""

    def folder(self, name: str) -> Folder:
        """What is in a folder, by its full id."""

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The content of an object by its full id."""


class GitTree:
    """The files of a commit or tree (`pmlint.parsing.tree.Tree`)."""

    def __init__(self, repository: Objects, revision: str) -> None:
        self.revision = revision
        self._repository = repository
        top = repository.top(revision)
        self._folders: dict[str, Folder] = {"": repository.folder(top) if top else _NOTHING}

    def walk(self, folder: str) -> list[Entry]:
        top = self.entry(folder) if folder else Entry("", "folder")
        if top is None or top.kind != "folder":
            return [] if top is None else [top]
        found: list[Entry] = []
        met = 0
        pending = [(f"{folder}/" if folder else "", self._folder(folder))]
        while pending:
            below, items = pending.pop()
            met += len(items)
            if met > _MOST:
                raise UsageError(
                    f"'{folder or '.'}' has more than {_MOST:,} files and folders",
                    help="name a smaller folder in the configuration",
                    code="over-budget",
                )
            for name, item in items.items():
                if item.kind == "folder":
                    pending.append((f"{below}{name}/", self._repository.folder(item.name)))
                else:
                    found.append(Entry(below + name, item.kind))
        return sorted(found)

    def names(self, folder: str) -> list[str]:
        """The names of files and folders right in a folder; none where there is no such folder."""
        return list(self._folder(folder))

    def entry(self, path: str) -> Entry | None:
        item = self._item(path)
        if item is not None:
            return Entry(path, item.kind)
        # A path through a link has no entry of its own in git, but has one on disk; both trees must
        # call it a link, or a file is missing in one and there in the other.
        return Entry(path, "symlink") if self._below_a_link(path) else None

    def identity(self, path: str) -> str:
        """A text that is equal for equal entries, as git counts them; empty where there is
        nothing.
        """
        item = self._item(path)
        return "" if item is None else item.identity

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        item = self._item(path)
        if item is None:
            raise Malformed("the file can't be read: there is none", help="check that it exists")
        if item.kind != "file":
            raise not_a_file(
                {"symlink": "a symbolic link", "folder": "a folder"}.get(
                    item.kind, "not a regular file"
                )
            )
        return self._repository.blob(item.name, limit)

    def beside(self, other: GitTree) -> Iterator[str]:
        """The paths of files and links that the other tree lacks, or has with other contents."""
        pending = [("", self._folder(""), other._folder(""))]
        while pending:
            below, mine, theirs = pending.pop()
            for name, item in mine.items():
                known = theirs.get(name)
                if item == known:
                    continue
                if item.kind != "folder":
                    yield below + name
                    continue
                is_folder = known is not None and known.kind == "folder"
                there = self._repository.folder(known.name) if known and is_folder else _NOTHING
                pending.append((f"{below}{name}/", self._repository.folder(item.name), there))

    def _item(self, path: str) -> TreeItem | None:
        folder, slash, name = path.rpartition("/")
        # "/x" is outside the project, as `Repository.touched` writes it, and no file "x" of its top
        return None if slash and not folder else self._folder(folder).get(name)

    def _folder(self, path: str) -> Folder:
        """What is in a folder; nothing where there is no such folder."""
        if path not in self._folders:
            item = self._item(path)
            is_folder = item is not None and item.kind == "folder"
            self._folders[path] = self._repository.folder(item.name) if item and is_folder else {}
        return self._folders[path]

    def _below_a_link(self, path: str) -> bool:
        parts = path.split("/")
        items = (self._item("/".join(parts[:depth])) for depth in range(1, len(parts)))
        return any(item is not None and item.kind == "symlink" for item in items)


def parse_folder(data: bytes, width: int) -> Folder:
    """The items of a tree object, as git writes them: mode, name and an id of ``width`` bytes.

    Raises `ValueError` for what git would not write: half an item, a name that is empty, has a
    slash or comes twice. Of two entries with one name git checks out one, and another reader could
    take the other.
    """
    items: dict[str, TreeItem] = {}
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space)
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        # Old versions of git wrote modes such as 100664: only the type counts, as for git itself.
        kind = _KINDS.get(stat.S_IFMT(int(data[at:space], 8)), "other")
        at = end + 1 + width
        if not name or "/" in name or name in items or at > len(data):
            raise ValueError(name)
        items[name] = TreeItem(kind, data[end + 1 : at].hex())
    return items
