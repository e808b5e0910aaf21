"""The shape of the source, as figures with goals: ``python -m bench.shape [NAME ...]``.

Prints each figure with its goal; a name (``nested``, ``long-lines`` ...) lists its offenders by
file and line. `tests/repository/test_shape.py` holds the goals.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator

import yaml

from bench.english import offenders as banned
from bench.source import PACKAGE, ROOT, Figure, Module, at_most, modules
from bench.statements import (
    counted_truths,
    filled_arguments,
    long_functions,
    nested_conditionals,
    walruses,
)

WIDTH = 100
MODULES = {
    "GitPython": "git",
    "PyYAML": "yaml",
    "common-expression-language": "cel",
    "tzdata": "zoneinfo",
}
"""The module of a distribution, where its name does not give it; `zoneinfo` reads what tzdata has."""


def root_files(source: list[Module]) -> Figure:
    """The files at the root of the package."""
    files = [f"pmlint/{path.name}" for path in sorted(PACKAGE.iterdir()) if path.is_file()]
    return at_most("root", "files at the root", 8, files)


def broken_layers(source: list[Module]) -> Figure:
    """The imports that do not point down in `docs/layers.yaml`."""
    order = [
        layer["room"]
        for layer in yaml.safe_load((ROOT / "docs" / "layers.yaml").read_text(encoding="utf-8"))
    ]
    found = []
    for module in source:
        room = module.name.split("/")[1]
        for line, other in _imports(module.tree):
            parts = other.split(".")
            name = parts[1] if len(parts) > 1 else "__init__.py"
            name = name if name in order else f"{name}.py"
            if name not in order or room not in order or order.index(name) > order.index(room):
                found.append(f"{module.name}:{line} imports {other}")
    return at_most("layers", "imports that point up", 0, found)


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The modules of the package that are imported, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                (node.lineno, one.name) for one in node.names if one.name.split(".")[0] == "pmlint"
            )
        elif isinstance(node, ast.ImportFrom) and node.module == "pmlint":
            rooms = [
                one.name
                for one in node.names
                if (PACKAGE / one.name).is_dir() or (PACKAGE / f"{one.name}.py").is_file()
            ]
            yield from ((node.lineno, f"pmlint.{name}") for name in rooms or ["__init__"])
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pmlint."):
            yield node.lineno, str(node.module)


def long_lines(source: list[Module]) -> Figure:
    """Lines of more than 100 columns."""
    found = [
        f"{module.name}:{row} has {len(line)} columns"
        for module in source
        for row, line in enumerate(module.text.splitlines(), 1)
        if len(line) > WIDTH
    ]
    return at_most("long-lines", f"lines over {WIDTH} columns", 0, found)


def comments(source: list[Module]) -> Figure:
    """Comments in a hundred lines of code; a comment of several lines is one, pragmas are none."""
    count, code, rooms = 0, 0, defaultdict(lambda: [0, 0])
    for module in source:
        own = _comments(module.text)
        lines = _code_lines(module)
        count, code = count + own, code + lines
        room = "/".join(module.name.split("/")[:2])
        rooms[room][0] += own
        rooms[room][1] += lines
    offenders = [
        f"{room}: {100 * own / max(lines, 1):.1f}"
        for room, (own, lines) in sorted(rooms.items())
        if 100 * own < 3 * lines
    ]
    value = round(100 * count / code, 2)
    return Figure(
        "comments",
        "comments in 100 lines of code",
        value,
        "at least 3",
        value >= 3,
        tuple(offenders),
    )


def _comments(text: str) -> int:
    found, last = 0, -2
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not re.match(
            r"#\s*(type:|noqa|pragma|!)", token.string
        ):
            row = token.start[0]
            own_line = text.splitlines()[row - 1].lstrip().startswith("#")
            found += not (own_line and row == last + 1)
            last = row if own_line else -2
    return found


def _code_lines(module: Module) -> int:
    """The lines that are neither empty, nor comments, nor docstrings."""
    texts: set[int] = set()
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            texts.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(module.text.splitlines(), 1)
    return sum(
        1
        for row, line in lines
        if line.strip() and not line.lstrip().startswith("#") and row not in texts
    )


def unused_dependencies(source: list[Module]) -> Figure:
    """Runtime dependencies that no module imports."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    imported: set[str] = set()
    for module in source:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                imported.update(one.name.partition(".")[0] for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "find_spec"
            ):
                imported.update(
                    str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)
                )
    names = [re.split(r"[\s;<>=!~\[]", text, maxsplit=1)[0] for text in project["dependencies"]]
    unused = [
        name for name in names if MODULES.get(name, name.replace("-", "_")).lower() not in imported
    ]
    return at_most("dependencies", "runtime dependencies that nothing imports", 0, unused)


def repeated_types(source: list[Module]) -> Figure:
    """Public names of types that are used for more than one."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in source:
        for node in module.tree.body:
            name = _type_name(node)
            if name and not name.startswith("_"):
                places[name].append(f"{module.name}:{node.lineno}")
    found = [
        f"{name}: {', '.join(where)}" for name, where in sorted(places.items()) if len(where) > 1
    ]
    return at_most("types", "names of types that are used twice", 0, found)


def _type_name(node: ast.stmt) -> str:
    """The type that a statement defines: a class, an alias or a type variable; else empty."""
    if isinstance(node, ast.ClassDef):
        return node.name
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Subscript)
        and isinstance(node.targets[0], ast.Name)
    ):
        value = node.value.value
        if isinstance(value, ast.Name) and value.id in (
            "Literal",
            "Callable",
            "Union",
            "Mapping",
            "Iterator",
            "dict",
            "list",
            "tuple",
        ):
            return node.targets[0].id
    return ""


def plain_english(source: list[Module]) -> Figure:
    """Messages, help and one-line docstrings with a banned form."""
    found = [one for module in source for one in banned(module.name, module.tree)]
    return at_most("english", "texts that are not plain English", 0, found)


FIGURES: tuple[Callable[[list[Module]], Figure], ...] = (
    root_files,
    broken_layers,
    nested_conditionals,
    long_lines,
    walruses,
    comments,
    long_functions,
    counted_truths,
    filled_arguments,
    unused_dependencies,
    repeated_types,
    plain_english,
)


def main(names: list[str]) -> int:
    """Print the figures, or the offenders of some; 1 where a goal is missed."""
    source = modules()
    figures = [figure(source) for figure in FIGURES]
    for figure in figures:
        if not names:
            print(
                f"{figure.value:>7g}  {figure.what} ({figure.name}; {figure.goal}){'' if figure.met else '  MISSED'}"
            )
        elif figure.name in names or names == ["all"]:
            print(f"{figure.name}: {figure.what}", *figure.offenders, sep="\n  ")
    return int(not all(figure.met for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
