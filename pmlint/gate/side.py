"""One of the two trees of a change, read as the target's configuration says, and no more of it than
the question needs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from pmlint.model import Postmortem, Route
from pmlint.parsing.document import read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree
from pmlint.project.files import postmortem_files, route_files
from pmlint.project.registry import Registry, read_routes
from pmlint.project.settings import Settings

_TOKEN = re.compile(rb"[\w.@/-]+")
_MANY = 50
"""So many words are looked up in the words of a text rather than one by one in the text."""


class Memory(NamedTuple):
    """What was read: postmortems by path and content, and the routes of a set of files with their
    contents.
    """

    postmortems: dict[str, Postmortem | Malformed]
    registries: dict[tuple[tuple[str, str], ...], Registry]


class Side:
    """A tree with its routes and postmortems.

    What both sides have alike is read once: they share ``memory``, by content.
    """

    def __init__(self, tree: Tree, settings: Settings, memory: Memory) -> None:
        self.tree = tree
        self.settings = settings
        self.files = {entry.path: entry for entry in postmortem_files(tree, settings)}
        self._memory = memory
        self._mentions: dict[frozenset[bytes], list[str]] = {}
        self._ids: dict[str, str] = dict(getattr(tree, "ids", {}))

    @cached_property
    def registry(self) -> Registry:
        """The routes, and what is wrong with their files; read once where both sides have the same."""
        key = tuple(
            (path, self.identity(path)) for path, _ in route_files(self.tree, self.settings)
        )
        if key not in self._memory.registries:
            self._memory.registries[key] = read_routes(self.tree, self.settings)
        return self._memory.registries[key]

    @cached_property
    def routes(self) -> dict[str, list[Route]]:
        """Every place where a route stands, by its id."""
        found: dict[str, list[Route]] = {}
        for route in self.registry.routes:
            found.setdefault(route.id, []).append(route)
        return found

    def identity(self, path: str) -> str:
        """A text that is equal for equal entries of both sides, as git counts them; empty where
        there is nothing.
        """
        if path not in self._ids:
            self._ids[path] = self._hashed(self.tree.entry(path))
        return self._ids[path]

    def _hashed(self, entry: Entry | None) -> str:
        if entry is None:
            return ""
        try:
            data = self.tree.read(entry.path)
        except Malformed:
            return f"{entry.kind} {entry.path}"
        blob = b"blob %d\0" % len(data) + data
        return hashlib.sha1(blob, usedforsecurity=False).hexdigest()

    def read(self, path: str) -> Postmortem | Malformed:
        """A postmortem, or why it can't be read; its shape may still be wrong."""
        key = f"{path} {self.identity(path)}"
        known = self._memory.postmortems
        if key not in known:
            try:
                document = read_postmortem(decode(path, self.tree.read(path)))
                known[key] = (
                    document.problems[0]
                    if document.problems
                    else Postmortem(self.settings.as_judged(document.data), path, document.body)
                )
            except Malformed as error:
                known[key] = error
        return known[key]

    def mentioning(self, words: Iterable[str]) -> list[str]:
        """The postmortems in whose text one of the words stands, or could: a backslash may spell
        anything, a line break part a word.
        """
        wanted = frozenset(word.encode() for word in words)
        if wanted not in self._mentions:
            odd = any(not _TOKEN.fullmatch(word) for word in wanted)
            self._mentions[wanted] = [
                path for path in self.files if wanted and (odd or self._mentions_one(path, wanted))
            ]
        return self._mentions[wanted]

    def _mentions_one(self, path: str, wanted: frozenset[bytes]) -> bool:
        try:
            data = self.tree.read(path)
        except Malformed:
            return True
        if b"\\" in data.partition(b"\n---")[0]:
            return True
        return (
            any(word in data for word in wanted)
            if len(wanted) < _MANY
            else not wanted.isdisjoint(_TOKEN.findall(data))
        )
