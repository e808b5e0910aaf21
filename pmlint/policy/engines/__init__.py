"""The engines that evaluate CEL, a file each, behind one protocol.

`rust` is common-expression-language, which every installation has. `cpp` is cel-expr-python, the
extra ``cel``, used where it can be imported; what it cannot do it leaves to the first.
``PMLINT_CEL`` names one of them, for tests.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from pmlint.errors import UsageError


class Engine(Protocol):
    """What an engine does with expressions that `pmlint.policy.language` has checked.

    Results are plain data: text, number, truth value, None, list, mapping.
    """

    def compile(self, text: str) -> Any:
        """Compile an expression. Raises `Failed`."""

    def bind(self, variables: Mapping[str, object]) -> Any:
        """Variables in the form of the engine, for any number of expressions."""

    def evaluate(self, compiled: Any, bound: Any) -> Any:
        """The value of a compiled expression. Raises `Failed`."""


ENGINES = ("cpp", "rust")
"""The names of the engines, the one that is preferred first."""


@cache
def load(name: str) -> Engine:
    """The engine of a name. Raises `ImportError` where it is not installed."""
    engine: Engine = import_module(f"pmlint.policy.engines.{name}").new_engine()
    return engine


@cache
def chosen() -> Engine:
    """The engine that ``PMLINT_CEL`` names, else the first that is installed.

    Raises `UsageError` where none can be imported: without policies nothing is judged by half.
    """
    named = os.environ.get("PMLINT_CEL", "")
    if named and named not in ENGINES:
        raise UsageError(f"PMLINT_CEL is '{named}'", help=f"set it to {' or '.join(ENGINES)}")
    # No other engine in its place: a test that asks for one must not pass by another.
    errors: list[str] = []
    for name in (named,) if named else ENGINES:
        try:
            return load(name)
        except ImportError as error:
            errors.append(str(error))
    raise UsageError(
        f"no engine for policies can be imported: {errors[-1]}",
        help="pip install common-expression-language; it needs Rust where it has no wheel (musl, "
        "Windows on arm64)",
    )
