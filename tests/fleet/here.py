"""An executor that judges in the process of the test: the pool of the fleet starts two processes,
which load all that judges, for each run.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class Here(Executor):
    """Each task is done before ``submit`` returns."""

    def submit(self, task: Callable[..., Any], /, *words: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(task(*words, **named))
        return done
