"""One of the two trees of a change, read as the base's configuration says, and no more of it than
the question needs.

There is one reader: which postmortems name a word is decided by what `read_postmortem` reads, and
the shortcut over bytes may only skip what that reader would not find (docs/spec/gate.md, 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pmlint.git import GitTree
from pmlint.git.objects import blob_id
from pmlint.model import Postmortem, Route
from pmlint.parsing.document import Document, read_postmortem
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Entry, Tree
from pmlint.place import Path, Span, Where
from pmlint.project.files import postmortem_files, route_files
from pmlint.project.ids import id_of_file
from pmlint.project.kinds import read_record
from pmlint.project.registry import Registry, read_routes
from pmlint.project.settings import Settings

_TOKEN = re.compile(rb"[\w.@/-]+")
_MANY = 50
"""So many words are looked up in the words of a text rather than one by one in the text."""
_ROOM = 64 << 20
"""The most bytes of texts that are kept: 8,000 postmortems."""
Read = Postmortem | Malformed


class Mentioned(NamedTuple):
    """Which of the contents that were asked, by their identities, hold one of some words."""

    asked: frozenset[str]
    found: frozenset[str]


class KeptContents:
    """Contents by identity, as many as there is room for.

    Each name that is asked for is looked for in every postmortem: twenty routes with five each had
    300 texts read from git 120 times, three quarters of the gate's time.
    """

    def __init__(self) -> None:
        self._kept: dict[str, bytes | None] = {}
        self._room = _ROOM

    def of(self, tree: Tree, path: str, identity: str) -> bytes | None:
        """The content of a file; None where it can't be read."""
        if identity in self._kept:
            return self._kept[identity]
        try:
            data = tree.read(path)
        except Malformed:
            data = None
        size = len(data or b"")
        if size <= self._room:
            self._room -= size
            self._kept[identity] = data
        return data


@dataclass(frozen=True)
class Readings:
    """What was read by some settings: postmortems by path and content, and the routes of a set of
    files with their contents.
    """

    settings: Settings
    postmortems: dict[str, Read] = field(default_factory=dict)
    registries: dict[tuple[tuple[str, str], ...], Registry] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """What was read of several trees: by settings, the contents themselves, and which of them
    mention words.
    """

    readings: list[Readings] = field(default_factory=list)
    mentions: dict[frozenset[bytes], Mentioned] = field(default_factory=dict)
    contents: KeptContents = field(default_factory=KeptContents)

    def under(self, settings: Settings) -> Readings:
        """What was read by these settings: by others the same file may be another record."""
        # compared, because settings hold mappings and have no hash; of few there are ever more
        known = next((one for one in self.readings if one.settings == settings), None)
        if known is None:
            known = Readings(settings)
            self.readings.append(known)
        return known


