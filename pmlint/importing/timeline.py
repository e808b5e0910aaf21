"""The timeline of an old review: rows of tables, items, lines and headings that begin with a time.

What a heading or a line above says of day and zone counts for the rows below it. The day ends where
the hours run backwards: after midnight the one of the heading is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pmlint.importing.found import ImportedEvent, ReviewPart
from pmlint.importing.names import meaning
from pmlint.importing.reading import OldLine, OldSection, OldTable, shown
from pmlint.importing.times import (
    TIME_AT_START,
    find_day,
    find_time,
    find_zone,
    has_hour,
    hour_at_start,
    minutes_of_day,
    names_month,
    only_day,
)

_MOST_OF_A_TIME = 40
"""Characters at the beginning of a row in which its time is: an hour later in the sentence is
another one.
"""


class _Row(NamedTuple):
    """An event before its day is known: the text that holds its time, what happened, and a time
    that goes before that where it does not become a moment.
    """

    row: int
    time: str
    event: str
    spare: str = ""


class _DayAbove(NamedTuple):
    """The day of the rows below; None where a heading names one that cannot be read."""

    row: int
    day: date | None


def find_events(parts: list[ReviewPart]) -> list[ImportedEvent]:
    """The events of all timelines of a review."""
    found: list[ImportedEvent] = []
    rows: list[_Row | _DayAbove] = []
    zone = ""
    for part in parts:
        if part.kind != "timeline":
            continue
        if part.is_own:
            found += _dated(rows, zone)
            rows, zone = [], ""
        zone = _zone_above(part.section) or zone
        rows += _day_above(part)
        rows += sorted(_rows(part), key=lambda row: row.row)
    return [*found, *_dated(rows, zone)]


def _dated(rows: list[_Row | _DayAbove], zone: str) -> Iterator[ImportedEvent]:
    """The events of rows in their order, each with its own day or the one above it."""
    day: date | None = None
    last, is_above = -1, False
    for row in rows:
        if isinstance(row, _DayAbove):
            day, last, is_above = row.day, -1, True
            continue
        named, minute = find_day(row.time), minutes_of_day(row.time)
        if named is not None:
            day, last, is_above = named, -1, False
        elif minute is not None and minute < last:
            day = None
        last = last if minute is None else minute
        # "later" below a row with a day may be of any day after it.
        is_of_day = is_above or minute is not None
        at = find_time(row.time, day if is_of_day else named, zone)
        spare = "" if "T" in at else row.spare
        yield ImportedEvent(row.row, at, f"{spare} {row.event}".strip())


def _day_above(part: ReviewPart) -> Iterator[_DayAbove]:
    """What the headings say of the day: the innermost that names one. A heading with a month that
    is no whole day ("Monday 4 September") ends the day of the heading above.
    """
    for title in reversed(part.section.path):
        day = only_day(title)
        if day or names_month(title):
            yield _DayAbove(part.section.heading, day)
            return
        if not part.is_own:
            return  # the day of the heading before counts on


def _zone_above(section: OldSection) -> str:
    """The zone that the headings, a line outside the rows or the head of a table name."""
    lines = [line.text for line in section.prose if not TIME_AT_START.match(line.text)]
    heads = [" ".join(table.header) for table in section.tables]
    return next(
        (zone for text in (*heads, *lines, *reversed(section.path)) if (zone := find_zone(text))),
        "",
    )


def _rows(part: ReviewPart) -> Iterator[_Row | _DayAbove]:
    yield from _heading_row(part)
    for table in part.section.tables:
        yield from _table_rows(table)
    for item in part.section.items:
        text = hour_at_start(item.text)
        if has_hour(text) or find_day(text):
            whole = " ".join((item.text, *(line.text for line in item.below)))
            yield _Row(item.row, _head(text), shown(whole))
    yield from _line_rows(part.section)


def _heading_row(part: ReviewPart) -> Iterator[_Row]:
    """A heading below the one of the timeline that is a time, with what is written below it."""
    title = hour_at_start(shown(part.section.path[-1]))
    if part.is_own or not has_hour(title):
        return
    paragraph = [line.text for line in _first_paragraph(part.section)]
    items = [item.text for item in part.section.items if not has_hour(item.text)]
    text = shown(" ".join((title, *paragraph, "; ".join(items))))
    yield _Row(part.section.heading, title[:_MOST_OF_A_TIME], text)


def _first_paragraph(section: OldSection) -> list[OldLine]:
    lines = section.prose
    end = next((n for n in range(1, len(lines)) if lines[n].row != lines[n - 1].row + 1), None)
    return list(lines[:end])


def _head(text: str) -> str:
    return shown(text)[:_MOST_OF_A_TIME]


def _line_rows(section: OldSection) -> Iterator[_Row | _DayAbove]:
    """Lines that begin with a time, each with the lines directly below it; and lines that only name
    a day.
    """
    current: _Row | None = None
    last = 0
    for number, line in enumerate(section.prose):
        text = hour_at_start(line.text)
        begins = bool(TIME_AT_START.match(text)) or find_day(_head(text)[:14]) is not None
        day = None if begins and has_hour(text) else _day_alone(line.text, is_first=number == 0)
        goes_on = current is not None and line.row == last + 1 and not begins
        last = line.row
        if goes_on and current is not None and day is None:
            current = current._replace(event=f"{current.event} {shown(line.text)}")
            continue
        if current is not None:
            yield current
        current = _Row(line.row, _head(text), shown(line.text)) if begins and not day else None
        if day is not None:
            yield _DayAbove(line.row, day)
    if current is not None:
        yield current


def _day_alone(text: str, *, is_first: bool) -> date | None:
    """The day of a line that says nothing else, or of the first line, which may name a zone."""
    bare = shown(text).strip(" *_:#")
    return only_day(bare) if is_first or len(bare.split()) <= 5 else None


def _table_rows(table: OldTable) -> Iterator[_Row]:
    names = [shown(re.sub(r"\(.*\)", "", name)) for name in table.header]
    # A day and an hour may have a column each.
    times = [n for n, name in enumerate(names) if meaning("columns", name) == "time"] or [0]
    for row, cells in table.rows:
        rest = [shown(cell) for number, cell in enumerate(cells) if number not in times and cell]
        when = " ".join(cells[number] for number in times if number < len(cells))
        if rest:
            # An hour that is not in the moment stays in the text.
            spare = shown(when) if has_hour(when) else ""
            yield _Row(row, when, " · ".join(rest), spare)
