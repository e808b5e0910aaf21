"""The routes in files of other platforms (docs/spec/adopt.md, *Routes in files of a platform*)."""

from __future__ import annotations

from pmlint.finding import Finding, Level
from pmlint.model import Route
from pmlint.parsing.source import Malformed
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


def read_sources(tree: Tree, sources: tuple[RegistrySource, ...], registry: Registry) -> None:
    """Add what the sources map to a registry. A file that several map is read once."""
    read: dict[str, ForeignFile | None] = {}
    for source in sources:
        registry.matches.append(_read_source(tree, compile_source(source), read, registry))


def _read_source(
    tree: Tree,
    compiled: CompiledSource,
    read: dict[str, ForeignFile | None],
    registry: Registry,
) -> SourceMatch:
    """What one source finds."""
    files = [entry.path for entry in source_files(tree, compiled.source)]
    found: list[Subject] = []
    meant: list[Subject] = []
    routes: list[Route] = []
    documents: list[Subject] = []
    wrong: list[Finding] = []
    for file in files:
        # Two sources of one file (Unleash) read and report it once.
        if file not in read:
            read[file] = _read(tree, file, registry)
        foreign = read[file]
        if foreign is None:
            continue
        for document in foreign.documents:
            documents.append(Subject(document.data, document.at))
            for subject in entries(compiled, file, document):
                found.append(subject)
                if not is_meant(compiled, subject):
                    continue
                meant.append(subject)
                route, problems = _one_route(compiled, subject, file, foreign)
                wrong += problems
                routes += [route] if route.id else []
    # Where no entry has an id, one finding at the setting says so, and not one for each.
    registry.findings.extend(one for one in wrong if routes or one.code == "syntax")
    return SourceMatch(
        compiled.source, tuple(files), tuple(found), tuple(meant), tuple(routes), tuple(documents)
    )


def _read(tree: Tree, file: str, registry: Registry) -> ForeignFile | None:
    reader = reader_for(file)
    if reader is None:
        # The finding about it stands at the setting that names it (configuration-names-nothing).
        return None
    try:
        entry = tree.entry(file)
        if entry is not None and entry.kind != "file":
            raise not_a_file("a symbolic link" if entry.kind == "symlink" else "not a regular file")
        source = registry.sources[file] = decode_foreign(file, tree.read(file, MAX_BYTES))
        foreign = reader.read(source)
    except Malformed as error:
        registry.findings.append(syntax(file, error))
        return None
    registry.locate[file] = foreign.locate
    return foreign


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
