"""Days, moments and bounds: what the format writes about time, and what can be said of two of them.

1. A day is an ISO date, a moment RFC 3339 in full (docs/spec/format.md, "Clocks hold what people
   know").
2. Moments are counted in whole seconds; fractions of a second are cut off.
3. A day has no zone. Against another day it is a day of the same zone; against a moment it is as
   wide as a day can be on Earth (docs/spec/tables.md, "Clocks with bounds").
4. Order and gaps have three answers. Only "surely" is a finding, so it must be true wherever the
   author sat.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal, NamedTuple

# Asked before `date.fromisoformat`, which reads 20260930 and 2026-W40-3 as well from Python 3.11
# on; without ASCII `\d` takes the digits of every script.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|([+-])(\d{2}):(\d{2}))",
    re.ASCII,
)
_DURATION = re.compile(r"(\d{1,6})([mhdw])", re.ASCII)
_SECOND = timedelta(seconds=1)
_LAST_SECOND = time(23, 59, 59)
_DAY = 86_400
_UNITS = {"m": 60, "h": 3600, "d": _DAY, "w": 7 * _DAY}
_REST = _DAY - 1
"""Seconds of a day, and from its first second to its last."""
_EAST = timedelta(hours=14)
"""The zone that is furthest ahead of UTC (Line Islands): its days begin first."""
_WEST = timedelta(hours=12)
"""The zone that is furthest behind UTC (Baker Island): its days end last."""

Certainty = Literal["surely", "possibly", "not"]
"""What bounds say of a question."""


def parse_date(text: object) -> date | None:
    """``2026-09-30`` as a date; None for anything else, ``2026-02-30`` too."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(text: object) -> datetime | None:
    """``2026-09-12T06:04:10Z`` as a moment with its offset, in whole seconds (RFC 3339).

    A leap second is read as the second that follows it. None for anything else: without an offset,
    second 60 where no leap second can be, an offset of 24 hours.
    """
    match = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, hour, minute, second, sign, hours, minutes = match.groups()
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    # RFC 3339 ends at 23:59 in both directions, with minutes up to 59
    if int(hours or 0) > 23 or int(minutes or 0) > 59:
        return None
    is_leap = second == "60"
    try:
        clock = time(int(hour), int(minute), 59 if is_leap else int(second))
        zone = timezone(-ahead if sign == "-" else ahead)
        found = datetime.combine(date.fromisoformat(day), clock, zone)
        in_utc = found.astimezone(UTC)  # overflows in the first and the last hours of the calendar
        return _after_leap_second(found, in_utc) if is_leap else found
    except (ValueError, OverflowError):
        return None


def duration_seconds(text: str) -> int:
    """A duration such as ``36h`` in seconds. Raises `ValueError` for anything else."""
    # Never `int` alone, which takes "-7", " 7", "7_0" and the digits of every script.
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' is not a duration such as 5m, 6h or 30d")
    return int(match[1]) * _UNITS[match[2]]


def _after_leap_second(second_59: datetime, in_utc: datetime) -> datetime | None:
    """The second after a leap second. Since 1972 they end the last UTC day of a month; which months
    have one is announced half a year ahead, so every month may.
    """
    following = in_utc + _SECOND
    is_month_end = following.day == 1 and following.time() == time(0)
    return second_59 + _SECOND if is_month_end else None


class Interval(NamedTuple):
    """What is known of a time: not before ``earliest``, not after ``latest``, in UTC and whole
    seconds; None where there is no bound.

    ``first_day`` and ``last_day`` are the days from which these ends come; against other days they
    count instead. The ends themselves are then as wide as the day can be on Earth.
    """

    earliest: datetime | None = None
    latest: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None

    @property
    def is_moment(self) -> bool:
        """Whether it is known to the second. A day lasts 50 hours, so only a moment has equal
        ends.
        """
        return self.earliest is not None and self.earliest == self.latest


