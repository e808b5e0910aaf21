"""cel-expr-python: Google's CEL in C++, the extra ``cel``.

It has wheels for glibc from 2.28 on, macOS and Windows x86-64, and no source. What it does
otherwise, and how that is closed here:

- An error is a value whose truth value is true: `_Engine.evaluate` is the one place that turns
  it into `Failed`.
- The type of ``x['a']`` is neither open nor known: ``dyn(x['a'])`` is.
- After 10,000 steps, and below 32 levels of an expression, it gives up: `rust` then answers.
- Each null that it gives takes a reference of None with it when it is dropped (0.1.3).
- A Python exception out of one of our functions ends the process (abort, not an error): a signal
  waits until the engine has answered.
"""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any, NamedTuple

from cel_expr_python import cel

from pmlint.policy.callables import BUDGET, PREFIX, python_functions
from pmlint.policy.engines import load
from pmlint.policy.failed import Failed
from pmlint.policy.functions import CONVERSIONS, FUNCTIONS
from pmlint.policy.grammar import SyntaxNode, parse, rewrite
from pmlint.policy.meaning import with_one_meaning

_OWED: list[None] = []
"""References to None that the engine takes: before Python 3.12, where None can be dropped, some
thousands of them would end the process.
"""
if sys.version_info < (3, 12):
    import ctypes

    # The list itself is never dropped: that would give all of them back when the process ends.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_OWED))
