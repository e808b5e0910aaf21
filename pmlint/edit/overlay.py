"""A tree as it would be after an edit, so that the edit can be judged before it is written."""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.parsing.source import MAX_BYTES, too_large
from pmlint.parsing.tree import Entry, Tree


class Overlay:
    """A tree in which some files have other contents; paths are relative to the root, with ``/``."""

    def __init__(self, tree: Tree, contents: Mapping[str, bytes]) -> None:
        self._tree = tree
        self._contents = contents

    def walk(self, folder: str) -> list[Entry]:
        """Everything below a folder, new files too."""
        found = {entry.path: entry for entry in self._tree.walk(folder)}
        for path, content in self._contents.items():
            if not folder or path == folder or path.startswith(f"{folder}/"):
                found[path] = Entry(path, "file", len(content))
        return [found[path] for path in sorted(found)]

    def entry(self, path: str) -> Entry | None:
        """What is at a path after the edit."""
        content = self._contents.get(path)
        if content is not None:
            return Entry(path, "file", len(content))
        return self._tree.entry(path)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The content after the edit. Raises `Malformed` as every tree does."""
        content = self._contents.get(path)
        if content is None:
            return self._tree.read(path, limit)
        if len(content) > limit:
            raise too_large(len(content), limit)
        return content
