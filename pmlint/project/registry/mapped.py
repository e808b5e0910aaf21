"""The routes in files of other platforms (docs/spec/adopt.md, *Routes in files of a platform*)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from pmlint.finding import Finding, Level
from pmlint.model import Route
from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.tree import Tree, not_a_file
from pmlint.project.files import source_files
from pmlint.project.kinds import syntax
from pmlint.project.registry.found import Registry, SourceMatch
from pmlint.project.registry.mapping import (
    CompiledSource,
    compile_source,
    entries,
    is_meant,
    route_of,
)
from pmlint.project.registry.reader import MAX_BYTES, ForeignFile, decode_foreign
from pmlint.project.registry.readers import reader_for
from pmlint.project.selector import Subject
from pmlint.project.settings import RegistrySource


class MappedFile(NamedTuple):
    """A file of another platform: its text and its values, where they can be read, else why not."""

    source: Source | None = None
    foreign: ForeignFile | None = None
    finding: Finding | None = None


class _Found(NamedTuple):
    """What one source finds, and what is wrong with its entries."""

    match: SourceMatch
    findings: list[Finding]


def read_sources(tree: Tree, sources: tuple[RegistrySource, ...]) -> Registry:
    """What the sources map. Two sources of one file (Unleash) read and report it once."""
    paths = [[entry.path for entry in source_files(tree, source)] for source in sources]
    files = {path: _read(tree, path) for path in dict.fromkeys(chain.from_iterable(paths))}
    found = [
        _matched(compile_source(source), named, files)
        for source, named in zip(sources, paths, strict=True)
    ]
    unread = [file.finding for file in files.values() if file.finding]
    return Registry(
        tuple(route for one in found for route in one.match.routes),
        {path: file.foreign.locate for path, file in files.items() if file.foreign},
        {path: file.source for path, file in files.items() if file.source},
        (*unread, *(finding for one in found for finding in one.findings)),
        tuple(one.match for one in found),
    )


def _matched(compiled: CompiledSource, paths: list[str], files: Mapping[str, MappedFile]) -> _Found:
    found: list[Subject] = []
    meant: list[Subject] = []
    routes: list[Route] = []
    documents: list[Subject] = []
    wrong: list[Finding] = []
    for path in paths:
        foreign = files[path].foreign
        if foreign is None:
            continue
        for document in foreign.documents:
            documents.append(Subject(document.data, document.at))
            for subject in entries(compiled, path, document):
                found.append(subject)
                if not is_meant(compiled, subject):
                    continue
                meant.append(subject)
                route, problems = _one_route(compiled, subject, path, foreign)
                wrong += problems
                routes += [route] if route.id else []
    # Where no entry has an id, one finding at the setting says so, and not one for each.
    findings = [one for one in wrong if routes or one.code == "syntax"]
    subjects = (tuple(found), tuple(meant))
    match = SourceMatch(compiled.source, tuple(paths), *subjects, tuple(routes), tuple(documents))
    return _Found(match, findings)


def _read(tree: Tree, file: str) -> MappedFile:
    reader = reader_for(file)
    if reader is None:
        # The finding about it stands at the setting that names it (configuration-names-nothing).
        return MappedFile()
    source = None
    try:
        entry = tree.entry(file)
        if entry is not None and entry.kind != "file":
            raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
        source = decode_foreign(file, tree.read(file, MAX_BYTES))
        return MappedFile(source, reader.read(source))
    except Malformed as error:
        return MappedFile(source, finding=syntax(file, error))


def _one_route(
    compiled: CompiledSource, subject: Subject, file: str, foreign: ForeignFile
) -> tuple[Route, list[Finding]]:
    """The route of an entry, without an id where it has none, and what is wrong with it."""
    route, problems = route_of(compiled, subject, file, foreign)
    found = [syntax(file, problem) for problem in dict.fromkeys(problems)]
    if not route.id and not problems:
        found.append(
            Finding(
                "schema",
                Level.ERROR,
                f"there is no route id at '{compiled.source.id}'",
                file,
                foreign.locate(subject.at),
                subject.at.pointer,
                help="write the id, or leave the entry out with 'where'",
            )
        )
    return route, found
