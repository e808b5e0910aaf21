"""What an expression says, read without running it: fields that no schema knows, and values that a
field can never have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pmlint.model.suggestions import nearest
from pmlint.model.vocabulary import CLASSES, EVIDENCE_KINDS, SEVERITIES
from pmlint.policy.complete import closed_lists, field_names
from pmlint.policy.grammar import MACROS as MACROS
from pmlint.policy.language import FUNCTIONS, METHODS, VARIABLES

_TOKEN = re.compile(
    r"""r?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|[A-Za-z_]\w*|\d[\w.]*|[=!<>]=|&&|\|\||\S"""
)
_OURS = frozenset(
    (
        "stronger",
        "intermediate",
        "weaker",
        "structural",
        "weak",
        "accepted",
        "answers",
        "horizon",
        "slow_containment_minutes",
        "budgets",
        "replays",
        "file",
    )
)
"""Fields of `layers`, `classes`, `settings` and `routes`, which no schema of a document has."""

CALLED = (
    *FUNCTIONS,
    "size",
    "string",
    "int",
    "double",
    "bool",
    "type",
    "dyn",
    "has",
    "matches",
    "timestamp",
    "duration",
)
CONSTANTS = (
    "true",
    "false",
    "null",
    "in",
    "int",
    "double",
    "string",
    "bool",
    "list",
    "map",
    "null_type",
    "bytes",
    "uint",
)


class Wrong(NamedTuple):
    """What is wrong with an expression: the fact, what to do, and the characters (from 0, end
    exclusive).
    """

    message: str
    help: str
    start: int
    end: int


class _Token(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def string(self) -> str | None:
        return self.text.lstrip("r")[1:-1] if self.text[-1] in "\"'" else None


def scan(text: str, start: int = 0) -> Iterator[_Token]:
    """The tokens of CEL from a place of a text on, one after the other."""
    return (_Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(text, start))


def tokens(expression: str) -> list[_Token]:
    """The tokens of a CEL expression."""
    return list(scan(expression))


def used(expression: str) -> frozenset[str]:
    """The variables that an expression reads."""
    found = tokens(expression)
    return frozenset(
        token.text
        for index, token in enumerate(found)
        if token.text in VARIABLES and (index == 0 or found[index - 1].text != ".")
    )


def fields_of(variable: str, expressions: Iterable[str]) -> frozenset[str] | None:
    """The fields of a variable that expressions name; None where one takes it as a whole."""
    # By a pattern and not by tokens: it is asked once a run for all policies together.
    found = frozenset(
        re.findall(rf"(?<![\w.]){variable}\b(?:\s*\.\s*([A-Za-z_]\w*))?", "\n".join(expressions))
    )
    return None if "" in found else found


def misspelt(expression: str) -> Iterator[Wrong]:
    """Every field or method that nothing has."""
    found = tokens(expression)
    # Fields are not known by their place, because 'it' and macros may stand for anything.
    known = (
        field_names()
        | _OURS
        | frozenset(CLASSES)
        | frozenset(SEVERITIES)
        | frozenset(EVIDENCE_KINDS)
    )
    for index, token in enumerate(found[1:], 1):
        if found[index - 1].text != "." or not re.match(r"[A-Za-z_]", token.text):
            continue
        called = index + 1 < len(found) and found[index + 1].text == "("
        if called and token.text not in METHODS:
            near = nearest(token.text, METHODS) or f"there are {', '.join((*METHODS, *FUNCTIONS))}"
            yield Wrong(f"no function '{token.text}'", near, token.start, token.end)
        elif not called and token.text not in known:
            near = nearest(token.text, known) or "'pmlint schema postmortem' lists the fields"
            yield Wrong(f"no field '{token.text}'", near, token.start, token.end)


def never_equal(expression: str) -> Iterator[Wrong]:
    """Every comparison of a field of a closed list with a value that is not on it."""
    found = tokens(expression)
    lists = closed_lists()
    for index, token in enumerate(found):
        if token.text not in ("==", "!=", "in") or not 0 < index < len(found) - 1:
            continue
        field = found[index - 1].text if found[index - 2].text == "." else ""
        values = _right(found, index + 1)
        # Written the other way round: "closed" == postmortem.status.
        if token.text != "in" and found[index - 1].string is not None:
            field, values = _last_field(found, index + 1), [found[index - 1]]
        for value in values:
            allowed = lists.get(field)
            if allowed and value.string is not None and value.string not in allowed:
                near = (
                    nearest(value.string, allowed) or f"it is one of {', '.join(sorted(allowed))}"
                )
                yield Wrong(f"'{field}' is never '{value.string}'", near, value.start, value.end)


def _right(found: list[_Token], index: int) -> list[_Token]:
    """The text, or the texts of the list, at an index."""
    if found[index].text != "[":
        return [found[index]]
    values = []
    for token in found[index + 1 :]:
        if token.text == "]":
            break
        values.append(token)
    return values


def _last_field(found: list[_Token], index: int) -> str:
    """The last name of the dotted path at an index; empty where there is none."""
    name = ""
    while index + 2 < len(found) and found[index + 1].text == ".":
        index += 2
        name = found[index].text
    return name