_ARGUMENTS = {
    "string": cel.Type.STRING,
    "null": cel.Type.NULL,
    "map": cel.Type.MAP,
    "list": cel.Type.LIST,
    "int": cel.Type.INT,
    "uint": cel.Type.UINT,  # of a document: a number from 2**63 on
    "double": cel.Type.DOUBLE,
    "bool": cel.Type.BOOL,
    "timestamp": cel.Type.TIMESTAMP,
    "duration": cel.Type.DURATION,
}
"""An overload for each: its dynamic type takes no null."""
_RESULTS = {
    "text": cel.Type.STRING,
    "truth": cel.Type.BOOL,
    "whole": cel.Type.INT,
    "number": cel.Type.DOUBLE,
    "any": cel.Type.DYN,
}


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Keep SIGINT and SIGTERM waiting: a ``KeyboardInterrupt`` that is raised in a function that
    the engine calls back goes through C++ code, which answers it with ``abort``.
    """
    mask = getattr(signal, "pthread_sigmask", None)  # Windows has none
    if mask is None:
        yield
        return
    before = mask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        mask(signal.SIG_SETMASK, before)


class _Compiled(NamedTuple):
    """An expression; ``program`` is None for one that nests deeper than the engine goes."""

    program: Any
    text: str


class _Bound(NamedTuple):
    """Variables, each converted when it is first read, and once."""

    activation: Any
    variables: Mapping[str, object]


class _Engine:
    def __init__(self, environment: Any) -> None:
        self._environment = environment

    def compile(self, text: str, node: SyntaxNode) -> _Compiled:
        dynamic = _dynamic(_plain(text, node))
        try:
            with _uninterrupted():
                return _Compiled(self._environment.compile(dynamic), text)
        except RuntimeError as error:
            if "recursion" in str(error):
                return _Compiled(None, text)
            raise Failed(str(error).partition("\n")[0]) from None

    def bind(self, variables: Mapping[str, object]) -> _Bound:
        return _Bound(self._environment.Activation(variables), variables)

    def evaluate(self, compiled: _Compiled, bound: _Bound) -> Any:
        try:
            if compiled.program is None:
                return self._otherwise(compiled, bound)
            with _uninterrupted():
                value = compiled.program.eval(bound.activation)
        except RuntimeError as error:
            # Our own budget has no way around it: there the other engine would begin to read anew.
            if "budget" in str(error) and not BUDGET.is_spent:
                return self._otherwise(compiled, bound)
            raise _failed(str(error)) from None
        if value.type() == cel.Type.ERROR or value.type().name() in ("ERROR", "*error*"):
            raise _failed(str(value.value()))
        plain = value.plain_value()
        _repay(plain)
        return plain

    def _otherwise(self, compiled: _Compiled, bound: _Bound) -> Any:
        spare = load("rust")
        program = spare.compile(compiled.text, parse(compiled.text))
        return spare.evaluate(program, spare.bind(bound.variables))


def _plain(text: str, node: SyntaxNode) -> str:
    """An expression with one meaning."""

    def again(part: SyntaxNode) -> str:
        return rewrite(text, part, lambda inner: with_one_meaning(inner, again))

    return again(node)


def _dynamic(text: str) -> str:
    """An expression in which the type of each element is open.

    Without that, 0.1.3 takes x['a'], and an element of [], for neither a list nor a text.
    """
    root = parse(text)

    def instead(node: SyntaxNode) -> str | None:
        if node.kind == "macro":
            listed, *asked = (rewrite(text, part, instead) for part in node.parts)
            return f"dyn({listed}).{node.value}({', '.join((node.variable, *asked))})"
        if node.kind != "index":
            return None
        target, index = (rewrite(text, part, instead) for part in node.parts)
        return f"dyn({target}[{index}])"

    return rewrite(text, root, instead)


def _repay(given: object) -> None:
    """Keep a reference of None for each null in what the engine gave."""
    if sys.version_info < (3, 12):
        _OWED.extend([None] * _nulls(given))


def _repaying(call: Callable[..., object]) -> Callable[..., object]:
    """A function whose arguments the engine gives, too."""

    def repaid(*arguments: object) -> object:
        _repay(list(arguments))
        return call(*arguments)

    return repaid


def _nulls(value: object) -> int:
    """The nulls in plain data."""
    if isinstance(value, dict):
        return sum(map(_nulls, value.values()))
    return sum(map(_nulls, value)) if isinstance(value, list) else int(value is None)


_MISMATCH = "the types do not fit"
_REASONS = (
    (r"(?:divide|modulus) by zero", "division by zero"),
    (r"budget", "this could take too many steps"),
    (r"overflow|out of range", "the number is too large"),
    (r"^OUT_OF_RANGE: (.*)", r"\1"),  # a ValueError of our functions
    (r"Index error: index=(-?\d+)", r"there is no element \1"),
    (r"No matching overload|SELECT|Invalid map key|key type|Non-CEL", _MISMATCH),
)


def _failed(reason: str) -> Failed:
    """The error of the engine in our words."""
    missing = re.search(r'Key not found in map : "(.*)"', reason)
    if missing is not None:
        return Failed(f"there is no field '{missing[1]}'", field=missing[1])
    for pattern, words in _REASONS:
        match = re.search(pattern, reason)
        if match is not None:
            return Failed(match.expand(words))
    return Failed(reason.partition("\n")[0])


def _declared(name: str, result: str, arity: int, call: Callable[..., object]) -> Any:
    overloads = [
        cel.Overload(
            "_".join((name, *types)),
            _RESULTS[result],
            [_ARGUMENTS[one] for one in types],
            impl=_repaying(call),
        )
        for types in product(_ARGUMENTS, repeat=arity)
    ]
    return cel.FunctionDecl(name, overloads)


def new_engine() -> _Engine:
    """The engine with the variables and functions of policies."""
    from pmlint.policy.language import VARIABLES

    table = FUNCTIONS | {f"{PREFIX}{name}": one for name, one in CONVERSIONS.items()}
    declared = [
        _declared(name, table[name].result, table[name].arity, call)
        for name, call in python_functions().items()
    ]
    variables = dict.fromkeys(VARIABLES, cel.Type.DYN)
    # Where protobuf is installed the engine imports it here, and aborts if that is interrupted.
    with _uninterrupted():
        environment = cel.NewEnv(variables=variables, functions=declared)
    return _Engine(environment)