def of_moment(moment: datetime) -> Interval:
    """The interval of a moment that is known."""
    in_utc = moment.astimezone(UTC)
    return Interval(in_utc, in_utc)


def of_day(day: date) -> Interval:
    """The interval of a day whose zone nobody knows: 50 hours less a second."""
    return Interval(_begins(day), _ends(day), day, day)


def parse_interval(value: object) -> Interval | None:
    """What a clock or the time of an event says: a moment, a day, or an unknown time with its
    bounds. A suggested clock is neither moment nor bound, and has an interval without ends.

    None for anything else, null too. A bound that cannot be read is no bound.
    """
    if isinstance(value, dict):
        if not ("unknown" in value or "suggested" in value):
            return None
        before, after = value.get("not_before"), value.get("not_after")
        if "suggested" in value:
            before = after = None
        return _between(_point(before), _point(after))
    return _point(value)


def _point(value: object) -> Interval | None:
    moment = parse_moment(value)
    if moment is not None:
        return of_moment(moment)
    day = parse_date(value)
    return None if day is None else of_day(day)


def _between(first: Interval | None, last: Interval | None) -> Interval:
    first, last = first or Interval(), last or Interval()
    return Interval(first.earliest, last.latest, first.first_day, last.last_day)


def _begins(day: date) -> datetime | None:
    try:
        return datetime.combine(day, time(0), UTC) - _EAST
    except OverflowError:  # 0001-01-01: no bound is wider than one that cannot be written
        return None


def _ends(day: date) -> datetime | None:
    try:
        return datetime.combine(day, _LAST_SECOND, UTC) + _WEST
    except OverflowError:  # 9999-12-31
        return None


class Distance(NamedTuple):
    """How many seconds lie between two times, from the first to the second; negative where the
    second is earlier, None where a bound is missing.
    """

    at_least: int | None
    at_most: int | None


def distance(first: Interval, second: Interval) -> Distance:
    """From ``first`` to ``second``: the least and the most that their bounds allow."""
    return Distance(
        _seconds(first.latest, first.last_day, second.earliest, second.first_day, -_REST),
        _seconds(first.earliest, first.first_day, second.latest, second.last_day, _REST),
    )


def _seconds(
    start: datetime | None,
    start_day: date | None,
    end: datetime | None,
    end_day: date | None,
    rest: int,
) -> int | None:
    """Seconds from one end of an interval to an end of another; two days are days of one zone.

    ``rest`` is what to add to whole days: the least distance leads from the last second of a day to
    the first of another, the most from the first to the last.
    """
    if start_day is not None and end_day is not None:
        return (end_day - start_day).days * _DAY + rest
    if start is None or end is None:
        return None
    return (end - start) // _SECOND


def is_before(second: Interval, first: Interval) -> Certainty:
    """Whether ``second``, which should come later, comes before ``first``."""
    apart = distance(first, second)
    if apart.at_most is not None and apart.at_most < 0:
        return "surely"
    return "not" if apart.at_least is not None and apart.at_least >= 0 else "possibly"


def is_longer(first: Interval, second: Interval, seconds: float) -> Certainty:
    """Whether more than ``seconds`` passed from ``first`` to ``second``.

    A pair that is surely out of order has no gap: nothing is sure about its length.
    """
    apart = gap(first, second)
    if apart.at_least is not None and apart.at_least > seconds:
        return "surely"
    return "not" if apart.at_most is not None and apart.at_most <= seconds else "possibly"


def gap(first: Interval, second: Interval, *, may_be_negative: bool = False) -> Distance:
    """The gap from ``first`` to ``second`` in seconds, as tables show it: without an end where a
    bound is missing, and without both where the pair is surely out of order.

    A gap that cannot be negative is at least 0; first_warning to first_impact alone can be.
    """
    apart = distance(first, second)
    if may_be_negative:
        return apart
    if is_before(second, first) == "surely":
        return Distance(None, None)
    least = apart.at_least
    return Distance(None if least is None else max(0, least), apart.at_most)
