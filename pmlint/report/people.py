"""Hiding people, for a site that is published: each handle becomes ``person 3``.

It is done to the rows, before any figure or page is made, so no page can forget it. Names that
somebody wrote in a sentence can't be found; the index says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pmlint.report.figures import ReportData
from pmlint.tables.collect import TableRow

_HANDLES = (
    "owner",
    "approved_by",
    "verified_by",
    "cancelled_by",
    "withdrawn_by",
    "older_by",
)
_LISTS = ("authors", "signoff_by")
"""Columns that hold handles as a list in JSON."""
_MADE = {
    "problems": ("message",),
    "holds": ("reason", "release"),
    "actions": ("open_reason",),
    "amendments": ("before", "after"),
}
"""Columns by table whose text is not the author's: they may hold a handle without its ``@``."""
Hide = Callable[[str], str]


def hide_people(data: ReportData, people: Iterable[str]) -> tuple[ReportData, Hide]:
    """The rows without handles, and a function that does the same to a text. ``people`` are the
    handles of the people file; those of the rows come first, numbered by first appearance.
    """
    numbers: dict[str, str] = {}
    bare: set[str] = set()
    for handle in (*_handles(data), *people):
        plain = _plain(handle)
        if plain:
            numbers.setdefault(plain, f"person {len(numbers) + 1}")
            if not handle.strip().startswith("@"):
                bare.add(plain)
    hide = _replacing(numbers, rf"@(?:{_any_of(numbers)})(?![\w-])")
    # 'maria' in a message and "maria" in JSON are a value; a name in the middle of a sentence is
    # one where somebody writes it without its @.
    loose = rf"|(?<![\w@-])(?:{_any_of(bare)})(?![\w-])" if bare else ""
    quoted = _replacing(numbers, rf"""(?<=['"])(?:{_any_of(numbers)})(?=['"]){loose}""")
    rows = {
        table: tuple(_hidden(table, row, numbers, hide, quoted) for row in entries)
        for table, entries in data.rows.items()
    }
    return data._replace(rows=rows), hide


def _handles(data: ReportData) -> Iterator[str]:
    for entries in data.rows.values():
        for row in entries:
            yield from (row[name] for name in _HANDLES if row.get(name))
            for name in _LISTS:
                yield from json.loads(row.get(name) or "[]")


def _any_of(names: Iterable[str]) -> str:
    # The longest first: else "ann" would take the beginning of "anna-lee" in the pattern.
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _replacing(numbers: dict[str, str], pattern: str) -> Hide:
    if not numbers:
        return lambda text: text
    compiled = re.compile(pattern, re.IGNORECASE)
    # The pattern takes 'İnes' for 'ines', and folding does not.
    return lambda text: compiled.sub(lambda one: numbers.get(_plain(one[0]), "a person"), text)


def _hidden(
    table: str, row: TableRow, numbers: dict[str, str], hide: Hide, quoted: Hide
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if not isinstance(value, str) or not value:
            found[name] = value
        elif name in _LISTS:
            found[name] = json.dumps([_number(handle, numbers) for handle in json.loads(value)])
        elif name in _HANDLES or (table, name) == ("problems", "subject"):
            found[name] = _number(value, numbers)
        elif name in _MADE.get(table, ()):
            found[name] = quoted(hide(value))
        else:
            found[name] = hide(value)
    return found


def _number(handle: str, numbers: dict[str, str]) -> str:
    return numbers.get(_plain(handle), handle)


def _plain(handle: str) -> str:
    """A handle as `pmlint.project.holds.same` compares it."""
    return handle.strip().lstrip("@").casefold()
