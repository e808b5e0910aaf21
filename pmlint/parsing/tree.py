"""Where files come from: a work tree here, a git tree in `pmlint.git`; whoever reads them can't
tell which.
"""

from __future__ import annotations

import os
import stat
from typing import Literal, NamedTuple, Protocol

from pmlint.parsing.source import MAX_BYTES, Malformed, too_large

READ = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)
"""How a file is opened: never waiting at a named pipe, never following a link (Windows knows
neither flag).
"""

EntryKind = Literal["file", "folder", "symlink", "other"]


class Entry(NamedTuple):
    """One entry of a tree: its path relative to the root with ``/``, what it is, and its size in
    bytes (files only, else 0).
    """

    path: str
    kind: EntryKind
    size: int = 0


class Tree(Protocol):
    """A repository's files. Paths are relative to its root, with ``/``; nothing outside it can be
    named.
    """

    def walk(self, folder: str) -> list[Entry]:
        """Everything below ``folder`` that is not a folder, in the order of paths; nothing where
        there is no such folder.
        """

    def entry(self, path: str) -> Entry | None:
        """What stands at ``path``: a symlink also where a folder on the way is one, None where
        there is nothing.
        """

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The content of a regular file.

        Raises `Malformed` for anything else, or for more than ``limit`` bytes.
        """


def normal(path: str) -> str | None:
    """A path relative to the root as a tree names it, or None where it is absolute, leaves the root
    or is empty.
    """
    # A backslash and a drive ("C:") leave the root on Windows alone: a record must not name
    # different files on two machines.
    is_of_windows = "\\" in path or path[1:2] == ":"
    if not path or path.startswith("/") or "\0" in path or is_of_windows:
        return None
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts) or None


class FolderTree:
    """A folder of another tree as a tree of its own."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._prefix = f"{folder}/"

    def walk(self, folder: str) -> list[Entry]:
        found = self._tree.walk((self._prefix + folder).rstrip("/"))
        return [entry._replace(path=entry.path.removeprefix(self._prefix)) for entry in found]

    def entry(self, path: str) -> Entry | None:
        entry = self._tree.entry(self._prefix + path)
        return None if entry is None else entry._replace(path=path)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        return self._tree.read(self._prefix + path, limit)


class WorkTree:
    """A folder of the file system, read without following symbolic links."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._linked: dict[str, bool] = {}

    def walk(self, folder: str) -> list[Entry]:
        found: list[Entry] = []
        top = self.entry(folder) if folder else Entry("", "folder")
        if top is None or top.kind != "folder":
            return [] if top is None else [top]
        pending = [folder]
        while pending:
            here = pending.pop()
            try:
                scan = os.scandir(os.path.join(self.root, here))
            except OSError:
                # What cannot be listed is an entry, and so a finding: unseen is not clean.
                found.append(Entry(here, "other"))
                continue
            with scan:
                for item in scan:
                    path = f"{here}/{item.name}" if here else item.name
                    if item.is_dir(follow_symlinks=False):
                        if item.name != ".git":
                            pending.append(path)
                    elif item.is_symlink():
                        found.append(Entry(path, "symlink"))
                    else:
                        found.append(
                            Entry(path, "file" if item.is_file(follow_symlinks=False) else "other")
                        )
        found.sort()
        return found

    def entry(self, path: str) -> Entry | None:
        if self._below_a_link(path):
            return Entry(path, "symlink")
        try:
            status = os.lstat(os.path.join(self.root, path))
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(status.st_mode):
            return Entry(path, "symlink")
        if stat.S_ISREG(status.st_mode):
            return Entry(path, "file", status.st_size)
        return Entry(path, "folder" if stat.S_ISDIR(status.st_mode) else "other")

    def _below_a_link(self, path: str) -> bool:
        """Whether a folder on the way to a path is a symbolic link; what is known of a folder is
        kept.
        """
        folder = path.rpartition("/")[0]
        if not folder:
            return False
        if folder not in self._linked:
            self._linked[folder] = self._below_a_link(folder) or os.path.islink(
                os.path.join(self.root, folder)
            )
        return self._linked[folder]

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        if self._below_a_link(path):
            raise not_a_file("below a symbolic link")
        # The folders were looked at above: O_NOFOLLOW refuses a link as the last part alone.
        try:
            opened = os.open(os.path.join(self.root, path), READ)
        except (OSError, ValueError) as error:
            raise unreadable(self.entry(path), error) from None
        try:
            # Of what is open, since the name may stand for something else by now.
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode):
                raise not_a_file(
                    "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
                )
            if status.st_size > limit:
                raise too_large(status.st_size, limit)
            data = _content(opened, status.st_size, limit)
        except OSError as error:
            raise unreadable(None, error) from None
        finally:
            os.close(opened)
        if len(data) > limit:
            raise too_large(len(data), limit)
        return data


def _content(opened: int, size: int, limit: int) -> bytes:
    """What an open file holds: as much as it said, and, where it has grown since, at least one byte
    more than ``limit``.
    """
    # One byte more than its size shows in the same call that a log was written to meanwhile.
    data = os.read(opened, size + 1)
    while len(data) <= limit and (more := os.read(opened, 1 << 16)):
        data += more
    return data


def not_a_file(what: str) -> Malformed:
    """The refusal of something that is not a regular file."""
    return Malformed(
        f"this is {what}", help="only regular files are read: put the text itself here"
    )


def unreadable(entry: Entry | None, error: OSError | ValueError) -> Malformed:
    """The refusal of a file that can't be opened."""
    if entry is not None and entry.kind == "symlink":
        return not_a_file("a symbolic link")
    reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
    return Malformed(
        f"the file can't be read: {reason}", help="check that it exists and that you may read it"
    )
