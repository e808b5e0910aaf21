"""Values in files of other platforms.

Numbers are `int` or `Decimal`, as they are written: `float` would make one number of 0.1 and
0.1000000000000000055. A scalar that readers disagree about, or that JSON and YAML have no type for
(a date, ``nan``), is `Ambiguous` and never equal to a value that is clear.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Final, NamedTuple


class Missing(Enum):
    """The one value of a field that is not there."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


class Ambiguous(NamedTuple):
    """A scalar without one meaning: its text, and why."""

    text: str
    why: str

    def __str__(self) -> str:
        """As it is written, which is what messages show of it."""
        return self.text


def canonical(value: object) -> str:
    """A text that is equal for equal values alone: ``1`` is not ``true``, and ``1.0`` is ``1``.

    The order of keys does not count, that of lists does.
    """
    # Before numbers, because True is an `int` to Python and equal to 1.
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | Decimal):
        return f"#{_plain(Decimal(value))}"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, Ambiguous):
        return f"?{json.dumps(value.text)}"
    if isinstance(value, Mapping):
        pairs = sorted((json.dumps(str(name)), canonical(item)) for name, item in value.items())
        return "{" + ",".join(f"{name}:{item}" for name, item in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    return f"?{value!r}"


def _plain(number: Decimal) -> str:
    """A number without zeros at its end; `Decimal.normalize` would round it to 28 digits."""
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    kept = text.rstrip("0")
    if not kept:
        return "0"
    return f"{'-' if sign else ''}{kept}e{int(exponent) + len(text) - len(kept)}"


def as_json(value: object) -> object:
    """A value as JSON has it, for what is printed: a number that a `float` would change, and what
    JSON has no form for, as their texts.
    """
    if value is MISSING:
        return None
    if isinstance(value, Ambiguous):
        return value.text
    if isinstance(value, Mapping):
        return {str(name): as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, Decimal | float):
        short = float(value)
        return short if isfinite(short) and Decimal(repr(short)) == value else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | None) else str(value)


def shown(value: object, most: int = 60) -> str:
    """A value as a message shows it, on one line and not longer than ``most``."""
    if value is MISSING:
        return "absent"
    text = _shown(value)
    return text if len(text) <= most else text[: most - 3] + "..."


def _shown(value: object) -> str:
    if isinstance(value, Ambiguous):
        return value.text
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, str):
        return f"'{value}'"
    return json.dumps(value) if value is None or isinstance(value, bool) else str(value)
