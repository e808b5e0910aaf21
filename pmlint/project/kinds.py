"""The kinds of documents that a repository keeps, one object each: where they are, what they are
called, how they are read and what shape they have.

Engine, gate, server, `init` and the reference ask here. To add a kind: its schema, its name in
`pmlint.parsing.document.DocumentName`, and its object in `KINDS`; until a stage of its own judges
it, `misshapen` holds it to its schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pmlint.finding import Finding, Level, Problem
from pmlint.model.schema import check
from pmlint.parsing.document import Document, DocumentName, read_as
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Where
from pmlint.project.patterns import covered_by_any, walk
from pmlint.project.settings import Settings


class DocumentKind(NamedTuple):
    """A kind of document."""

    name: DocumentName
    """What ``pmlint schema`` calls it; ``schema/NAME.json`` is its shape."""
    setting: str | None
    """The setting that names its folders, or its file; None where no setting moves them."""
    default: tuple[str, ...]
    """Where it is unless the setting says otherwise."""
    suffixes: tuple[str, ...]
    word: str
    """What a reference to one is called in an editor."""
    id_at: tuple[str, ...] = ("id",)
    """Where the id is by which others name it: keys, without the numbers of items."""
    template: str = ""
    """The file of ``pmlint/init/templates`` that ``init`` writes where there is none yet."""
    is_one_file: bool = False
    is_judge: bool = False
    """Whether other documents are judged by it: nothing excludes it, and no agent changes it."""
    has_own_stage: bool = False
    """Whether a stage of its own reads and judges it; the others are held to their shape."""

    def places(self, settings: Settings) -> tuple[str, ...]:
        """The folders and patterns in which documents of this kind are, or their one file."""
        if self.setting is None:
            return self.default
        named: str | tuple[str, ...] = getattr(settings, self.setting)
        return (named,) if isinstance(named, str) else named

    def covers(self, path: str, settings: Settings) -> bool:
        """Whether a file at this path is of this kind, by its folder, its suffix and ``exclude``.

        In a folder of records a name that is left out counts here: only its content says whether
        it is one (`pmlint.project.files`).
        """
        places = self.places(settings)
        if self.is_one_file:
            return path in places
        return (
            path.endswith(self.suffixes)
            and covered_by_any(places, path)
            and (self.is_judge or not covered_by_any(settings.exclude, path))
        )

    def read(self, source: Source) -> Document:
        """Read one. Raises `Malformed`."""
        return read_as(self.name, source)


_YAML = (".yaml", ".yml")
POSTMORTEM = DocumentKind(
    "postmortem",
    "postmortems",
    ("postmortems",),
    (".md",),
    "postmortem",
    template="postmortems.md",
    has_own_stage=True,
)
ROUTE = DocumentKind(
    "route", "routes", ("routes",), _YAML, "route", template="route.yaml", has_own_stage=True
)
PEOPLE = DocumentKind(
    "people",
    "people",
    ("people.yaml",),
    _YAML,
    "person",
    id_at=("handle",),
    is_one_file=True,
    is_judge=True,
    has_own_stage=True,
)
POLICY = DocumentKind(
    "policy",
    "policies",
    ("policies",),
    _YAML,
    "rule",
    template="policies.md",
    is_judge=True,
    has_own_stage=True,
)
KINDS = (POSTMORTEM, ROUTE, PEOPLE, POLICY)
"""All kinds; where two have one place, the first that covers a file is its kind."""


def kind_at(path: str, settings: Settings) -> DocumentKind | None:
    """The kind of a file by its place in the repository; None where it is none of ours."""
    return next((kind for kind in KINDS if kind.covers(path, settings)), None)


def folders(settings: Settings) -> tuple[str, ...]:
    """The folders and patterns of all kinds that have some, in the order of the kinds."""
    return tuple(place for kind in KINDS if not kind.is_one_file for place in kind.places(settings))


def single_files(settings: Settings) -> tuple[str, ...]:
    """The paths of the kinds that are one file."""
    return tuple(place for kind in KINDS if kind.is_one_file for place in kind.places(settings))


def read_record(source: Source) -> Document:
    """Read a file of ours of which only its name is known, to find places in it.

    Raises `Malformed`.
    """
    # Of the kinds in YAML, only that of people takes a list as well as a mapping.
    kind = POSTMORTEM if source.file.endswith(POSTMORTEM.suffixes) else PEOPLE
    return kind.read(source)


def syntax(file: str, problem: Malformed) -> Finding:
    """A file that can't be read, or not with one meaning, as a finding."""
    return Finding(
        problem.code,
        Level.ERROR,
        problem.message,
        file,
        problem.span,
        help=problem.help,
        fix=problem.fix,
    )


def pointer(at: Path | Where) -> str | None:
    """The JSON Pointer of a path or a part of one; None for the body."""
    if isinstance(at, Path):
        return at.pointer
    return None if at.part == "body" else str(at.path.pointer)


def shape_findings(
    kind: DocumentKind, document: Document, subject: str = "", more: Iterable[Problem] = ()
) -> Iterator[Finding]:
    """What is wrong with the shape of a document, and ``more`` of its kind's own: at its rows and
    columns.

    ``subject`` is the id of what the findings are about.
    """
    file = document.source.file
    for problem in (*check(kind.name, document.data), *more):
        yield Finding(
            "schema",
            Level.ERROR,
            problem.message,
            file,
            document.locate(problem.at),
            pointer(problem.at),
            subject,
            problem.help,
        )


def misshapen(tree: Tree, settings: Settings) -> Iterator[Finding]:
    """What is wrong with the documents of the kinds that no stage of their own judges."""
    for kind in KINDS:
        for entry in () if kind.has_own_stage else walk(tree, kind.places(settings)):
            if not kind.covers(entry.path, settings):
                continue
            try:
                document = kind.read(decode(entry.path, tree.read(entry.path)))
            except Malformed as error:
                yield syntax(entry.path, error)
                continue
            yield from (syntax(entry.path, problem) for problem in document.problems)
            yield from shape_findings(kind, document)
