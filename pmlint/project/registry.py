"""The routes of a tree: files of ours, and mapped files of other platforms (YAML, JSON, TOML)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pmlint.finding import Finding, Level
from pmlint.model import RestartFlag, Route, native_route
from pmlint.model.route import missing_flags
from pmlint.model.schema import check as check_shape
from pmlint.parsing.document import Document, read_yaml
from pmlint.parsing.source import Malformed, Source, decode
from pmlint.parsing.toml import read_toml
from pmlint.parsing.tree import Tree
from pmlint.place import Path, Span
from pmlint.project.files import route_files
from pmlint.project.selector import Missing, compile_path, compile_test, each, look_up
from pmlint.project.settings import RegistrySource, Settings


class Registry(NamedTuple):
    """All routes, where paths stand in files of other platforms (file → path → span), the sources
    of all files, and what is wrong.
    """

    routes: list[Route]
    locate: dict[str, Callable[[Any], Span]]
    sources: dict[str, Source]
    findings: list[Finding]


def read_routes(tree: Tree, settings: Settings) -> Registry:
    """Read every route. Raises `UsageError` for a mapping that is wrong; what is wrong with a file
    is a finding.
    """
    registry = Registry([], {}, {}, [])
    for path, mapping in route_files(tree, settings):
        if mapping is not None:
            _mapped(tree, path, mapping, registry)
        elif path.endswith((".yaml", ".yml")):
            _native(tree, path, registry)
        else:
            problem = Malformed(
                "this is not a route: its name does not end in .yaml",
                help="rename it, or move it out of the folder",
            )
            registry.findings.append(syntax(path, problem))
    return registry


def syntax(file: str, problem: Malformed) -> Finding:
    """A file that can't be read, or not with one meaning, as a finding."""
    return Finding(
        problem.code, Level.ERROR, problem.message, file, problem.span, help=problem.help
    )


def _native(tree: Tree, file: str, registry: Registry) -> None:
    try:
        source = registry.sources[file] = decode(file, tree.read(file))
        document = read_yaml(source, "route")
    except Malformed as error:
        registry.findings.append(syntax(file, error))
        return
    registry.findings.extend(syntax(file, problem) for problem in document.problems)
    route = native_route(document.data, file)
    for problem in (*check_shape("route", document.data), *missing_flags(document.data)):
        span = document.locate(problem.at)
        registry.findings.append(
            Finding(
                "schema",
                Level.ERROR,
                problem.message,
                file,
                span,
                pointer(problem.at),
                route.id,
                problem.help,
            )
        )
    registry.routes.append(route)


def pointer(at: Any) -> str | None:
    """The JSON Pointer of a path or a part of one; None for the body."""
    if isinstance(at, Path):
        return at.pointer
    return None if at.part == "body" else str(at.path.pointer)


def _mapped(tree: Tree, file: str, mapping: RegistrySource, registry: Registry) -> None:
    try:
        source = registry.sources[file] = decode(file, tree.read(file))
        data, locate = _foreign(source)
    except Malformed as error:
        registry.findings.append(syntax(file, error))
        return
    registry.locate[file] = locate
    roots = (
        [(item, Path() / number) for number, item in enumerate(data)]
        if isinstance(data, list) and not mapping.each
        else [(data, Path())]
    )
    if isinstance(data, list) and mapping.each and not mapping.each.startswith("["):
        roots = [(item, Path() / number) for number, item in enumerate(data)]
    for root, at in roots:
        for item, place in each(root, compile_path(mapping.each), at):
            route = _route(item, place, file, mapping)
            if route.id:
                registry.routes.append(route)
            else:
                message = f"there is no route id at '{mapping.id}'"
                span = locate(place)
                registry.findings.append(
                    Finding(
                        "schema",
                        Level.ERROR,
                        message,
                        file,
                        span,
                        place.pointer,
                        help="write the id, or correct the mapping",
                    )
                )


def _route(item: object, at: Path, file: str, mapping: RegistrySource) -> Route:
    def text(path: str) -> str:
        found = look_up(item, compile_path(path)) if path else ""
        return found if isinstance(found, str) else ""

    def place(path: str) -> Path:
        return Path((*at, *compile_path(path)))

    links = look_up(item, compile_path(mapping.postmortems)) if mapping.postmortems else []
    named = {"id": mapping.id, "owner": mapping.owner, "postmortems": mapping.postmortems}
    return Route(
        id=text(mapping.id),
        file=file,
        at=at,
        owner=text(mapping.owner),
        flags=tuple(_flags(item, at, mapping)),
        postmortems=tuple(link for link in links if isinstance(link, str))
        if isinstance(links, list)
        else (),
        trust={
            path: value
            for path in (field.path for field in mapping.trust)
            if not isinstance(value := look_up(item, compile_path(path)), Missing)
        },
        fields={name: place(path) for name, path in named.items() if path},
        mapped=True,
    )


def _flags(item: object, at: Path, mapping: RegistrySource) -> Iterator[RestartFlag]:
    """The flags of a route; where the file has none of them, nobody knows whether it runs, and the
    first counts as raised.
    """
    tests = [compile_test(setting.flag) for setting in mapping.restart_flags]
    absent = all(isinstance(look_up(item, test.steps), Missing) for test in tests)
    for number, test in enumerate(tests):
        raised, unclear = test.judge(item)
        if absent and number == 0:
            raised, unclear = True, "the file has none of the restart flags"
        yield RestartFlag(test.text, raised, Path((*at, *test.steps)), unclear)


def _foreign(source: Source) -> tuple[object, Callable[[Any], Span]]:
    if source.file.endswith(".toml"):
        toml = read_toml(source)
        return toml.data, toml.locate
    if source.file.endswith(".json"):
        return _json(source)
    document = Document("registry", source)
    if document.problems:
        raise document.problems[0]
    return document.data, document.locate


def _json(source: Source) -> tuple[object, Callable[[Any], Span]]:
    """JSON is a flow collection to YAML, which knows positions and repeated keys; its own reader
    has the last word on values.
    """
    import json

    try:
        data = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        offset = getattr(error, "pos", 0)
        raise Malformed(
            f"this is not JSON: {getattr(error, 'msg', error)}",
            source.span(offset, offset + 1),
            help="check the line",
        ) from None
    document = Document("registry", source)
    if document.problems:
        raise document.problems[0]
    return data, document.locate
