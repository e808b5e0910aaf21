"""Work in more than one process, where processes can be forked: elsewhere, starting one costs more
than most runs.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def processes() -> int:
    """How many processes can work at the same time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[Sequence[T]], R], items: Sequence[T], jobs: int) -> list[R]:
    """What ``work`` makes of ``jobs`` parts of the items, in their order: of the first here, of
    each other in a process of its own.

    What a process prints is thrown away but for its answer, which must be plain data. A part whose
    process fails is done here.
    """
    # The system's libraries on a Mac do not bear a fork.
    if jobs < 2 or not hasattr(os, "fork") or sys.platform == "darwin":
        return [work(items)]
    size = -(-len(items) // jobs)
    parts = [items[at : at + size] for at in range(0, len(items), size)]
    others = [_Process(partial(work, part)) for part in parts[1:]]
    try:
        return [work(parts[0]), *(other.answer() for other in others)]
    finally:
        for other in others:
            other.end()


class _Process:
    """A piece of work in a process of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._answer, write = os.pipe()
        self._child = os.fork()
        if not self._child:
            self._run(write)
        os.close(write)

    def _run(self, write: int) -> None:
        code = 1
        try:
            # Whatever fails here is done again by the parent, whose message is the one to read.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            answer = pickle.dumps(self._work(), pickle.HIGHEST_PROTOCOL)
            with open(write, "wb") as pipe:
                pipe.write(answer)
            code = 0
        finally:
            # Whatever went wrong: what the parent does at its end is not the child's to do.
            os._exit(code)

    def answer(self) -> Any:
        """What came of it; done here where the process could not."""
        with open(self._answer, "rb", closefd=False) as pipe:
            data = pipe.read()
        # Read to its end before waiting: a pipe holds 64 KiB, and a full one would block both.
        child, self._child = self._child, 0
        return pickle.loads(data) if os.waitpid(child, 0)[1] == 0 else self._work()

    def end(self) -> None:
        """Close what is open, and end the process where nobody waited for its answer."""
        os.close(self._answer)
        if self._child:
            # SIGKILL, because the child inherited the handlers of the parent, which would tidy up
            # for both.
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
