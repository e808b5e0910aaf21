"""Whose turn it is: a run over all documents rests while a keystroke is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event

from pmlint.parsing.overlay import Overlay
from pmlint.parsing.source import MAX_BYTES
from pmlint.parsing.tree import Tree

LONGEST = 1.0
"""How long a run rests at most before it reads one more document, in seconds: somebody who types
without a pause must not keep it from its end.
"""


class Turns:
    """Threads share one interpreter, and a keystroke that shares it with a run over all documents
    takes twice as long.
    """

    def __init__(self) -> None:
        self._typing = 0
        self._is_free = Event()
        self._is_free.set()

    @contextmanager
    def keystroke(self) -> Iterator[None]:
        """Let runs rest until a keystroke is judged; for the thread of the editor alone."""
        self._typing += 1
        self._is_free.clear()
        try:
            yield
        finally:
            self._typing -= 1
            if not self._typing:
                self._is_free.set()

    def rest(self) -> None:
        """Wait until no keystroke is being judged; for the thread of a run."""
        self._is_free.wait(LONGEST)


class RestingTree(Overlay):
    """The files of a repository for a run that rests, before it reads one, while a keystroke is
    judged.
    """

    def __init__(self, tree: Tree, texts: Mapping[str, str], turns: Turns) -> None:
        super().__init__(tree, texts)
        self.turns = turns

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        """The content of a file, as soon as it is the run's turn."""
        self.turns.rest()
        return super().read(path, limit)
