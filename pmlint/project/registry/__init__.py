"""The routes of a tree: files of ours, and mapped files of other platforms (docs/spec/adopt.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from pmlint.finding import Finding, Problem
from pmlint.model import Route, missing_flags, native_route
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.tree import Tree
from pmlint.project.files import native_route_files
from pmlint.project.foreign import is_foreign, naming_the_setting
from pmlint.project.kinds import ROUTE, shape_findings, syntax
from pmlint.project.registry.found import Registry as Registry
from pmlint.project.registry.found import SourceMatch as SourceMatch
from pmlint.project.repositories import full_name, is_foreign_name
from pmlint.project.settings import Settings

NOTHING = Registry((), {}, {}, (), ())


class NativeFile(NamedTuple):
    """A route file of ours: its text and its route, where they can be read, and what is wrong."""

    file: str
    source: Source | None = None
    route: Route | None = None
    findings: tuple[Finding, ...] = ()


class KnownFiles(Protocol):
    """What is remembered of files that had nothing wrong with them."""

    def data(self, content: bytes) -> object:
        """The data of a file with this content; None where it must be read."""

    def keep(self, content: bytes, data: object) -> None:
        """Remember a file that has nothing wrong with it."""


def read_routes(tree: Tree, settings: Settings, known: KnownFiles | None = None) -> Registry:
    """Read every route; what is wrong with a file is a finding. ``known`` is what is remembered of
    files of ours.
    """
    mapped = NOTHING
    if settings.registry:
        # The formats of other platforms, 9 modules and 5 ms, are loaded where a setting maps some.
        from pmlint.project.registry.mapped import read_sources

        mapped = read_sources(tree, settings.registry)
    # A source without flags says nothing of running, so the file of ours must.
    ids = frozenset(route.id for route in mapped.routes if route.flags)
    native = [_native(tree, entry.path, ids, known) for entry in native_route_files(tree, settings)]
    routes = (*(one.route for one in native if one.route), *mapped.routes)
    findings = (*mapped.findings, *(finding for one in native for finding in one.findings))
    return mapped._replace(
        routes=tuple(_in_full(route, settings.repositories) for route in routes),
        sources={**mapped.sources, **{one.file: one.source for one in native if one.source}},
        findings=_naming_the_setting(tree, settings, findings),
    )


def _in_full(route: Route, aliases: Mapping[str, str]) -> Route:
    """A route with its links into other repositories in full."""
    if not any(map(is_foreign_name, route.postmortems)):
        return route
    return route._replace(postmortems=tuple(full_name(one, aliases) for one in route.postmortems))


def _naming_the_setting(
    tree: Tree, settings: Settings, findings: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """The findings, where those about a folder of somebody else name the setting."""
    # Asked only where something is wrong: it reads the files of the folder again.
    foreign = [
        folder
        for folder in settings.routes
        if any(finding.path.startswith(f"{folder}/") for finding in findings)
        and is_foreign(tree, folder, "route")
    ]
    for folder in foreign:
        findings = tuple(
            finding._replace(help=naming_the_setting(finding.help, folder, "routes"))
            if finding.path.startswith(f"{folder}/")
            else finding
            for finding in findings
        )
    return findings


def _native(tree: Tree, file: str, mapped: frozenset[str], known: KnownFiles | None) -> NativeFile:
    source = None
    try:
        if not file.endswith((".yaml", ".yml")):
            raise Malformed(
                "this is not a route: its name does not end in .yaml",
                help="rename it, or leave it out with 'exclude' in the configuration",
            )
        content = tree.read(file)
        source = decode(file, content, keeps_marks=True)
        # To read them anew was a fifth of a run over 1,000 unchanged documents and 200 routes.
        data = None if known is None else known.data(content)
        if data is not None:
            route, missing = _with_missing(data, file, mapped)
            if not missing:
                return NativeFile(file, source, route)
        document = ROUTE.read(source)
    except Malformed as error:
        return NativeFile(file, source, None, (syntax(file, error),))
    route, missing = _with_missing(document.data, file, mapped)
    findings = (
        *(syntax(file, problem) for problem in document.problems),
        *shape_findings(ROUTE, document, route.id, missing),
    )
    if known is not None and not findings:
        known.keep(content, document.data)
    return NativeFile(file, source, route, findings)


def _with_missing(
    data: object, file: str, mapped: frozenset[str]
) -> tuple[Route, tuple[Problem, ...]]:
    """A route of ours, and the flags that it lacks."""
    route = native_route(data, file)
    if route.id in mapped:
        return native_route(data, file, is_mapped=True), ()
    # The schema does not know the registry, so it cannot ask for these (docs/spec/format.md, "A
    # route").
    return route, tuple(missing_flags(data))
