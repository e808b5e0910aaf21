"""Paths and comparisons into files of other platforms: ``spec.replicas > 0``, ``agents[*]``,
``!spec.paused``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.place import Path

_STEP = re.compile(
    r"\.?(?:(?P<name>[A-Za-z0-9_-]+)|\[(?P<index>\d+)\]|\[(?P<all>\*)\]|\[(?P<quote>['\"])(?P<text>.*?)(?P=quote)\])"
)
_TEST = re.compile(
    r"\s*(?P<not>!)?\s*(?P<path>[^\s!=<>]+)\s*(?:(?P<op>==|!=|>=|<=|>|<|in\b)\s*(?P<value>.+?))?\s*",
    re.DOTALL,
)
LONGEST = 500
"""The most characters of a restart flag: the pattern takes the square of the time of blanks."""
_ALL = "*"
_TWO_MEANINGS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))


class Missing(NamedTuple):
    """A field that is not there."""


class Test(NamedTuple):
    """A field, or a comparison of a field with a value, as the configuration writes it."""

    text: str
    steps: tuple[str | int, ...]
    negated: bool
    operator: str
    value: object

    def judge(self, data: object) -> tuple[bool, str]:
        """Whether it holds, and why it can't be judged (then it counts as true)."""
        found = look_up(data, self.steps)
        if isinstance(found, Missing):
            return False, ""
        if isinstance(found, str) and found.casefold() in _TWO_MEANINGS:
            return True, f"'{found}' is a text to some readers and a truth value to others"
        try:
            result = _compare(found, self.operator, self.value)
        except TypeError:
            return True, f"{json.dumps(found)} can't be compared with {json.dumps(self.value)}"
        if result is None:
            return True, f"{json.dumps(found, default=str)[:60]} is neither true nor false"
        return result != self.negated, ""


@lru_cache(maxsize=256)
def compile_path(text: str) -> tuple[str | int, ...]:
    """The steps of a path; ``*`` stands for every element.

    Raises `UsageError` for what is no path.
    """
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise UsageError(
                f"'{text[:LONGEST]}' is not a path",
                help="write a path such as metadata.labels.owner, agents[*] or data['a.b']",
            )
        steps.append(
            match["name"] or match["text"] or (_ALL if match["all"] else int(match["index"] or 0))
        )
        at = match.end()
    return tuple(steps)


@lru_cache(maxsize=64)
def compile_test(text: str) -> Test:
    """A restart flag of the configuration. Raises `UsageError` for what is none."""
    match = _TEST.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise UsageError(
            f"'{text[:LONGEST]}' is not a restart flag",
            help="write a field, or a comparison such as spec.replicas > 0",
        )
    value: object = None
    if match["op"]:
        try:
            value = json.loads(match["value"].replace("'", '"'))
        except ValueError:
            raise UsageError(
                f"'{match['value']}' in '{text}' is not a value",
                help="write a number, true, false, 'text' or ['a', 'b']",
            ) from None
        if match["op"] == "in" and not isinstance(value, list):
            raise UsageError(
                f"'in' needs a list, and '{text}' has none", help="write in ['a', 'b']"
            )
    return Test(text, compile_path(match["path"]), bool(match["not"]), match["op"] or "", value)


def look_up(data: object, steps: tuple[str | int, ...]) -> object:
    """The value at a path without ``*``, or `Missing`."""
    for step in steps:
        if isinstance(data, dict) and step in data:
            data = data[step]
            continue
        if not isinstance(data, list) or not isinstance(step, int) or step >= len(data):
            return Missing()
        data = data[step]
    return data


def each(
    data: object, steps: tuple[str | int, ...], at: Path = Path()
) -> Iterator[tuple[object, Path]]:
    """Every value that a path with ``*`` selects, with where it stands."""
    if not steps:
        yield data, at
        return
    step, rest = steps[0], steps[1:]
    if step == _ALL:
        items = (
            data.items()
            if isinstance(data, dict)
            else enumerate(data)
            if isinstance(data, list)
            else ()
        )
        for name, value in items:
            yield from each(value, rest, at / name)
        return
    found = look_up(data, (step,))
    if not isinstance(found, Missing):
        yield from each(found, rest, at / step)


def _compare(found: object, operator: str, value: object) -> bool | None:
    if not operator:
        return found if isinstance(found, bool) else None
    if operator == "in":
        return any(_equal(found, item) for item in value) if isinstance(value, list) else None
    if operator in ("==", "!="):
        return _equal(found, value) == (operator == "==")
    if (
        isinstance(found, bool)
        or not isinstance(found, int | float)
        or isinstance(value, bool)
        or not isinstance(value, int | float)
    ):
        raise TypeError
    return {">": found > value, "<": found < value, ">=": found >= value, "<=": found <= value}[
        operator
    ]


def _equal(one: object, other: object) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other
