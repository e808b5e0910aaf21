"""Ids of postmortems: the form of the format, or the repository's own (``ids``).

An own form is letters, digits, ``-``, ``_`` and ``.`` around ``{number}``, or ``{number:3}`` for at
least three digits, with ``{year}`` where the year is part of it (docs/spec/format.md, *Words of
one's own*).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from pmlint.errors import UsageError

_DEFAULT = re.compile(r"(?P<prefix>[A-Z][A-Z0-9]{0,15})-(?P<year>[0-9]{4})-(?P<number>[0-9]{3,9})")
_FORM = re.compile(r"(?:[A-Za-z0-9._-]|\{number(?::[1-9])?\}|\{year\})+")
_HOLE = re.compile(r"\{(number|year)(?::([1-9]))?\}")
MAX_DIGITS = 9
"""The most digits of a number in an id: more would not fit the schema of the format."""


class IdForm(NamedTuple):
    """One form of ids; its expression has the group ``number``, and ``year`` where it has one."""

    text: str
    expression: re.Pattern[str]
    digits: int

    def write(self, number: int, year: int) -> str:
        """The id with this number, with as many zeros as the form asks for."""

        def fill(hole: re.Match[str]) -> str:
            return f"{year:04}" if hole[1] == "year" else f"{number:0{self.digits}}"

        return _HOLE.sub(fill, self.text)


@cache
def compile_form(text: str) -> IdForm:
    """A form of the configuration. Raises `UsageError` for what is not one."""
    holes = [hole[1] for hole in _HOLE.finditer(text)]
    if not _FORM.fullmatch(text) or holes.count("number") != 1 or holes.count("year") > 1:
        raise UsageError(
            f"'{text}' is not a form of ids",
            help="write letters, digits, '-', '_' and '.' around {number}, such as "
            "INC-{number} or PM-{year}-{number:3}",
        )
    digits = next(int(hole[2] or 1) for hole in _HOLE.finditer(text) if hole[1] == "number")
    pieces = {"year": "(?P<year>[0-9]{4})", "number": f"(?P<number>[0-9]{{{digits},{MAX_DIGITS}}})"}
    parts = [
        pieces[part] if number % 3 == 1 else re.escape(part)
        for number, part in enumerate(_HOLE.split(text))
        if number % 3 != 2
    ]
    return IdForm(text, re.compile("".join(parts)), digits)


def schema_pattern(forms: Sequence[str]) -> str:
    """The pattern of own ids for the schema of postmortems; empty where none are configured."""
    if not forms:
        return ""
    plain = (re.sub(r"\?P<\w+>", "", compile_form(form).expression.pattern) for form in forms)
    return f"^({'|'.join(plain)})$"


def is_postmortem_id(text: object, forms: Sequence[str]) -> bool:
    """Whether a value has the form of a postmortem's id here."""
    return isinstance(text, str) and any(one.fullmatch(text) for one in _expressions(forms))


def id_of_file(path: str, forms: Sequence[str]) -> str:
    """The id with which a file's name begins; the name without its suffix where none does."""
    name = path.rpartition("/")[2].removesuffix(".md")
    found = [
        match[0]
        for one in _expressions(forms)
        if (match := re.match(rf"(?:{one.pattern})(?=-|$)", name)) is not None
    ]
    # 'X-{number}-{year}' begins like 'X-{number}': the longest id is the one that is meant.
    return max(found, key=len, default=name)


def next_id(forms: Sequence[str], taken: Iterable[str], year: int, prefix: str = "PM") -> str:
    """The id after the highest one in use.

    ``taken`` are ids, or names of files that begin with one. With ``ids`` the first form is
    written; else ``prefix``, the year and a number of that year.
    """
    form = compile_form(forms[0] if forms else f"{prefix}-{{year}}-{{number:3}}")
    # A file may be named in lower case, and its number is taken all the same.
    begins = re.compile(rf"(?:{form.expression.pattern})(?![0-9])", re.IGNORECASE)
    numbers = [
        int(match["number"])
        for name in taken
        if (match := begins.match(name)) is not None
        and int(match.groupdict().get("year") or year) == year
    ]
    return form.write(max(numbers, default=0) + 1, year)


def _expressions(forms: Sequence[str]) -> list[re.Pattern[str]]:
    return [compile_form(form).expression for form in forms] or [_DEFAULT]
