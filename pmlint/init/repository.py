"""What the steps of `pmlint init` know, and what they make: planned changes of files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.init.texts import text
from pmlint.parsing.source import Malformed, decode
from pmlint.parsing.tree import Tree
from pmlint.project.settings import Settings


class PlannedChange(NamedTuple):
    """A file that is written: ``before`` is its text, or None where it is new."""

    path: str
    before: str | None
    after: str


class DeclinedChange(NamedTuple):
    """What pmlint would write into a file of its own that somebody edited: shown, never written."""

    change: PlannedChange


class Plan(NamedTuple):
    """All changes, in ``notes`` what is left to a person, in ``declined`` what is not written."""

    changes: tuple[PlannedChange, ...]
    notes: tuple[str, ...]
    declined: tuple[PlannedChange, ...] = ()


class PlatformPlace(NamedTuple):
    """The folder for postmortems; what has to be done about those that lie there already, and
    whether ``since`` can do it.
    """

    folder: str
    notes: tuple[str, ...] = ()
    since: bool = False


class FoundRepository(NamedTuple):
    """What the steps of the plan know. ``routes``, ``policies`` and ``people`` are those that are
    meant: not the default ones, where those belong to somebody else.
    """

    tree: Tree
    settings: Settings
    place: PlatformPlace
    routes: str
    policies: str
    people: str
    ci: tuple[str, ...]
    owners: tuple[str, ...]
    today: date
    report: bool = False
    """Whether a job that publishes the report is asked for."""
    replay: bool = False
    """Whether a job that replays incidents is asked for."""
    agents: tuple[str, ...] = ()
    """The agents that files are asked for, of `pmlint.init.agents.NAMES`."""

    @property
    def configuration(self) -> str:
        """The file of the settings: the one that is there, else the one to write."""
        return configuration_file(self.tree, self.settings)

    def text(self, path: str) -> str | None:
        """The text of a file, None where there is none; raises `UsageError` where it can't be
        read.
        """
        if self.tree.entry(path) is None:
            return None
        try:
            return decode(path, self.tree.read(path)).text
        except Malformed as error:
            raise UsageError(error.message, file=path, span=error.span, help=error.help) from None

    @property
    def persons(self) -> tuple[str, ...]:
        """The owners that are one person and not a team of the forge."""
        return tuple(owner for owner in self.owners if "/" not in owner)

    def new(self, path: str, template: str, **names: str) -> Iterator[PlannedChange]:
        """A file from a template, where nothing is in its place; ``names`` fill it in."""
        if self.tree.entry(path) is None:
            yield PlannedChange(path, None, text(template, **names))

    def appended(self, path: str, block: str) -> PlannedChange:
        """A file with a block after what it has, in its own line ends; a new file has nothing but
        the block.
        """
        before = self.text(path)
        if not before:
            return PlannedChange(path, before, block)
        end = "\r\n" if "\r\n" in before else "\n"
        gap = end if before.endswith("\n") else end * 2
        return PlannedChange(path, before, before + gap + block.replace("\n", end))


def configuration_file(tree: Tree, settings: Settings) -> str:
    """Where the settings are, or are to be written: where the project keeps its others."""
    if settings.file:
        return settings.file
    return "pyproject.toml" if tree.entry("pyproject.toml") else "pmlint.toml"
