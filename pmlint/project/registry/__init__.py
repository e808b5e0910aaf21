"""The routes of a tree: files of ours, and mapped files of other platforms (spec/adopt.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from pmlint.finding import Finding, Level, Problem
from pmlint.model import Route, missing_flags, native_route
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree, not_a_file
from pmlint.place import Span
from pmlint.project.files import native_route_files, source_files
from pmlint.project.foreign import is_foreign, naming_the_setting
from pmlint.project.kinds import ROUTE, shape_findings, syntax
from pmlint.project.registry.mapping import (
    CompiledSource,
    compile_source,
    entries,
    is_meant,
    route_of,
)
from pmlint.project.registry.reader import MAX_BYTES, ForeignFile, decode_foreign
from pmlint.project.registry.readers import reader_for, what_instead
from pmlint.project.selector import Subject
from pmlint.project.settings import RegistrySource, Settings


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

    routes: list[Route]
    locate: dict[str, Callable[[Any], Span]]
    sources: dict[str, Source]
    findings: list[Finding]
    matches: list[SourceMatch]


def read_routes(tree: Tree, settings: Settings) -> Registry:
    """Read every route; what is wrong with a file is a finding."""
    registry = Registry([], {}, {}, [], [])
    read: dict[str, ForeignFile | None] = {}
    for source in settings.registry:
        registry.matches.append(_mapped(tree, compile_source(source), read, registry))
    mapped = [route for match in registry.matches for route in match.routes]
    # A source without flags says nothing of running, so the file of ours must.
    ids = {route.id for route in mapped if route.flags}
    for entry in native_route_files(tree, settings):
        if entry.path.endswith((".yaml", ".yml")):
            _native(tree, entry.path, ids, registry)
        else:
            problem = Malformed(
                "this is not a route: its name does not end in .yaml",
                help="rename it, or leave it out with 'exclude' in the configuration",
            )
            registry.findings.append(syntax(entry.path, problem))
    registry.routes.extend(mapped)
    return registry._replace(findings=_naming_the_setting(tree, settings, registry.findings))


def _naming_the_setting(tree: Tree, settings: Settings, findings: list[Finding]) -> list[Finding]:
    """The findings, where those about a folder of somebody else name the setting."""
    # Asked only where something is wrong: it reads the files of the folder again.
    foreign = [
        folder
        for folder in settings.routes
        if any(finding.path.startswith(f"{folder}/") for finding in findings)
        and is_foreign(tree, folder, "route")
    ]
    for folder in foreign:
        findings = [
            finding._replace(help=naming_the_setting(finding.help, folder, "routes"))
            if finding.path.startswith(f"{folder}/")
            else finding
            for finding in findings
        ]
    return findings


def _native(tree: Tree, file: str, mapped: set[str], registry: Registry) -> None:
    try:
        source = registry.sources[file] = decode(file, tree.read(file), keeps_marks=True)
        document = ROUTE.read(source)
    except Malformed as error:
        registry.findings.append(syntax(file, error))
        return
    registry.findings.extend(syntax(file, problem) for problem in document.problems)
    route = native_route(document.data, file)
    missing: Iterable[Problem] = ()
    if route.id in mapped:
        route = native_route(document.data, file, is_mapped=True)
    else:
        # The schema does not know the registry, so it cannot ask for these (format.md, "A route").
        missing = missing_flags(document.data)
    registry.findings.extend(shape_findings(ROUTE, document, route.id, missing))
    registry.routes.append(route)


def _mapped(
    tree: Tree,
    compiled: CompiledSource,
    read: dict[str, ForeignFile | None],
    registry: Registry,
) -> SourceMatch:
    """What one source finds. Several may map one file, which is read once."""
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


__all__ = ["Registry", "SourceMatch", "pointer", "read_routes", "syntax", "what_instead"]
