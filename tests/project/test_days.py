"""A day ends in the team's zone, or when it has ended everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pmlint.errors import UsageError
from pmlint.project.days import Today, end_of, today


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


@pytest.mark.parametrize("now", ["yesterday", "2026-02-30", "2026-11-24T12:00:00", "24.11.2026"])
def test_what_is_not_a_day(now: str) -> None:
    with pytest.raises(UsageError, match="is not a day"):
        today(now)
