"""What may become of a function: a comparison turned round, a text, a number, a condition, a result.

It leaves alone what stands outside of functions and what only speaks of types.
"""

from __future__ import annotations

import ast
import copy
import importlib
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
_OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Continue: ast.Break,
    ast.Break: ast.Continue,
}


Steps = tuple[tuple[str, int | None], ...]
"""From a function to one of its parts: fields, and places in their lists."""


class Mutant(NamedTuple):
    """A function of a module with one part changed; a statement is shown without what is below it."""

    module: str
    name: str
    line: int
    was: str
    became: str
    code: CodeType

    @property
    def file(self) -> str:
        """Its file, from the root of the repository."""
        return file_of(self.module).relative_to(ROOT).as_posix()


class Change(NamedTuple):
    """Where a function is changed, and into what."""

    name: str
    path: Steps
    became: ast.AST


def file_of(module: str) -> Path:
    """The file of a module or of a package."""
    file = ROOT / f"{module.replace('.', '/')}.py"
    return file if file.is_file() else ROOT / module.replace(".", "/") / "__init__.py"


def modules_below(package: str) -> list[str]:
    """Every module of a package."""
    paths = sorted((ROOT / package.replace(".", "/")).rglob("*.py"))
    return [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in paths
    ]


def changes(tree: ast.Module) -> list[Change]:
    """Every change of a module's functions, in the order of its text."""
    return [
        Change(name, path, became)
        for name, function in functions(tree)
        for path, became in _changes(function)
    ]


def shares(modules: Iterable[str], size: int, least: int) -> dict[str, int]:
    """How many mutants each module gives to a sample: by the number of its changes, and a few at
    least where it has so many.
    """
    counts = {module: len(changes(ast.parse(file_of(module).read_text()))) for module in modules}
    total = sum(counts.values())
    return {
        module: min(count, max(least, round(size * count / total)))
        for module, count in counts.items()
        if count
    }


def sample(module: str, size: int, chance: random.Random) -> Iterator[Mutant]:
    """Some mutants of a module."""
    file = file_of(module)
    tree = ast.parse(file.read_text())
    every = changes(tree)
    chosen = chance.sample(range(len(every)), min(size, len(every)))
    for name, path, became in (every[number] for number in sorted(chosen)):
        whole = copy.deepcopy(tree)
        target = next(node for at, node in functions(whole) if at == name)
        node, statement = _at(target, path), _statement(target, path)
        line, was = getattr(node, "lineno", target.lineno), _shown(statement)
        _put(target, path, became)
        now = became if node is statement else statement
        ast.fix_missing_locations(whole)
        code = _code_of(compile(whole, str(file), "exec"), name)
        yield Mutant(module, name, line, was, _shown(now), code)


def _statement(function: ast.FunctionDef, path: Steps) -> ast.AST:
    """The innermost statement on the way to a part."""
    nodes = [_at(function, path[:length]) for length in range(1, len(path) + 1)]
    return [node for node in nodes if isinstance(node, ast.stmt)][-1]


def _shown(statement: ast.AST) -> str:
    """A statement in a line, without the statements below it."""
    alone = copy.deepcopy(statement)
    for field in ("body", "orelse", "finalbody"):
        if isinstance(getattr(alone, field, None), list):
            setattr(alone, field, [])
    return " ".join(ast.unparse(alone).split())


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions and methods of a module; those inside a function belong to it."""
    for child in getattr(node, "body", ()):
        if isinstance(child, ast.FunctionDef):
            yield f"{prefix}{child.name}", child
        elif isinstance(child, ast.ClassDef):
            yield from functions(child, f"{prefix}{child.name}.")


def _changes(function: ast.FunctionDef) -> Iterator[tuple[Steps, ast.AST]]:
    """Where a function can be changed, and into what."""
    is_described = ast.get_docstring(function) is not None
    for number, statement in enumerate(function.body):
        if not (is_described and number == 0):
            yield from _below(statement, (("body", number),))


def _below(node: ast.AST, path: Steps) -> Iterator[tuple[Steps, ast.AST]]:
    if isinstance(node, ast.AnnAssign | ast.Assert | ast.ImportFrom):
        return  # types, and what must hold
    yield from ((path, changed) for changed in _mutated(node))
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx"):
            continue
        for number, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST):
                yield from _below(child, (*path, (field, number)))


def _mutated(node: ast.AST) -> Iterator[ast.AST]:
    """What may become of one part of a program."""
    if isinstance(node, ast.Compare | ast.BoolOp | ast.BinOp):
        ops = node.ops[0] if isinstance(node, ast.Compare) else node.op
        if type(ops) in _OPPOSITE:
            changed: Any = copy.deepcopy(node)
            other = _OPPOSITE[type(ops)]()
            if isinstance(node, ast.Compare):
                changed.ops[0] = other
            else:
                changed.op = other
            yield changed
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            changed = copy.deepcopy(node)
            changed.test = ast.Constant(value)
            yield changed
    elif isinstance(node, ast.Constant) and node.value is not None and node.value is not Ellipsis:
        yield ast.Constant(_other(node.value))
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Continue | ast.Break):
        yield _OPPOSITE[type(node)]()
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom):
        nothing = ast.YieldFrom(ast.Tuple([], ast.Load()))
        yield ast.Expr(nothing)  # still a generator


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"XX{value}XX" if isinstance(value, str) else value + b"XX"


def _at(node: Any, path: Steps) -> Any:
    for field, number in path:
        node = getattr(node, field)
        node = node if number is None else node[number]
    return node


def _put(node: Any, path: Steps, changed: ast.AST) -> None:
    above = _at(node, path[:-1])
    field, number = path[-1]
    if number is None:
        setattr(above, field, changed)
    else:
        getattr(above, field)[number] = changed


def _code_of(code: CodeType, name: str) -> CodeType:
    for step in name.split("."):
        code = next(
            one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == step
        )
    return code


def exchange(mutant: Mutant) -> None:
    """Give the living function the code of the mutant, and forget what the whole one worked out."""
    found: Any = importlib.import_module(mutant.module)
    for step in mutant.name.split("."):
        found = found.__dict__[step]
    for inside in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, inside, found)
    found.__code__ = mutant.code
    for name, module in list(sys.modules.items()):
        if name.startswith("pmlint.gate"):
            for value in vars(module).values():
                getattr(value, "cache_clear", lambda: None)()
