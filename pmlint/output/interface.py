"""What an output format must answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from pmlint.check.report import Report


class Page(NamedTuple):
    """What people read on: whether it shows colours, how many columns it has, and the folder that
    they are in, relative to the repository's root with ``/`` (empty: the root).
    """

    color: bool = False
    width: int = 80
    here: str = ""


class Format(ABC):
    """One output format. Each is a module of `pmlint.output` with an instance ``FORMAT``.

    Data formats give paths from the repository's root, and the same bytes on every machine;
    formats ``for_people`` fit the page and are silent where all is clean and ``-q`` is given.
    """

    description: ClassVar[str]
    """What it is, in one line of the reference."""
    for_people: ClassVar[bool] = False

    @abstractmethod
    def render(self, report: Report, page: Page) -> str:
        """The report as text, ending in a line feed where it is not empty."""

    def publish(self, report: Report, environ: Mapping[str, str]) -> None:
        """Write what belongs outside the format's own text. Raises `OSError` where that fails."""
        return None
