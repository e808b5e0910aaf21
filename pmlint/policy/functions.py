"""The functions that policies may call beside those of CEL.

To add one: a Python function without state that takes plain data (text, number, list, mapping,
None) and returns the same, a line in `FUNCTIONS`, and an example in `tests/policy`. Both engines
take it from here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.gaps import minutes_at_least, minutes_at_most, minutes_between
from pmlint.model.owners import owner_problem
from pmlint.model.references import artefacts
from pmlint.project.holds import same


class Function(NamedTuple):
    """A function: how many arguments it takes, the type of its result (``text``, ``truth``, or
    ``any`` where it may be null), what it answers, and the Python that answers it.
    """

    arity: int
    result: str
    means: str
    call: Callable[..., object]


def days_between(first: object, second: object) -> int | None:
    """Days from a date to another; None where one is not a date."""
    one, other = parse_date(first), parse_date(second)
    return (other - one).days if one and other else None


def same_person(one: object, other: object) -> bool:
    """Whether two handles name the same person; null names nobody."""
    return (
        isinstance(one, str) and isinstance(other, str) and bool(one.strip()) and same(one, other)
    )


FUNCTIONS: dict[str, Function] = {
    "owner_problem": Function(
        1, "text", "why a text names no single person, or the empty text", owner_problem
    ),
    "artefacts": Function(
        1,
        "any",
        "the kinds of things that a text names: path, test, commit, pull request, number, status",
        artefacts,
    ),
    "days_between": Function(
        2, "any", "days from one date to another, or null where one is no date", days_between
    ),
    "minutes_between": Function(
        2,
        "any",
        "minutes from one clock to another, or null where one is not known",
        minutes_between,
    ),
    "minutes_at_least": Function(
        2,
        "any",
        "minutes that surely passed from one clock to another, or null where no bound says it",
        minutes_at_least,
    ),
    "minutes_at_most": Function(
        2,
        "any",
        "minutes that at most passed from one clock to another, or null where no bound says it",
        minutes_at_most,
    ),
    "same_person": Function(2, "truth", "whether two handles name the same person", same_person),
}


# The conversions of CEL, in our own words: the engines write a number as text in different ways
# (1.23e+11 and 123000000000), and read "1e5", "t" or a moment without seconds, or do not.


def text(value: object) -> str:
    """A number, a truth value, a moment or a duration as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return f"{_number_text(value.total_seconds())}s"
    raise ValueError("this cannot be written as text")


def _number_text(value: float) -> str:
    # From 1e15 on the digits of a whole number are not all known.
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def whole(value: object) -> int:
    """A number, or a text of digits, as a whole number of 64 bits; fractions are cut off."""
    if isinstance(value, bool):
        raise ValueError("a truth value is not a number")
    # CEL's integers have 64 bits, which is at most 19 digits, and Python's have no end.
    if (isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value)) or (
        isinstance(value, float) and math.isfinite(value)
    ):
        value = int(value)
    if not isinstance(value, int):
        raise ValueError("this is not a whole number")
    if not -(2**63) <= value < 2**63:
        raise ValueError("the number is too large")
    return value


def number(value: object) -> float:
    """A number, or a text of a decimal number, as a number with fractions."""
    if isinstance(value, bool):
        raise ValueError("a truth value is not a number")
    if isinstance(value, (int, float)):
        return float(value)
    # Not 'inf', 'nan' and '1_0', which Python reads too; 300 digits stay below the largest number.
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,300}(\.[0-9]{1,300})?", value):
        return float(value)
    raise ValueError("this is not a number")


def truth(value: object) -> bool:
    """A truth value, or its text."""
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("this is not true or false")


def moment_text(value: object) -> str:
    """A moment with its offset, in the one form that both engines read."""
    if isinstance(value, datetime):
        found: datetime | None = value
    else:
        found = parse_moment(value)
    if found is None:
        raise ValueError("this is not a moment such as 2026-10-15T06:00:00Z")
    return found.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}


def duration_text(value: object) -> str:
    """A duration such as 1h30m, in seconds."""
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds())}s"
    if not isinstance(value, str) or not re.fullmatch(r"-?([0-9]{1,9}[hms])+", value):
        raise ValueError("this is not a duration such as 1h30m")
    seconds = sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)([hms])", value))
    return f"{'-' * value.startswith('-')}{int(seconds)}s"


def element(value: object) -> object:
    """An index of a list or a key of a mapping; 2.0 is 2, as the language says."""
    return int(value) if isinstance(value, float) and value == int(value) else value


def keys_in_order(value: object) -> object:
    """The keys of a mapping by the alphabet, a list as it is.

    Both engines walk a mapping in an order that changes from run to run.
    """
    return sorted(value, key=str) if isinstance(value, dict) else value


CONVERSIONS: dict[str, Function] = {
    "string": Function(1, "text", "a value as text", text),
    "int": Function(1, "whole", "a value as a whole number", whole),
    "double": Function(1, "number", "a value as a number", number),
    "bool": Function(1, "truth", "a value as a truth value", truth),
    "moment": Function(1, "text", "a moment in one form", moment_text),
    "length": Function(1, "text", "a duration in one form", duration_text),
    "element": Function(1, "any", "an index in one form", element),
    "keys": Function(1, "any", "what a macro walks", keys_in_order),
}
"""Called by what `pmlint.policy.language` rewrites, under names that no policy can write."""
