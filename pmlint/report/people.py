"""Hiding people, for a site that is published: each handle becomes ``person 3``.

It is done to the rows, before any figure or page is made, so no page can forget it. Names that
somebody wrote in a sentence can't be found; the index says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
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
Hide = Callable[[str], str]


def hide_people(data: ReportData, people: Iterable[str]) -> tuple[ReportData, Hide]:
    """The rows without handles, and a function that does the same to a text. ``people`` are the
    handles of the people file; those of the rows come first, numbered by first appearance.
    """
    numbers: dict[str, str] = {}
    for handle in (*_handles(data), *people):
        plain = _plain(handle)
        if plain:
            numbers.setdefault(plain, f"person {len(numbers) + 1}")
    hide = _hider(numbers)
    rows = {
        table: tuple(_hidden(row, numbers, hide) for row in entries)
        for table, entries in data.rows.items()
    }
    return data._replace(rows=rows), hide


def _handles(data: ReportData) -> Iterable[str]:
    for entries in data.rows.values():
        for row in entries:
            yield from (row[name] for name in _HANDLES if row.get(name))
            for name in _LISTS:
                yield from json.loads(row.get(name) or "[]")


def _hider(numbers: dict[str, str]) -> Hide:
    if not numbers:
        return lambda text: text
    # The longest first: else "@ann" would take the beginning of "@anna-lee" in the pattern.
    names = "|".join(re.escape(name) for name in sorted(numbers, key=len, reverse=True))
    pattern = re.compile(rf"@(?:{names})(?![\w-])", re.IGNORECASE)
    return lambda text: pattern.sub(lambda match: numbers[_plain(match[0])], text)


def _hidden(row: TableRow, numbers: dict[str, str], hide: Hide) -> TableRow:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in _LISTS and value:
            found[name] = json.dumps([numbers[_plain(handle)] for handle in json.loads(value)])
        elif name in _HANDLES and value:
            found[name] = numbers.get(_plain(value), value)
        else:
            found[name] = hide(value) if isinstance(value, str) else value
    return found


def _plain(handle: str) -> str:
    """A handle as `pmlint.project.holds.same` compares it."""
    return handle.strip().lstrip("@").casefold()
