"""A tree in which some files have another text than on disk: an editor's, or the standard input."""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.parsing.source import MAX_BYTES, Malformed, too_large
from pmlint.parsing.tree import Entry, Tree


class Overlay:
    """The files of ``tree``, with ``texts`` by path in the place of what they have there.

    A text may belong to a file that was never saved.
    """

    def __init__(self, tree: Tree, texts: Mapping[str, str]) -> None:
        self.tree = tree
        self.texts = texts

    def walk(self, folder: str) -> list[Entry]:
        """Everything below ``folder``, also documents that were never saved."""
        below = f"{folder}/" if folder else ""
        found = {entry.path: entry for entry in self.tree.walk(folder)}
        found |= {
            file: Entry(file, "file", len(text))
            for file, text in self.texts.items()
            if file == folder or file.startswith(below)
        }
        return [found[file] for file in sorted(found)]

    def entry(self, path: str) -> Entry | None:
        """What is at ``path``."""
        if path in self.texts:
            return Entry(path, "file", len(self.texts[path]))
        return self.tree.entry(path)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The content of a file. Raises `Malformed` as the tree does."""
        if path not in self.texts:
            return self.tree.read(path, limit)
        # An editor may send half of a surrogate pair, as JSON allows: the reader then refuses it at
        # its place, where a strict encoding would end the server.
        data = self.texts[path].encode("utf-8", "surrogatepass")
        if len(data) > limit:
            raise too_large(len(data), limit)
        return data


class FilesTree:
    """A tree of files that are given as bytes, by path."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def walk(self, folder: str) -> list[Entry]:
        """Everything below ``folder``."""
        below = f"{folder}/" if folder else ""
        paths = sorted(file for file in self.files if file == folder or file.startswith(below))
        return [Entry(file, "file", len(self.files[file])) for file in paths]

    def entry(self, path: str) -> Entry | None:
        """What is at ``path``."""
        if path in self.files:
            return Entry(path, "file", len(self.files[path]))
        is_folder = any(file.startswith(f"{path}/") for file in self.files)
        return Entry(path, "folder") if is_folder else None

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The content of a file. Raises `Malformed` for more than ``limit`` bytes."""
        data = self.files.get(path)
        if data is None:
            raise Malformed("the file can't be read: there is none", help="check that it exists")
        if len(data) > limit:
            raise too_large(len(data), limit)
        return data
