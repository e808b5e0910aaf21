"""CEL, the language of policies: variables, functions, compiling, evaluating. The only module that
knows the engine.

The engine gives errors as values whose truth value is true; `evaluate` is the one place that turns
them into `Failed`.
"""

from __future__ import annotations

import sys
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache, lru_cache
from itertools import product
from typing import Any, NewType

from cel_expr_python import cel

from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.owners import owner_problem
from pmlint.model.references import artefacts
from pmlint.model.resources import read_json
from pmlint.model.vocabulary import CLASSES, LAYERS, STRUCTURAL
from pmlint.project.holds import same

VARIABLES = {
    "postmortem": ("postmortem",),
    "route": ("route",),
    "routes": ("postmortem",),
    "base": ("change",),
    "head": ("change",),
    "today": ("postmortem", "route", "change"),
    "layers": ("postmortem", "route", "change"),
    "classes": ("postmortem", "route", "change"),
    "settings": ("postmortem", "route", "change"),
    "it": ("postmortem", "route", "change"),
}
"""The variables, and which kinds of policy know them."""
FUNCTIONS = {
    "owner_problem": "why a text names no single person, or the empty text",
    "artefacts": "the kinds of things that a text names: path, test, commit, pull request, number, status",
    "days_between": "days from one date to another, or null where one is no date",
    "minutes_between": "minutes from one clock to another, or null where one is not known",
    "same_person": "whether two handles name the same person",
}
METHODS = (
    "all exists exists_one filter map size contains startsWith endsWith matches "
    "getFullYear getMonth getDate getDayOfWeek getHours getMinutes"
).split()

READ = 300_000
"""The most characters that our functions read in one evaluation: a policy may call them again and
again.
"""
_read = [0]
_OWED: list[None] = []
"""References to None: the engine (cel-expr-python 0.1.3) gives each null without one of its own,
and takes one away when it is dropped.

Before Python 3.12, where None can't be dropped, some thousands of them would end the process.
"""


class Failed(Exception):
    """An expression that could not be evaluated, or not compiled; the engine's reason, and where in
    the text (from 0), if it says.
    """

    def __init__(self, reason: str, offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def days_between(first: object, second: object) -> int | None:
    """Days from a date to another; None where one is no date."""
    one, other = parse_date(first), parse_date(second)
    return (other - one).days if one and other else None


def minutes_between(first: object, second: object) -> float | None:
    """Minutes from a moment to another; None where one is no moment."""
    one, other = parse_moment(first), parse_moment(second)
    return (other - one).total_seconds() / 60 if one and other else None


def same_person(one: object, other: object) -> bool:
    """Whether two handles name the same person; null names nobody."""
    return (
        isinstance(one, str) and isinstance(other, str) and bool(one.strip()) and same(one, other)
    )


def _function(name: str, result: Any, arity: int, implementation: Callable[..., object]) -> Any:
    """A function for every type that a field may have: the engine's dynamic type takes no null."""

    def counted(*arguments: object) -> object:
        for argument in arguments:
            if isinstance(argument, str):
                _read[0] += len(argument)
        if _read[0] > READ:
            raise ValueError(f"the functions read more than {READ:,} characters")
        return implementation(*arguments)

    kinds = {
        "string": cel.Type.STRING,
        "null": cel.Type.NULL,
        "map": cel.Type.MAP,
        "list": cel.Type.LIST,
        "int": cel.Type.INT,
    }
    overloads = [
        cel.Overload(
            "_".join((name, *names)), result, [kinds[kind] for kind in names], impl=counted
        )
        for names in product(kinds, repeat=arity)
    ]
    return cel.FunctionDecl(name, overloads)


@cache
def _environment() -> Any:
    functions = [
        _function("owner_problem", cel.Type.STRING, 1, owner_problem),
        _function("artefacts", cel.Type.DYN, 1, artefacts),
        _function("days_between", cel.Type.DYN, 2, days_between),
        _function("minutes_between", cel.Type.DYN, 2, minutes_between),
        _function("same_person", cel.Type.BOOL, 2, same_person),
    ]
    return cel.NewEnv(variables=dict.fromkeys(VARIABLES, cel.Type.DYN), functions=functions)


@cache
def _beforehand() -> dict[str, str]:
    """The joined questions of the policies that ship, as the engine writes them, which it reads
    forty times faster than the text.
    """
    found: dict[str, str] = read_json("compiled.json")
    return found


@lru_cache(maxsize=256)
def compile_expression(text: str) -> Any:
    """Compile an expression, or take it as compiled beforehand. Raises `Failed`."""
    if text in _beforehand():
        with suppress(RuntimeError):  # an engine that writes expressions in another way
            return _environment().deserialize(a2b_base64(_beforehand()[text]))
    try:
        return _environment().compile(text)
    except RuntimeError as error:
        reason = str(error).partition("\n")[0].removeprefix("INVALID_ARGUMENT: ")
        _, _, rest = reason.partition("<input>:")
        parts = rest.split(":", 2)
        if len(parts) < 3:
            raise Failed(reason) from None
        before = text.split("\n")[: int(parts[0]) - 1]
        offset = sum(len(line) + 1 for line in before) + int(parts[1]) - 1
        said = parts[2].strip().removesuffix(" (in container '')")
        raise Failed(said[:1].lower() + said[1:].partition(" expecting {")[0], offset) from None


Bound = NewType("Bound", object)
"""Variables as the engine holds them, each converted when it is first read, and once."""


def bind(variables: Mapping[str, object]) -> Bound:
    """Variables for any number of expressions.

    What these compute stays in memory as long as the variables do.
    """
    return Bound(_environment().Activation(variables))


def evaluate(compiled: Any, variables: Mapping[str, object] | Bound) -> Any:
    """The value of a compiled expression as plain data.

    Raises `Failed` where the engine gives an error as a value.
    """
    _read[0] = 0
    try:
        value = (
            compiled.eval(data=variables)
            if isinstance(variables, Mapping)
            else compiled.eval(variables)
        )
    except RuntimeError as error:
        raise Failed(str(error).partition("\n")[0]) from None
    if value.type() == cel.Type.ERROR or value.type().name() in ("ERROR", "*error*"):
        raise Failed(str(value.value()))
    plain = value.plain_value()
    if sys.version_info < (3, 12):
        _OWED.extend([None] * _nulls(plain))
    return plain


def _nulls(value: object) -> int:
    """How many nulls stand in plain data."""
    if isinstance(value, dict):
        return sum(map(_nulls, value.values()))
    return sum(map(_nulls, value)) if isinstance(value, list) else int(value is None)


def surroundings(
    today: date, horizon: Mapping[str, int], slow_containment_minutes: int
) -> dict[str, object]:
    """The variables that are the same for every document."""
    structural = sorted(STRUCTURAL)
    return {
        **dict.fromkeys(VARIABLES),
        "routes": [],
        "today": today.isoformat(),
        "layers": {
            **{strength: list(names) for strength, names in LAYERS.items()},
            "structural": structural,
        },
        "classes": {
            name: {
                "weak": said["weak"],
                "accepted": [[layer] for layer in structural]
                if said["accepted"] == "structural"
                else said["accepted"],
            }
            for name, said in CLASSES.items()
        },
        "settings": {
            "horizon": dict(horizon),
            "slow_containment_minutes": slow_containment_minutes,
        },
    }
