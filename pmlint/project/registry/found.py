"""What reading the routes of a tree found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pmlint.finding import Finding
from pmlint.model import Route
from pmlint.parsing.source import Source
from pmlint.place import Span
from pmlint.project.settings import RegistrySource

if TYPE_CHECKING:
    from pmlint.project.selector import Subject


class SourceMatch(NamedTuple):
    """What a registry source found: its files, how many entries ``each`` and ``where`` left, the
    routes, and all entries, for whoever asks which path no file has.
    """

    source: RegistrySource
    files: tuple[str, ...]
    entries: tuple[Subject, ...]
    meant: tuple[Subject, ...]
    routes: tuple[Route, ...]
    documents: tuple[Subject, ...]
    """Each document of a file, for the fields that ``each`` could have meant."""


class Registry(NamedTuple):
    """All routes, where paths are in files of other platforms (file → path → span), the sources
    of all files, what is wrong, and what each registry source found.
    """

    routes: tuple[Route, ...]
    locate: Mapping[str, Callable[[Any], Span]]
    sources: Mapping[str, Source]
    findings: tuple[Finding, ...]
    matches: tuple[SourceMatch, ...]
