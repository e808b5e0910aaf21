"""Values of rows as texts and numbers: moments in UTC and whole seconds, so that text sorts."""

from __future__ import annotations

from datetime import date, datetime

from pmlint.tables.cells import Value, moment_text


def plain(value: Value) -> str | int | float | bool | None:
    """A value as JSON has it: days and moments become texts."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def numbered(value: Value) -> str | int | float | None:
    """A value where truth is 0 and 1: SQLite and CSV."""
    found = plain(value)
    return int(found) if isinstance(found, bool) else found
