"""What is known of a repository with open documents, and how long the server waits before it judges
one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pmlint.project.patterns import matches
from pmlint.project.settings import Settings
from pmlint.server.view import FoundProject, View

PAUSE = 0.2
"""How long an editor must be quiet before a repository is judged, in seconds; never less than the
last run took.
"""
BREATH = 0.005
"""How long a keystroke waits for the next one, in seconds: a paste comes in a hundred pieces."""
REST = 0.25
"""How long typing must rest before the rules of the repository are asked again, in seconds: they
take ten times as long as a document (docs/spec/performance.md).
"""


@dataclass
class OpenRepository:
    """A repository with open documents: how it was last judged (``view``), how long that took, the
    ``run`` over all of it that is under way, the documents that are judged alone (``typing``), and
    the questions to all documents that wait until typing rests (``rest``).
    """

    project: FoundProject
    view: View | None = None
    seconds: float = 0.0
    run: asyncio.Task[None] | None = None
    typing: asyncio.Task[None] | None = None
    rest: asyncio.Task[None] | None = None

    @property
    def is_known(self) -> bool:
        """Whether all of its documents were judged once."""
        return self.view is not None and self.view.is_whole

    @property
    def is_running(self) -> bool:
        """Whether a run over all of it is under way or waits."""
        return self.run is not None and not self.run.done()

    def stop_typing(self) -> None:
        """Give up what is judged alone: another text takes its place."""
        for task in (self.typing, self.rest):
            if task is not None:
                task.cancel()


async def until_ended(task: Callable[[], asyncio.Task[None] | None]) -> None:
    """Wait for a task, and for those that take its place meanwhile."""
    while (one := task()) is not None and not one.done():
        await asyncio.wait({one})


def is_mapped(file: str, settings: Settings) -> bool:
    """Whether a file may hold routes of another platform; the registry itself is more exact."""
    patterns = (pattern for source in settings.registry for pattern in source.files)
    return any(matches(pattern, file) for pattern in patterns)
