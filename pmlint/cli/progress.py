"""What a long run says of itself: one line on the standard error, on a terminal only, gone when the
run is done.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pmlint.parsing.source import MAX_BYTES
from pmlint.parsing.tree import Entry, Tree

PATIENCE = 0.5
"""Seconds before anything is said; then the line is written anew ten times a second at most."""


@contextmanager
def watched(tree: Tree, *, quiet: bool = False) -> Iterator[Tree]:
    """The tree, which tells how many files have been read of it; the tree itself where nobody
    looks: in CI, in a pipe, or ``quiet``.
    """
    if quiet or os.environ.get("CI") or os.environ.get("TERM") == "dumb" or not sys.stderr.isatty():
        yield tree
        return
    counted = _Counted(tree)
    try:
        yield counted
    finally:
        counted.clear()


class _Counted:
    """A tree that counts what is read of it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files = 0
        self._next = time.monotonic() + PATIENCE
        self._said = False

    def walk(self, folder: str) -> list[Entry]:
        return self._tree.walk(folder)

    def entry(self, path: str) -> Entry | None:
        return self._tree.entry(path)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        self._files += 1
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 0.1
            self._said = True
            print(f"\rfiles read: {self._files:,}", end="\x1b[K", file=sys.stderr, flush=True)
        return self._tree.read(path, limit)

    def clear(self) -> None:
        if self._said:
            print("\r", end="\x1b[K", file=sys.stderr, flush=True)
