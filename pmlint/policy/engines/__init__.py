"""The engines that evaluate CEL, a file each, behind one protocol.

`rust` is common-expression-language, which every installation has. `cpp` is cel-expr-python, the
extra ``cel``, used for `MANY` documents where it can be imported; what it cannot do it leaves to
the first. ``PMLINT_CEL`` names one of them, for tests.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from pmlint.errors import UsageError
from pmlint.policy.grammar import SyntaxNode


class Engine(Protocol):
    """What an engine does with expressions that `pmlint.policy.language` has checked.

    Results are plain data: text, number, truth value, None, list, mapping.
    """

    def __hash__(self) -> int:
        """What is compiled is remembered by its engine."""

    def compile(self, text: str, node: SyntaxNode) -> Any:
        """Compile an expression, of which ``node`` is the tree, with the meaning that
        `pmlint.policy.meaning` gives it. Raises `Failed`.
        """

    def bind(self, variables: Mapping[str, object]) -> Any:
        """Variables in the form of the engine, for any number of expressions."""

    def evaluate(self, compiled: Any, bound: Any) -> Any:
        """The value of a compiled expression. Raises `Failed`."""


ENGINES = ("cpp", "rust")
"""The names of the engines, the one that is preferred for many documents first."""
MANY = 30
"""With fewer documents the Rust engine costs less.

The C++ one takes 22 ms and 8 MB more to start, and 0.6 ms less for each document: `check` of 1, 10,
30, 60, 200 postmortems took 1.15, 1.09, 0.99, 0.95, 0.89 of the CPU that it took with the other.
"""


@cache
def load(name: str) -> Engine:
    """The engine of a name. Raises `ImportError` where it is not installed."""
    engine: Engine = import_module(f"pmlint.policy.engines.{name}").new_engine()
    return engine


@cache
def chosen(*, for_many: bool = False) -> Engine:
    """The engine that ``PMLINT_CEL`` names, else the one that costs less for few or for many
    documents, else the other one.

    Raises `UsageError` where none can be imported: without policies nothing is judged by half.
    """
    named = os.environ.get("PMLINT_CEL", "")
    if named and named not in ENGINES:
        raise UsageError(f"PMLINT_CEL is '{named}'", help=f"set it to {' or '.join(ENGINES)}")
    # No other engine in its place: a test that asks for one must not pass by another.
    errors: dict[str, ImportError] = {}
    preferred = ENGINES if for_many else tuple(reversed(ENGINES))
    for name in (named,) if named else preferred:
        try:
            return load(name)
        except ImportError as error:
            errors[name] = error
    raise UsageError(
        # Of both, what everybody has is missed, and not the extra.
        f"no engine for policies can be imported: {errors.get('rust') or errors[named]}",
        help="pip install common-expression-language; it needs Rust where it has no wheel (musl, "
        "Windows on arm64)",
    )