class Snapshot:
    """A tree with its routes and postmortems.

    What both sides have alike is read once: they share ``memory``, by content.
    """

    def __init__(self, tree: Tree, settings: Settings, memory: Memory) -> None:
        self.tree = tree
        self.settings = settings
        self.files = {entry.path: entry for entry in postmortem_files(tree, settings)}
        self._memory = memory
        self._readings = memory.under(settings)
        self._mentions: dict[frozenset[bytes], list[str]] = {}
        self._ids: dict[str, str] = {}
        self._documents: dict[str, Document | None] = {}

    @cached_property
    def registry(self) -> Registry:
        """The routes, and what is wrong with their files; read once where both sides agree."""
        key = tuple(
            (path, self.identity(path)) for path, _ in route_files(self.tree, self.settings)
        )
        known = self._readings.registries
        if key not in known:
            known[key] = read_routes(self.tree, self.settings)
        return known[key]

    @cached_property
    def routes(self) -> dict[str, list[Route]]:
        """Every place of a route, by its id."""
        found: dict[str, list[Route]] = {}
        for route in self.registry.routes:
            found.setdefault(route.id, []).append(route)
        return found

    @cached_property
    def routes_of_postmortem(self) -> dict[str, set[str]]:
        """The routes whose own files link a postmortem, by its id."""
        found: dict[str, set[str]] = {}
        for route in self.registry.routes:
            for name in route.postmortems:
                found.setdefault(name, set()).add(route.id)
        return found

    def identity(self, path: str) -> str:
        """A text that is equal for equal entries of both sides, as git counts them; empty where
        there is nothing.
        """
        if path not in self._ids:
            known = self.tree.identity(path) if isinstance(self.tree, GitTree) else ""
            self._ids[path] = known or self._hashed(self.tree.entry(path))
        return self._ids[path]

    def beside(
        self, other: Snapshot, wanted: Callable[[str], bool] = lambda path: True
    ) -> Iterator[str]:
        """The paths of files that the other side lacks, or has with other contents; those that are
        wanted, in any order.
        """
        if isinstance(self.tree, GitTree) and isinstance(other.tree, GitTree):
            yield from filter(wanted, self.tree.beside(other.tree))
            return
        for entry in self.tree.walk(""):
            path = entry.path
            # by name first: of a work tree each identity is a file that is read
            if wanted(path) and self.identity(path) != other.identity(path):
                yield path

    def names(self, folder: str) -> list[str]:
        """The names of files and folders right in a folder."""
        if isinstance(self.tree, GitTree):
            return self.tree.names(folder)
        start = len(f"{folder}/") if folder else 0
        return list({entry.path[start:].split("/")[0]: None for entry in self.tree.walk(folder)})

    def _hashed(self, entry: Entry | None) -> str:
        if entry is None:
            return ""
        try:
            data = self.tree.read(entry.path)
        except Malformed:
            return f"{entry.kind} {entry.path}"
        return blob_id(data)

    def read(self, path: str) -> Read:
        """A postmortem, or why it can't be read; its shape may still be wrong."""
        key = f"{path} {self.identity(path)}"
        known = self._readings.postmortems
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

    def versions(self, name: str) -> list[tuple[str, Read]]:
        """The files that have a postmortem id, and those that could: they name it and can't be
        read.
        """
        found = [(path, self.read(path)) for path in self.mentioning([name])]
        return [
            (path, read) for path, read in found if isinstance(read, Malformed) or read.id == name
        ]

    def mentioning(self, words: Iterable[str]) -> list[str]:
        """The postmortems in whose text one of the words stands, or could: a backslash may spell
        anything, a line break part a word.
        """
        wanted = _encoded(words)
        if wanted not in self._mentions:
            found = self._mentions[wanted] = [
                path for path in self.files if self._is_in(path, wanted)
            ]
            identities = frozenset(map(self.identity, found))
            self._memory.mentions.setdefault(wanted, Mentioned(self._contents, identities))
        return self._mentions[wanted]

    @cached_property
    def _contents(self) -> frozenset[str]:
        return frozenset(map(self.identity, self.files))

    def _is_in(self, path: str, wanted: frozenset[bytes]) -> bool:
        """Whether a text holds one of the words, or could; what both sides have alike is asked
        once.
        """
        other = self._memory.mentions.get(wanted)
        identity = self.identity(path)
        if other is not None and identity in other.asked:
            return identity in other.found
        return _mentions(self._memory.contents.of(self.tree, path, identity), wanted)

    def locate(self, file: str, at: Path | Where | None) -> Span:
        """The rows and columns of a place in a file; its beginning where it can't be read."""
        if at is None:
            return Span()
        if file in self.registry.locate:
            return self.registry.locate[file](at)
        document = self.document(file)
        return Span() if document is None else document.locate(at)

    def document(self, file: str) -> Document | None:
        """A file of ours as a document; None where it can't be read."""
        if file not in self._documents:
            try:
                self._documents[file] = read_record(decode(file, self.tree.read(file)))
            except Malformed:
                self._documents[file] = None
        return self._documents[file]


def name_of(read: Read | None, path: str, forms: tuple[str, ...] = ()) -> str:
    """The id of a postmortem; of one that can't be read, the beginning of its file's name.

    ``forms`` are the team's own forms of ids.
    """
    if isinstance(read, Postmortem) and read.id:
        return read.id
    return id_of_file(path, forms)


def _encoded(words: Iterable[str]) -> frozenset[bytes]:
    return frozenset(word.encode("utf-8", "surrogatepass") for word in words)


def _mentions(data: bytes | None, wanted: frozenset[bytes]) -> bool:
    """Whether a text holds one of the words, or could; None is a text that can't be read."""
    if not wanted:
        return False
    if data is None or any(not _TOKEN.fullmatch(word) for word in wanted):
        return True
    # a repository may be named by an alias, or with other letters before '//'
    if b"//" in data and any(b"//" in word for word in wanted):
        return True
    # anywhere in the file: where its front matter ends is for the one reader to say
    if b"\\" in data:
        return True
    if len(wanted) < _MANY:
        return any(word in data for word in wanted)
    tokens = _TOKEN.findall(data)
    # the last part of a path stands for it, however the folders before it are spelled
    return any(not wanted.isdisjoint((token, *token.split(b"/"))) for token in tokens)
