"""A day ends in the team's zone, or when it has ended everywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from pmlint.errors import UsageError
from pmlint.project.days import Today, clock, end_of, today


@pytest.mark.parametrize(
    ("now", "zone", "days"),
    [
        ("2026-11-24", "", (24, 24, 24)),
        ("2026-11-24", "Asia/Tokyo", (24, 24, 24)),
        ("2026-11-24T11:59:59Z", "", (24, 23, 25)),
        ("2026-11-24T12:00:00Z", "", (24, 24, 25)),
        ("2026-11-24T09:59:59Z", "", (24, 23, 24)),
        ("2026-11-24T23:00:00Z", "Europe/Berlin", (25, 25, 25)),
        ("2026-11-25T00:30:00+01:00", "UTC", (24, 24, 24)),
        ("2026-11-24T03:00:00Z", "America/New_York", (23, 23, 23)),
    ],
)
def test_what_day_it_is(now: str, zone: str, days: tuple[int, int, int]) -> None:
    assert today(now, zone) == Today(*(date(2026, 11, day) for day in days))


def test_when_a_day_has_ended() -> None:
    day = date(2026, 10, 24)
    assert end_of(day) == datetime(2026, 10, 25, 12, tzinfo=UTC)
    assert end_of(day, "Europe/Berlin") == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert end_of(date(2026, 10, 25), "Europe/Berlin") == datetime(
        2026, 10, 25, 23, tzinfo=UTC
    )  # summer time ended


@pytest.mark.parametrize("now", ["9999-12-31", "9000-01-01", "9000-01-01T00:00:00Z"])
@pytest.mark.parametrize("ask", [today, clock])
def test_the_calendar_has_an_end(now: str, ask: Callable[[str], object]) -> None:
    """Two weeks more, or the last hours of a deadline, would be no day."""
    with pytest.raises(UsageError, match="near the end of the calendar") as caught:
        ask(now)
    assert caught.value.help == "name a day before 9000-01-01"
    assert ask("8999-12-31")
    assert ask("0001-01-01")


@pytest.mark.parametrize("now", ["yesterday", "2026-02-30", "2026-11-24T12:00:00", "24.11.2026"])
def test_what_is_not_a_day(now: str) -> None:
    with pytest.raises(UsageError, match="is not a day"):
        today(now)
