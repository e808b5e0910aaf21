"""Imports point down: the order of the rooms in `docs/layers.yaml`, held for every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "pmlint"
ORDER = [
    layer["room"]
    for layer in yaml.safe_load((ROOT / "docs" / "layers.yaml").read_text(encoding="utf-8"))
]


def room_of(module: str) -> str:
    """The room of a dotted module: a folder of the package, or a file at its root."""
    first = module.removeprefix("pmlint").removeprefix(".").partition(".")[0]
    if not first:
        return "__init__.py"
    return first if (PACKAGE / first).is_dir() else f"{first}.py"


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


def imported(tree: ast.AST) -> set[str]:
    """The modules of the package that a tree imports, late and for types too."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "pmlint":
            # `from pmlint import edit` is the room, `from pmlint import __version__` the root
            found.update(
                f"pmlint.{name.name}" if is_module(name.name) else "pmlint" for name in node.names
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {module for module in found if module.partition(".")[0] == "pmlint"}


def is_module(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


def broken(tree: ast.AST, room: str) -> list[str]:
    """The imports of a module in a room that point up."""
    known = ORDER.index(room)
    return [module for module in sorted(imported(tree)) if ORDER.index(room_of(module)) > known]


def test_every_room_is_listed_once_and_exists() -> None:
    rooms = {file.relative_to(PACKAGE).parts[0] for file in PACKAGE.rglob("*.py")}
    assert sorted(ORDER) == sorted(rooms)


def test_imports_point_down() -> None:
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        name = file.relative_to(PACKAGE)
        if up := broken(tree_of(file), name.parts[0]):
            found[str(name)] = up
    assert found == {}


def test_an_import_that_points_up_is_seen() -> None:
    assert broken(ast.parse("def late():\n    from pmlint.output.text import render"), "check") == [
        "pmlint.output.text"
    ]
    assert broken(ast.parse("from pmlint import cli, __version__"), "server") == ["pmlint.cli"]
    assert broken(ast.parse("from pmlint.errors import UsageError"), "place.py") == [
        "pmlint.errors"
    ]
    assert broken(ast.parse("import pmlint.place\nimport json"), "cli") == []


def test_no_module_imports_itself_through_others() -> None:
    """No circle, of late imports and of those for types neither: what two modules know of each
    other belongs into a third, below both.
    """
    trees = {dotted(file): tree_of(file) for file in PACKAGE.rglob("*.py")}
    assert circle(trees) == []


def test_a_circle_for_types_alone_is_seen() -> None:
    for_types = "if TYPE_CHECKING:\n    from pmlint.gate import answers"
    one = {"pmlint.gate.case": for_types, "pmlint.gate.answers": "import pmlint.gate.case"}
    trees = {name: ast.parse(text) for name, text in one.items()}
    assert circle(trees) == ["pmlint.gate.answers", "pmlint.gate.case", "pmlint.gate.answers"]
    assert circle(trees | {"pmlint.gate.answers": ast.parse("import pmlint.place")}) == []


def circle(trees: Mapping[str, ast.Module]) -> list[str]:
    """The names of modules that import each other in turn, from one to itself; none if none do."""
    below = {name: named(tree) & trees.keys() - {name} for name, tree in trees.items()}
    seen: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        found: list[str] = []
        for other in sorted(below[name]) if name not in seen else ():
            found = found or walk(other, (*path, name))
        seen.add(name)
        return found

    return next(filter(None, (walk(name, ()) for name in sorted(trees))), [])


def dotted(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def named(tree: ast.AST) -> set[str]:
    """The modules that a tree imports, at any time; a name of a room may be a module of its own."""
    parts = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return imported(tree) | {f"{node.module}.{name.name}" for node in parts for name in node.names}


def test_the_page_shows_the_order() -> None:
    done = subprocess.run(
        [sys.executable, "docs/render_architecture.py", "--check"], cwd=ROOT, check=False
    )
    assert done.returncode == 0, "run: python docs/render_architecture.py"
