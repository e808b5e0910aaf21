"""The routes of a tree: files of ours, and mapped files of other platforms (docs/spec/adopt.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

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


def read_routes(tree: Tree, settings: Settings) -> Registry:
    """Read every route; what is wrong with a file is a finding."""
    mapped = NOTHING
    if settings.registry:
        # The formats of other platforms, 9 modules and 5 ms, are loaded where a setting maps some.
        from pmlint.project.registry.mapped import read_sources

        mapped = read_sources(tree, settings.registry)
    # A source without flags says nothing of running, so the file of ours must.
    ids = frozenset(route.id for route in mapped.routes if route.flags)
    native = [_native(tree, entry.path, ids) for entry in native_route_files(tree, settings)]
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


def _native(tree: Tree, file: str, mapped: frozenset[str]) -> NativeFile:
    source = None
    try:
        if not file.endswith((".yaml", ".yml")):
            raise Malformed(
                "this is not a route: its name does not end in .yaml",
                help="rename it, or leave it out with 'exclude' in the configuration",
            )
        source = decode(file, tree.read(file), keeps_marks=True)
        document = ROUTE.read(source)
    except Malformed as error:
        return NativeFile(file, source, None, (syntax(file, error),))
    route = native_route(document.data, file)
    missing: Iterable[Problem] = ()
    if route.id in mapped:
        route = native_route(document.data, file, is_mapped=True)
    else:
        # The schema does not know the registry, so it cannot ask for these (docs/spec/format.md, "A
        # route").
        missing = missing_flags(document.data)
    findings = (
        *(syntax(file, problem) for problem in document.problems),
        *shape_findings(ROUTE, document, route.id, missing),
    )
    return NativeFile(file, source, route, findings)
