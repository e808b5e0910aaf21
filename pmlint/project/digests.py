"""The digests of the files that evidence and proofs name."""

from __future__ import annotations

from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree, normal

MAX_EVIDENCE = 64 * 1024 * 1024
"""The largest file whose digest is computed, in bytes."""
_REMEMBERED = 4096


class Digests:
    """The digests of one run: many postmortems name one file, and each is read once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, name: str, tree: Tree) -> str:
        """The SHA-256 of a file as it is named, in hex, or why there is none."""
        if name not in self._known:
            # A repository without end must not fill the memory: what is forgotten is read again.
            if len(self._known) == _REMEMBERED:
                self._known.clear()
            self._known[name] = _computed(normal(name), tree)
        return self._known[name]


def _computed(path: str | None, tree: Tree) -> str:
    # Few documents have evidence to read, and hashlib takes its time to import.
    from hashlib import sha256

    try:
        return sha256(tree.read(path, MAX_EVIDENCE)).hexdigest() if path else ""
    except Malformed as error:
        return f"unknown: {error.message}"
