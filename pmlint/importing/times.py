"""Days and moments as people write them in old reviews; what can be read in two ways is not read.

1. ``05/12/2023`` is two days, unless one of its numbers is above 12.
2. An hour without a zone is not a moment: the day is taken, and the hour stays in the text.
"""

from __future__ import annotations

import re
from datetime import date

from pmlint.importing.names import meaning

_ISO = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?![\d/])")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?"
    r"([^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_HOUR = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?![\d:])"
    r"\s*(am|pm)?\s*(Z\b|UTC\b|GMT\b|[+-]\d{2}:?\d{2}(?!\d))?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b(?:UTC|GMT)\b(?!\s*[+-]\d)")
TIME_AT_START = re.compile(
    r"\s*[*_`\[(]*(?:(?:at|um)\s+)?(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ,]*)?\d{1,2}:\d{2}",
    re.IGNORECASE,
)


def find_day(text: str) -> date | None:
    """The day that a text names; None where it names none, or can be read in two ways."""
    for found in _days(text):
        return found
    return None


def _days(text: str) -> list[date]:
    found: list[date] = []
    for match in _ISO.finditer(text):
        found += _valid(match[1], match[2], match[3])
    for match in _DOTTED.finditer(text):
        found += _valid(match[3], match[2], match[1])
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[2])
        # 05/12 is May in one country and December in another; 25/12 and 12/25 are one day.
        if first > 12:
            found += _valid(match[3], second, first)
        elif second > 12:
            found += _valid(match[3], first, second)
    for match in _DAY_FIRST.finditer(text):
        found += _named(match[3], match[2], match[1])
    for match in _MONTH_FIRST.finditer(text):
        found += _named(match[3], match[1], match[2])
    return found


def _named(year: str, month: str, day: str) -> list[date]:
    number = meaning("months", month)
    return _valid(year, number, day) if number else []


def _valid(year: str | int, month: str | int, day: str | int) -> list[date]:
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:
        return []


def has_utc(text: str) -> bool:
    """Whether a heading or a line says that its times are UTC."""
    return _ZONE.search(text) is not None


def has_hour(text: str) -> bool:
    """Whether a text names an hour."""
    return _HOUR.search(text) is not None


def find_time(text: str, day: date | None, is_utc: bool) -> str:
    """The moment or the day that a text names, as the format writes it; empty where it names none.

    ``day`` and ``is_utc`` are what the heading above says of all rows.
    """
    named = find_day(text) or day
    if named is None:
        return ""
    hour = _HOUR.search(text)
    if hour is None or hour[4]:  # twelve-hour clocks are rare, and 12 am is read in two ways
        return named.isoformat()
    zone = hour[5] or ("Z" if is_utc else "")
    if not zone:
        return named.isoformat()
    offset = zone if zone[0] in "+-" else "Z"
    if offset != "Z" and ":" not in offset:
        offset = f"{offset[:3]}:{offset[3:]}"
    return f"{named.isoformat()}T{int(hour[1]):02}:{hour[2]}:{hour[3] or '00'}{offset}"
