"""The digests of the files that evidence and proofs name."""

from __future__ import annotations

import re
from typing import NamedTuple

from pmlint.model.saying import is_hollow, known_words
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree, normal

MAX_EVIDENCE = 64 * 1024 * 1024
"""The largest file whose digest is computed, in bytes."""
_REMEMBERED = 4096
_A_NOTE = 1024
"""The largest file that is asked whether it says anything, in bytes: nobody writes "see the ticket"
at greater length, and whoever pads it has other ways.
"""
_NUMBER = re.compile(r"(?<![\w-])\d")


class Digests:
    """The digests of one run: many postmortems name one file, and each is read once."""

    def __init__(self) -> None:
        self._known: dict[str, _File] = {}

    def of(self, name: str, tree: Tree) -> str:
        """The SHA-256 of a file as it is named, in hex, or why there is none."""
        return self._read(name, tree).digest

    def is_blank(self, name: str, tree: Tree) -> bool:
        """Whether a file is there and has nothing but blanks and ends of lines."""
        return self._read(name, tree).is_blank

    def is_hollow(self, name: str, tree: Tree) -> bool:
        """Whether a file is there and only says that it would be evidence: ``TODO``, ``{}``, "see
        the ticket", the name of its kind.
        """
        return self._read(name, tree).is_hollow

    def _read(self, name: str, tree: Tree) -> _File:
        if name not in self._known:
            # A repository without end must not fill the memory: what is forgotten is read again.
            if len(self._known) == _REMEMBERED:
                self._known.clear()
            self._known[name] = _computed(normal(name), tree)
        return self._known[name]


class _File(NamedTuple):
    digest: str
    is_blank: bool = False
    is_hollow: bool = False


def _computed(path: str | None, tree: Tree) -> _File:
    # Few documents have evidence to read, and hashlib takes its time to import.
    from hashlib import sha256

    if not path:
        return _File("")
    try:
        content = tree.read(path, MAX_EVIDENCE)
    except Malformed as error:
        return _File(f"unknown: {error.message}")
    return _File(sha256(content).hexdigest(), content.isspace(), _is_hollow(content))


def _is_hollow(content: bytes) -> bool:
    """A short text without a word that says something, and without a number, which a log may be."""
    if len(content) > _A_NOTE:
        return False
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False  # a picture, or a packet of the network
    return is_hollow(text, known_words("evidence")) and not _NUMBER.search(text)
