"""common-expression-language: CEL in Rust, the engine of every installation.

What it does otherwise than the specification of CEL, and how that is closed here:

- ``size`` of a text counts bytes: texts are counted by Python.
- An error inside of ``all`` and ``exists`` is not absorbed by an element that decides: an
  expression that fails is evaluated again, with both macros walked by Python.
- A number with fractions ``in`` a mapping is an error instead of false: also looked at only then.
- A list plus a mapping is a list with its keys, and ``-true`` is a number: Python looks at the
  second operand of a sum and at what a minus stands before.
- Types are checked when an expression runs, and there is no budget of steps:
  `pmlint.policy.types` and `pmlint.policy.steps` come first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder
from itertools import count
from os.path import exists, join
from typing import Any, NamedTuple

from pmlint.policy.callables import BUDGET, PREFIX, python_functions
from pmlint.policy.failed import Failed
from pmlint.policy.grammar import SyntaxNode, parse, rewrite, walk
from pmlint.policy.meaning import with_one_meaning

_MOST_ELEMENTS = 20_000
"""The most elements that Python walks in one evaluation: each costs an evaluation of its own."""


def _extension() -> Any:
    """The extension module alone.

    The package's own ``__init__`` imports its command line, with rich and typer: 0.15 s of CPU
    against 6 ms (0.10.0).
    """
    package = PathFinder.find_spec("cel")
    for folder in package.submodule_search_locations or () if package else ():
        for suffix in EXTENSION_SUFFIXES:
            path = join(folder, f"cel{suffix}")
            if exists(path):
                loader = ExtensionFileLoader("cel.cel", path)
                module = loader.create_module(ModuleSpec("cel.cel", loader, origin=path))
                loader.exec_module(module)
                return module
    raise ImportError("common-expression-language is not installed")


class _Compiled(NamedTuple):
    """An expression: its program, and its text, from which it is compiled otherwise where it fails.

    Its tree is made only there: of 155 ms for one file it took 3.
    """

    program: Any
    text: str


class _Engine:
    """One context for all evaluations: a variable is converted when it is another than before.

    The closed lists and settings are the same for every document: 1.0 ms a document become 0.7.
    """

    def __init__(self, extension: Any) -> None:
        self._extension = extension
        self._held: dict[str, object] = {}
        self._context: Any = None
        self._functions = {
            **python_functions(),
            f"{PREFIX}size": _size,
            f"{PREFIX}sum": _sum,
            f"{PREFIX}no_key": _no_key,
            f"{PREFIX}negative": _negative,
        }

    def compile(self, text: str, node: SyntaxNode) -> _Compiled:
        counted = _counted(text, node)
        return _Compiled(self._program(counted), counted)

    def bind(self, variables: Mapping[str, object]) -> Mapping[str, object]:
        return variables

    def evaluate(self, compiled: _Compiled, bound: Mapping[str, object]) -> Any:
        try:
            return self._run(compiled.program, self._filled(bound))
        except Failed:
            if BUDGET.is_spent:  # no later element may begin to read again
                raise
            node = parse(compiled.text)
            if not any(part.value in ("all", "exists", "in") for part in walk(node)):
                raise
        return self._carefully(compiled.text, node, bound)

    def _filled(self, variables: Mapping[str, object]) -> Any:
        """The context with these variables."""
        # A context has no way to take a variable out again.
        if self._context is None or self._held.keys() - variables.keys():
            self._context = self._extension.Context({}, self._functions)
            self._held = {}
        for name, value in variables.items():
            # By identity, since comparing two documents would walk both.
            if name not in self._held or self._held[name] is not value:
                try:
                    self._context.add_variable(name, value)
                except ValueError as error:
                    raise Failed(f"'{name}' cannot be given to the engine: {error}") from None
                self._held[name] = value
        return self._context

    def _carefully(self, text: str, node: SyntaxNode, bound: Mapping[str, object]) -> Any:
        """The value with ``all`` and ``exists`` as the specification has them."""
        context = self._extension.Context(dict(bound), self._functions)
        walked = _Walked(self, context).text(text, node, ())
        return self._run(self._program(walked), context)

    def _program(self, text: str) -> Any:
        try:
            return self._extension.compile(text)
        except ValueError as error:
            # Ours has read it, so this is a bound of the parser, such as its recursion.
            raise Failed(f"the engine cannot read it: {str(error)[-80:]}", 0) from None

    def _run(self, program: Any, context: Any) -> Any:
        try:
            return program.execute(context)
        except _RAISED as error:
            raise _failed(error) from None


class _Walked:
    """``all`` and ``exists`` of one evaluation as Python functions.

    Each takes its list and the elements of the macros around it, which its condition may name.
    """

    def __init__(self, engine: _Engine, context: Any) -> None:
        self._engine = engine
        self._context = context
        self._left = _MOST_ELEMENTS
        self._names = count()

    def text(self, text: str, node: SyntaxNode, around: tuple[str, ...]) -> str:
        """The text of a node with calls of these functions, inside of macros whose elements have
        the names of ``around``.
        """

        def instead(part: SyntaxNode) -> str | None:
            if part.kind == "macro":
                return self._macro(text, part, around)
            if part.kind == "binary" and part.value == "in":
                member, container = (self.text(text, one, around) for one in part.parts)
                asked = f"({member}) in ({container})"
                return f"({PREFIX}no_key({member}, {container}) ? false : {asked})"
            return None

        return rewrite(text, node, instead)

    def _macro(self, text: str, node: SyntaxNode, around: tuple[str, ...]) -> str:
        source, *asked = node.parts
        inside = tuple(dict.fromkeys((*around, node.variable)))
        listed = self.text(text, source, around)
        if node.value not in ("all", "exists"):
            parts = [self.text(text, part, inside) for part in asked]
            return f"({listed}).{node.value}({', '.join((node.variable, *parts))})"
        name = f"{PREFIX}walk_{next(self._names)}"
        condition = self._engine._program(self.text(text, asked[0], inside))
        stops = node.value == "exists"

        def walked(elements: object, *values: object) -> bool:
            if not isinstance(elements, (list, dict)):
                raise ValueError(_MISMATCH)
            known = dict(zip(around, values, strict=True))
            answers = (
                self._answer(condition, {**known, node.variable: element}) for element in elements
            )
            return _decided(answers, stops)

        self._context.add_function(name, walked)
        return f"{name}({', '.join((listed, *around))})"

    def _answer(self, condition: Any, elements: Mapping[str, object]) -> bool | Failed:
        self._left -= 1
        if self._left < 0 or BUDGET.is_spent:
            raise ValueError("this could take too many steps")
        for name, value in elements.items():
            # An evaluation sees the variables with which it began: inner ones change nothing of it.
            self._context.add_variable(name, value)
        try:
            answer = self._engine._run(condition, self._context)
        except Failed as failed:
            return failed
        return answer if isinstance(answer, bool) else Failed(_MISMATCH)


_MISMATCH = "the types do not fit"
# What common-expression-language 0.10 turns the errors of an expression into; anything else is a
# fault of ours, and not of the policy.
_RAISED = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)


def _decided(answers: Iterable[bool | Failed], stops: bool) -> bool:
    """The first answer that decides; an error counts only where none does."""
    failed = None
    for answer in answers:
        if answer is stops:
            return stops
        if isinstance(answer, Failed):
            failed = failed or answer
    if failed is not None:
        raise ValueError(failed.reason)
    return not stops


def _size(value: object) -> int:
    if not isinstance(value, (str, list, dict)):
        raise ValueError(_MISMATCH)
    return len(value)


def _sum(value: object) -> object:
    if isinstance(value, dict):
        raise ValueError(_MISMATCH)
    return value


def _negative(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(_MISMATCH)
    return value


def _no_key(member: object, container: object) -> bool:
    return isinstance(member, float) and isinstance(container, dict)


def _counted(text: str, node: SyntaxNode) -> str:
    """An expression with one meaning, with what Python does of it."""

    def again(part: SyntaxNode) -> str:
        return rewrite(text, part, instead)

    def instead(part: SyntaxNode) -> str | None:
        given = with_one_meaning(part, again)
        return _in_python(part, again) if given is None else given

    return again(node)


def _in_python(node: SyntaxNode, again: Callable[[SyntaxNode], str]) -> str | None:
    """A call of ``size``, a sum or a minus with what Python does of it; None for other nodes."""
    if node.value == "size" and node.kind in ("call", "method"):
        sized = again(node.parts[0])
        if node.parts[0].kind in ("macro", "list"):
            return f"size({sized})"
        # Only a text goes through Python: to convert a long list costs milliseconds.
        return f"(type({sized}) == string ? {PREFIX}size({sized}) : size({sized}))"
    if node.kind == "binary" and node.value == "+":
        left, right = node.parts
        if right.kind not in ("int", "double", "string"):
            return f"{again(left)} + {PREFIX}sum({again(right)})"
    if node.kind == "negative" and node.parts[0].kind not in ("int", "double"):
        return f"{node.value}{PREFIX}negative({again(node.parts[0])})"
    return None


_REASONS = (
    (r"Python function call failed: ValueError: (.*?)\. Check function arguments", r"\1"),
    (r"divi(?:sion|de) by zero|modulus|Remainder", "division by zero"),
    (r"overflow|out of range", "the number is too large"),
    (r"index out of bounds: (-?\d+)", r"there is no element \1"),
    (r"No such overload|Unsupported|Unexpected type|Undefined variable or function", _MISMATCH),
)


def _failed(error: Exception) -> Failed:
    """The error of the extension in our words."""
    if isinstance(error, KeyError):
        field = str(error.args[0]).strip("'\"")
        return Failed(f"there is no field '{field}'", field=field)
    for pattern, words in _REASONS:
        match = re.search(pattern, str(error), re.DOTALL | re.IGNORECASE)
        if match is not None:
            return Failed(match.expand(words))
    return Failed(str(error).partition("\n")[0])


def new_engine() -> _Engine:
    """The engine. Raises `ImportError` where the package is not installed."""
    import logging

    # It logs each ValueError of our functions as a warning, which would be printed to stderr.
    logging.getLogger("cel").addHandler(logging.NullHandler())
    logging.getLogger("cel").propagate = False
    return _Engine(_extension())
