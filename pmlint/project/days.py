"""When a day ends: in the team's time zone, or, where none is set, when it has ended everywhere.

Somebody west of UTC still has hours of the day of a deadline when it is over in UTC; nobody is late
on a day that they still have (docs/spec/adopt.md, *Configuration*).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.model.dates import parse_date, parse_moment

_LAST = timezone(timedelta(hours=-12))
"""Where a day ends last: 12:00Z of the next day."""
_END = date(9000, 1, 1)
"""Behind it a deadline's last hours, or two weeks more, are no days of the calendar."""
_FIRST = timezone(timedelta(hours=14))
"""Where a day begins first: 10:00Z of the day before."""


class Today(NamedTuple):
    """What day it is, three ways.

    ``day`` is what a verb writes; ``unended`` the earliest day that has not ended, against which
    deadlines are judged; ``latest`` the latest day that has begun, after which a date lies in the
    future. With a time zone, and for a day that was given, the three are one.
    """

    day: date
    unended: date
    latest: date


def is_within(days: int, today: date, day: date | None) -> bool:
    """Whether a day comes within so many days, or has passed; an absent one does not.

    By their difference: days that are added may lie behind the last day of the calendar.
    """
    return day is not None and (day - today).days <= days


class Clock(NamedTuple):
    """When something is judged: the moment, and its day in UTC. Of a bare day the moment is its
    end, 24:00 UTC, because what was made on that day is there.
    """

    moment: datetime
    day: date


def clock(now: str | None) -> Clock:
    """When ``--now`` is, a day or a moment; without it, the clock of this machine.

    Raises `UsageError` for a text that is neither.
    """
    if now and (day := parse_date(now)) is not None:
        return clock_of(_known(day))
    moment = parse_moment(now) if now else datetime.now(UTC)
    if moment is None:
        raise UsageError(f"'{now}' is not a date or a moment", help="write --now 2026-11-28")
    return Clock(moment, _known(moment.astimezone(UTC).date()))


def _known(day: date) -> date:
    """A day after which there are others. Raises `UsageError` near the end of the calendar."""
    if day >= _END:
        raise UsageError(
            f"--now is {day}, near the end of the calendar", help=f"name a day before {_END}"
        )
    return day


def clock_of(day: date) -> Clock:
    """The clock at a day that somebody named."""
    return Clock(datetime.combine(day, time(0), UTC) + timedelta(days=1), day)


def today(now: str | None, zone: str = "") -> Today:
    """What day ``--now`` means, a day or a moment; without it, the clock of this machine.

    Raises `UsageError` for a text that is neither, and for a zone that this machine does not know.
    """
    if now and (day := parse_date(now)) is not None:
        return exactly(_known(day))
    # A moment knows its offset, so '2026-11-25T00:30:00+01:00' is still the 24th in UTC.
    moment = parse_moment(now) if now else datetime.now(UTC)
    if moment is None:
        raise UsageError(
            f"'{now}' is not a day",
            help="write --now 2026-11-24, or a moment such as 2026-11-24T12:00:00Z",
        )
    return at_moment(moment, zone)


def exactly(day: date | Today) -> Today:
    """A day that somebody named: the same in every zone."""
    return day if isinstance(day, Today) else Today(day, day, day)


def at_moment(moment: datetime, zone: str = "") -> Today:
    """What day it is at a moment, which knows its offset."""
    _known(moment.astimezone(UTC).date())
    if zone:
        day = moment.astimezone(time_zone(zone)).date()
        return exactly(day)
    return Today(
        moment.astimezone(UTC).date(),
        moment.astimezone(_LAST).date(),
        moment.astimezone(_FIRST).date(),
    )


def end_of(day: date, zone: str = "") -> datetime:
    """The moment at which a day has ended, in UTC: the first that no longer belongs to it."""
    where = time_zone(zone) if zone else _LAST
    return datetime.combine(day + timedelta(days=1), time(), where).astimezone(UTC)


def time_zone(name: str) -> tzinfo:
    """The zone of an IANA name. Raises `UsageError` for one that is unknown."""
    # Only a repository with a time zone pays for the import (4 ms).
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        from pmlint.model.suggestions import nearest

        raise UsageError(
            f"'{name}' is not a time zone",
            help=nearest(name, available_timezones()) or "write a name such as Europe/Berlin",
        ) from None
