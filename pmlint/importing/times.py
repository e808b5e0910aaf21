"""Days and moments as people write them in old reviews; what can be read in two ways is not read.

1. ``05/12/2023`` is two days, unless one of its numbers is above 12.
2. An hour without a zone is not a moment: the day is taken, and the hour stays in the text. The
   name of a zone other than UTC is not read: ``CST`` is in America and in China.
3. ``12:05 am`` is not read: it is noon to some and midnight to others.
"""

from __future__ import annotations

import re
from datetime import date

from pmlint.model.forms import DAY_FIRST, MONTH_FIRST, month_number

_ISO = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\.?\d)")
_SLASHED = re.compile(r"(?<![\d/-])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?![\d/-])")
_CHINESE = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_OF_FILE = re.compile(
    r"(?<!\d)(\d{4})([-_.])(\d{2})\2(\d{2})(?!\d)|(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)"
)
_HOUR = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?(?![\d:])"
    r"\s*([ap]m\b)?\s*\(?((?:UTC|GMT)(?:\s?[+-]\d{1,2}(?::?[0-5]\d)?(?!\d))?\b|Z\b"
    r"|[+-]\d{2}:?\d{2}(?!\d)|(?-i:[A-Z]{2,4}T)\b)?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b(UTC|GMT)(\s?[+-]\d{1,2}(?::?[0-5]\d)?)?(?![\w:+-])")
_HOUR_AT_START = re.compile(
    r"([\s*_`\[(]*(?:(?:at|um|à)\s+)?)([01]\d|2[0-3])[.h]([0-5]\d)(?=$|[\s*_`\]):,–—-])"
)
TIME_AT_START = re.compile(
    r"\s*[*_`\[(]*(?:(?:at|um|à)\s+)?(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ,]*)?\d{1,2}[:.h]\d{2}\b",
    re.IGNORECASE,
)


def find_day(text: str) -> date | None:
    """The day that a text names; None where it names none, or can be read in two ways."""
    for found in _days(text):
        return found
    return None


def only_day(text: str) -> date | None:
    """The day of a text that names one; None for a range, whose rows may be of any of its days."""
    found = set(_days(text))
    return found.pop() if len(found) == 1 else None


def names_month(text: str) -> bool:
    """Whether a word of a text is the name of a month."""
    return any(month_number(word) for word in re.findall(r"[^\W\d_]+", text))


def day_of_file(path: str) -> date | None:
    """The day in the name of a file: ``2023-10-21-search.md`` or ``20231021.md``."""
    match = _OF_FILE.search(path.rpartition("/")[2])
    if match is None:
        return None
    parts = match.group(1, 3, 4) if match[2] else match.group(5, 6, 7)
    found = _valid(*parts)
    return found[0] if found else None


def _days(text: str) -> list[date]:
    found: list[date] = []
    for match in _ISO.finditer(text):
        found += _valid(match[1], match[3], match[4])
    for match in _CHINESE.finditer(text):
        found += _valid(match[1], match[2], match[3])
    for match in _DOTTED.finditer(text):
        found += _valid(match[3], match[2], match[1])
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[3])
        # 05/12 is May in one country and December in another; 25/12 and 12/25 are one day.
        if first > 12:
            found += _valid(match[4], second, first)
        elif second > 12 or first == second:
            found += _valid(match[4], first, second)
    for match in re.finditer(DAY_FIRST, text):
        found += _named(match[3], match[2], match[1])
    for match in re.finditer(MONTH_FIRST, text):
        found += _named(match[3], match[1], match[2])
    return found


def _named(year: str, month: str, day: str) -> list[date]:
    number = month_number(month)
    return _valid(year, number, day) if number else []


def _valid(year: str | int, month: str | int, day: str | int) -> list[date]:
    try:
        return [date(int(year), int(month), int(day))]
    except ValueError:
        return []


def find_zone(text: str) -> str:
    """The offset that a heading or a line names for its times: ``Z``, ``+02:00``; else empty."""
    match = _ZONE.search(text)
    return _offset(match[0]) if match else ""


def _offset(zone: str) -> str:
    """A zone as the format writes it; empty for a name other than UTC, which may mean several."""
    name = zone.upper().replace(" ", "")
    if name in ("Z", "UTC", "GMT"):
        return "Z"
    match = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", name)
    # The largest offset in use is +14:00 (Kiribati).
    if match is None or int(match[2]) > 14:
        return ""
    return f"{match[1]}{int(match[2]):02}:{match[3] or '00'}"


def has_hour(text: str) -> bool:
    """Whether a text names an hour."""
    return _HOUR.search(text) is not None


def hour_at_start(text: str) -> str:
    """A row of a timeline with the hour at its start as ``15:42``, where it is ``15.42`` or
    ``15h42``; such an hour of one digit may be of the afternoon, and stays as it is.
    """
    return _HOUR_AT_START.sub(r"\1\2:\3", text, count=1)


def minutes_of_day(text: str) -> int | None:
    """The minute of the day of the hour that a text names first; None without one."""
    hour = _HOUR.search(text)
    number = _hour_number(hour) if hour else None
    return None if hour is None or number is None else number * 60 + int(hour[2])


def _hour_number(hour: re.Match[str]) -> int | None:
    """The hour of 24; None where it can be read in two ways."""
    number = int(hour[1])
    half = (hour[4] or "").casefold()
    if not half or number > 12:  # "14:20 pm" is written, and means one thing
        return number
    if number in (0, 12):
        return None
    return number + 12 if half == "pm" else number


def find_time(text: str, day: date | None, zone: str) -> str:
    """The moment or the day that a text names, as the format writes it; empty where it names none.

    ``day`` and ``zone`` (an offset, or empty) are what the heading above says of all rows.
    """
    named = find_day(text) or day
    if named is None:
        return ""
    hour = _HOUR.search(text)
    number = _hour_number(hour) if hour else None
    if hour is None or number is None:
        return named.isoformat()
    offset = _offset(hour[5]) if hour[5] else zone
    if not offset:
        return named.isoformat()
    return f"{named.isoformat()}T{number:02}:{hour[2]}:{hour[3] or '00'}{offset}"
