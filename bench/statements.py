"""Figures of `bench.shape` about how statements and functions are written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bench.source import Figure, Module, at_most

LONGEST = 50
"""The most lines of a function, from its ``def`` to its last line."""
CHANGES = frozenset("add append clear discard extend insert pop remove setdefault update".split())
"""The methods by which a list, a set or a mapping is changed."""


def nested_conditionals(source: list[Module]) -> Figure:
    """Conditional expressions inside others."""
    found = []
    for module in source:
        for outer in ast.walk(module.tree):
            if isinstance(outer, ast.IfExp):
                inner = [
                    node
                    for part in (outer.test, outer.body, outer.orelse)
                    for node in ast.walk(part)
                    if isinstance(node, ast.IfExp)
                ]
                found += [f"{module.name}:{node.lineno}" for node in inner]
    return at_most("nested", "conditionals inside conditionals", 0, sorted(set(found)))


def walruses(source: list[Module]) -> Figure:
    """Assignments inside expressions, and statements with two of them."""
    count, twice = 0, []
    for module in source:
        for statement in ast.walk(module.tree):
            if isinstance(statement, ast.stmt) and not hasattr(statement, "body"):
                inside = sum(isinstance(node, ast.NamedExpr) for node in ast.walk(statement))
                if inside > 1:
                    twice.append(f"{module.name}:{statement.lineno}")
        count += sum(isinstance(node, ast.NamedExpr) for node in ast.walk(module.tree))
    lines = sum(len(module.text.splitlines()) for module in source)
    value = round(1000 * count / lines, 1)
    return Figure(
        "walruses",
        "walruses in 1,000 lines",
        value,
        "at most one a statement",
        not twice,
        tuple(twice),
    )


def long_functions(source: list[Module]) -> Figure:
    """Functions of more than 50 lines."""
    found, longest = [], 0
    for module in source:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                longest = max(longest, length)
                if length > LONGEST:
                    found.append(f"{module.name}:{node.lineno} {node.name} has {length} lines")
    return Figure(
        "functions",
        "lines of the longest function",
        longest,
        f"at most {LONGEST}",
        longest <= LONGEST,
        tuple(found),
    )


def counted_truths(source: list[Module]) -> Figure:
    """Truth values that are added, subtracted or multiplied as numbers."""
    found = [
        f"{module.name}:{node.lineno}"
        for module in source
        for node in ast.walk(module.tree)
        if isinstance(node, ast.BinOp) and any(map(_is_truth, (node.left, node.right)))
    ]
    return at_most("truths", "arithmetic with truth values", 0, found)


def _is_truth(node: ast.expr) -> bool:
    """Whether an expression is true or false by its form."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("all", "any", "bool", "isinstance")
    if isinstance(node, ast.BoolOp):
        return all(map(_is_truth, node.values))
    is_not = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return is_not or isinstance(node, ast.Compare)


def filled_arguments(source: list[Module]) -> Figure:
    """Functions that hand their result over by changing a container that they were given."""
    found = []
    for module in source:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                changed = _given(node) & frozenset(_changed_names(node))
                found += [
                    f"{module.name}:{node.lineno} {node.name} fills '{one}'" for one in changed
                ]
    return at_most("arguments", "results through arguments", 0, sorted(found))


def _given(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The arguments that a function does not take for a name of its own."""
    named = function.args
    given = {one.arg for one in (*named.posonlyargs, *named.args, *named.kwonlyargs)}
    own = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    # A class that is a list or a counter may fill itself.
    return frozenset(given - own - {"self"})


def _changed_names(function: ast.AST) -> Iterator[str]:
    """The names whose elements a function sets, adds or removes."""
    for node in ast.walk(function):
        holder: ast.AST | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            holder = node.func.value if node.func.attr in CHANGES else None
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            holder = node.value
        if isinstance(holder, ast.Name):
            yield holder.id
