"""What people type for a day, a moment or an amount, and how the format writes it.

Only forms with one meaning have an answer: ``12/18/2026`` can be one day alone, ``05/10/2026`` can
be two. Nothing is invented: a moment without an offset stays one.
"""

from __future__ import annotations

import re
from functools import cache

from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.resources import read_json

# Texts, which are compiled at their first use: most documents have nothing but ISO dates
# (`pmlint.parsing.source` has the gain).
DAY_FIRST = (
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?"
    r"([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})(?!\d)"
)
"""``14. September 2026``, ``14 de septiembre de 2026``: day, month, year."""
MONTH_FIRST = r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)"
"""``September 14, 2026``: month, day, year."""
_WEEKDAY = r"[^\W\d_]{2,12}\.?,\s*"
_COMPACT = r"(?a)(\d{4})(\d{2})(\d{2})"
_ISO_LIKE = r"(?a)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?"
_DOTTED = r"(?a)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})"
_SLASHED = r"(?a)(\d{1,2})/(\d{1,2})/(\d{4})"
_MONEY = r"(?a)(?:([A-Z]{3})\s*)?(\d+(?:\.\d+)?)\s*([A-Z]{3})?"
_GROUPED = r"(?<!\d)\d{1,3}(?:,\d{3})+\.\d\d?(?!\d)|(?<!\d)\d{1,3}(?:\.\d{3})+,\d\d?(?!\d)"
"""``4,140.50`` and ``4.140,50``: with both signs it is clear which one parts the thousands."""
_SIGNS = {"€": "EUR", "£": "GBP"}
"""Signs of one currency; ``$`` is the sign of twenty."""
_DAY_AND_REST = r"(?a)(\S+?)[ Tt]+(\S.*)"
_LOCAL = r"(?a)(\d{4}-\d{2}-\d{2})([Tt ]\s*)(\d{1,2}:\d{2})(:\d{2})?(\.\d+)?\s*(.*)"
_UTC = frozenset(("z", "utc", "gmt"))


def iso_date(text: str) -> str | None:
    """The ISO date of a day in another form; None where it is not one, or has two meanings."""
    if match := re.fullmatch(_ISO_LIKE, text.strip()):
        year, _, month, day = match.groups()
    elif match := re.fullmatch(_COMPACT, text.strip()):
        year, month, day = match.groups()
    elif match := re.fullmatch(_DOTTED, text.strip()):  # with dots the day comes first everywhere
        day, month, year = match.groups()
    elif match := re.fullmatch(_SLASHED, text.strip()):
        first, second, year = match.groups()
        # 05/10 is a day of May in the USA and of October elsewhere.
        if int(first) <= 12 and int(second) <= 12 and first != second:
            return None
        month, day = (second, first) if int(first) > 12 else (first, second)
    elif named := _named_day(text.strip()):
        day, month, year = named
    else:
        return None
    found = f"{year}-{int(month):02}-{int(day):02}"
    return found if parse_date(found) else None


def day_of(text: str) -> str | None:
    """The ISO date of a day in another form, or the day of a moment as it is written there; None
    for all else. The hour of a deadline is lost, and no field of a day has one.
    """
    moment = rfc_moment(text) or without_offset(text)
    return iso_date(text) or (moment[:10] if moment else None)


def _named_day(text: str) -> tuple[str, str, str] | None:
    """Day, month and year of a day whose month is a word, with or without its weekday."""
    text = re.sub(_WEEKDAY, "", text, count=1)
    if match := re.fullmatch(DAY_FIRST, text):
        day, month, year = match.groups()
    elif match := re.fullmatch(MONTH_FIRST, text):
        month, day, year = match.groups()
    else:
        return None
    number = month_number(month)
    return (day, number, year) if number else None


def month_number(word: str) -> str:
    """``9`` for ``September`` or ``sept.`` in the languages of `months.json`; empty for others."""
    return _months().get(word.casefold(), "")


@cache
def _months() -> dict[str, str]:
    return {name: number for number, names in read_json("months.json").items() for name in names}


def rfc_moment(text: str) -> str | None:
    """The RFC 3339 form of a moment that says its offset in another form; None for all else."""
    parts = re.fullmatch(_DAY_AND_REST, text.strip())
    day = iso_date(parts[1]) if parts else None
    if parts is None or day is None:
        return None
    match = re.fullmatch(_LOCAL, f"{day}T{parts[2]}")
    if match is None:
        return None
    clock, seconds, fraction, zone = match[3], match[4] or ":00", match[5] or "", match[6]
    if zone.casefold() in _UTC:
        offset = "Z"
    elif named := re.fullmatch(r"(?:UTC|GMT)?([+-]\d{2}):?(\d{2})?", zone, re.ASCII | re.I):
        offset = f"{named[1]}:{named[2] or '00'}"
    else:
        return None
    found = f"{day}T{clock:0>5}{seconds}{fraction}{offset}"
    return found if parse_moment(found) else None


def without_offset(text: str) -> str | None:
    """A moment that lacks nothing but its offset, in the form of RFC 3339; None for anything
    else.
    """
    found = rfc_moment(f"{text.strip()} Z")
    return found.removesuffix("Z") if found else None


def named_zone(text: str) -> str | None:
    """A moment with the name of a zone in place of its offset, without the name; None for anything
    else. Names have several meanings: CST is in America and in China.
    """
    match = re.fullmatch(r"(.*\d)\s*([A-Z]{3,5})", text.strip())
    return without_offset(match[1]) if match else None


def two_days(text: str) -> tuple[str, str] | None:
    """The first and the last day of ``2026-09-12 to 2026-09-13``; None for anything else."""
    days = re.findall(r"\d{4}-\d{2}-\d{2}", text)
    is_range = len(days) == 2 and days[0] < days[1] and all(map(parse_date, days))
    return (days[0], days[1]) if is_range else None


def money(text: str) -> tuple[float, str] | None:
    """The amount and the currency of ``1000 USD``, ``EUR 12.50`` or ``€ 5``; None where one of them
    is not clear, as in ``1,000 USD``, which is 1 to half of the world.
    """
    plain = re.sub(_GROUPED, _ungrouped, text.strip())
    for sign, code in _SIGNS.items():
        plain = plain.replace(sign, f" {code} ").strip()
    match = re.fullmatch(_MONEY, plain)
    # A currency on both sides of the amount, or on none.
    if match is None or bool(match[1]) == bool(match[3]):
        return None
    amount = float(match[2])
    return int(amount) if amount.is_integer() else amount, match[1] or match[3]


def _ungrouped(match: re.Match[str]) -> str:
    whole, part = re.split(r"[.,](?=\d+$)", match[0])
    return f"{re.sub('[.,]', '', whole)}.{part}"
