"""What a reader of platform files is, and what all of them share.

A reader turns bytes into documents with places. What is wrong with a part of a file is kept beside
it, by its path: a mapped field must have one meaning, and the rest of the file is the platform's
own business (docs/spec/adopt.md, *Readers*).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from pmlint.parsing.source import INVISIBLE, Malformed, Source, decode_utf8
from pmlint.parsing.values import Ambiguous
from pmlint.place import Path, Span, Where

# More than a document of ours may have: exports of a platform are long (docs/spec/adopt.md,
# 'Readers').
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 200_000
_BOM = "\ufeff"


class Flaw(NamedTuple):
    """What is wrong with one part of a file: its path, and what to say if that part is mapped."""

    at: Path
    problem: Malformed


class ForeignDocument(NamedTuple):
    """One document of a file: its data, and the path at which places know it."""

    data: object
    at: Path


class ForeignFile(NamedTuple):
    """A platform's file that could be read."""

    documents: tuple[ForeignDocument, ...]
    locate: Callable[[Path | Where], Span]
    flaws: Callable[[], tuple[Flaw, ...]]
    """Worked out when asked for: most files are clean, and it takes a second walk."""

    def flaws_of(self, at: Path, value: object) -> Iterator[Malformed]:
        """What is wrong with a mapped field: with it, with what is around it, or below it."""
        for flaw in self.flaws():
            # A flaw above, at or below the mapped path concerns it; one beside it does not.
            depth = min(len(flaw.at), len(at))
            if flaw.at[:depth] == at[:depth]:
                yield flaw.problem
        for inner, text in _texts(value, at):
            found = re.search(INVISIBLE, text)
            if found is not None:
                yield Malformed(
                    f"'\\u{ord(found[0]):04x}' is an invisible character",
                    self.locate(inner),
                    help="remove it: what a tool reads must be what a reviewer sees",
                )


class ForeignReader(Protocol):
    """A format: the endings of its files, and how they are read."""

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of the names of its files, in lower case, with their dots."""

    def read(self, source: Source) -> ForeignFile:
        """The documents of a file. Raises `Malformed` for what is not of the format."""


def decode_foreign(file: str, data: bytes, limit: int = MAX_BYTES) -> Source:
    """A platform's file as text; a byte order mark is left out.

    Raises `Malformed` for more than ``limit`` bytes, UTF-16, and bytes that are not UTF-8.
    """
    if len(data) > limit:
        raise Malformed(
            f"the file has {len(data):,} bytes, more than the {limit:,} that are read",
            help="map a smaller file, or leave this one out with 'exclude'",
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed("the file is UTF-16, not UTF-8", help="save it as UTF-8")
    return Source(file, decode_utf8(file, data).removeprefix(_BOM))


def require_bounds(source: Source, data: object) -> None:
    """Raise `Malformed` for data that is nested too deeply, or has too many values."""
    pending = [data]
    nodes = depth = 0
    # Level by level: recursion would end at Python's own limit before ours.
    while pending:
        depth += 1
        if depth > MAX_DEPTH:
            raise too_deep(source)
        nodes += len(pending)
        if nodes > MAX_NODES:
            raise too_many(source)
        pending = [
            child
            for value in pending
            if value.__class__ in (dict, list)
            for child in (value.values() if isinstance(value, dict) else _items(value))
        ]


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def too_deep(source: Source, offset: int = 0) -> Malformed:
    """The refusal of a file that is nested too deeply."""
    return Malformed(
        f"the file is nested more than {MAX_DEPTH} levels deep",
        source.span(offset, offset + 1),
        help="map a file with less in it",
    )


def too_many(source: Source, offset: int = 0) -> Malformed:
    """The refusal of a file with too many values, aliases expanded."""
    return Malformed(
        f"the file has more than {MAX_NODES:,} values",
        source.span(offset, offset + 1),
        help="map a file with less in it",
    )


def _texts(value: object, at: Path) -> Iterator[tuple[Path, str]]:
    """Every text in a value, keys too, with its place."""
    pending: list[tuple[object, Path]] = [(value, at)]
    while pending:
        item, place = pending.pop()
        if isinstance(item, Ambiguous):
            yield place, item.text
        elif isinstance(item, str):
            yield place, item
        elif isinstance(item, dict):
            for name, child in item.items():
                yield place / name, name
                pending.append((child, place / name))
        elif isinstance(item, list):
            pending.extend((child, place / number) for number, child in enumerate(item))
