"""Moments by RFC 3339 in full, and what bounds say of two clocks: never more than what is true
wherever the author sat.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlint.model.dates import (
    Distance,
    Interval,
    distance,
    duration_seconds,
    gap,
    is_before,
    is_longer,
    of_day,
    parse_date,
    parse_interval,
    parse_moment,
)
from pmlint.model.gaps import minutes_at_least, minutes_at_most, minutes_between

MOMENTS = (
    "2026-10-02T08:41:00.5Z 2026-10-02T08:41:00.123456Z 2026-10-02T08:41:00.123456789Z 2026-10-02T08:41:00.1234567Z 2026-10-02t08:41:00z "
    "2026-10-02T08:41:00+00:00 2026-10-02T08:41:00-00:00 2026-10-02T22:41:00+14:00 2026-10-02T08:41:00+23:59 2026-10-02T08:41:00-23:59 "
    "2016-12-31T23:59:60Z 2017-01-01T00:59:60+01:00 2016-12-31T18:59:60-05:00 2026-02-28T23:59:60Z 2024-02-29T23:59:60.9Z"
).split()
NONE = (
    "2026-10-02T08:41:60Z 2026-10-02T24:00:00Z 2026-10-02T08:41:00+24:00 2026-10-02T08:41:00+05:60 2026-10-02T08:41:00+0000 2026-10-02T08:41:00 "
    "2026-10-02T08:41Z 2026-02-30T08:41:00Z 2026-10-02T08:41:00,5Z 20261002T084100Z 2026-10-02T08:41:00.Z 2026-10-02T08:41:61Z 2026-10-02T23:59:60Z "
    "2024-02-28T23:59:60Z 2026-10-02T08:60:00Z 0001-01-01T00:00:00+01:00 9999-12-31T23:59:60Z 2026-10-02T08:41:00+00 2026-10-02T08:41:00z0"
).split()


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment(text: str) -> None:
    moment = parse_moment(text)
    assert moment is not None
    assert moment.microsecond == 0
    assert moment.utcoffset() is not None


@pytest.mark.parametrize(
    "text",
    [*NONE, "2026-10-02 08:41:00Z", "2026-10-02T08:41:00Z\n", "٢٠٢٦-10-02T08:41:00Z", 1, None],
)
def test_not_a_moment(text: object) -> None:
    assert parse_moment(text) is None


def test_a_leap_second_is_the_next_second_and_a_fraction_is_cut_off() -> None:
    assert (
        parse_moment("2016-12-31T23:59:60Z")
        == parse_moment("2017-01-01T00:00:00.999Z")
        == datetime(2017, 1, 1, tzinfo=UTC)
    )


VECTORS: list[tuple[Any, Any, str, Distance, str]] = [
    ("2026-02-26T22:10:00Z", "2026-02-26T23:40:00Z", "not", Distance(5400, 5400), "surely"),
    ("2026-02-26", "2026-02-27", "not", Distance(1, 172_799), "possibly"),
    ("2026-02-26", "2026-02-28T20:00:00Z", "not", Distance(115_201, 295_200), "surely"),
    (
        {"unknown": "x", "not_after": "2026-02-26T23:00:00Z"},
        {"unknown": "x", "not_before": "2026-02-27T18:00:00Z"},
        "not",
        Distance(68_400, None),
        "surely",
    ),
    (
        {"unknown": "x", "not_before": "2026-02-22"},
        {"unknown": "x", "not_after": "2026-02-23T03:25:49Z"},
        "possibly",
        Distance(None, 149_149),
        "possibly",
    ),
    ("2026-02-27", "2026-02-26", "surely", Distance(None, None), "possibly"),
    ("2026-02-27", "2026-02-27T08:00:00Z", "possibly", Distance(0, 79_200), "possibly"),
    ({"unknown": "x"}, "2026-02-27T08:00:00Z", "possibly", Distance(None, None), "possibly"),
]
"""first_warning, containment, before?, gap, longer than 60 minutes? (docs/spec/tables.md)"""


@pytest.mark.parametrize(("warning", "containment", "before", "apart", "slow"), VECTORS)
def test_vector(warning: Any, containment: Any, before: str, apart: Distance, slow: str) -> None:
    first, second = parse_interval(warning), parse_interval(containment)
    assert first is not None
    assert second is not None
    assert is_before(second, first) == before
    assert gap(first, second) == apart
    assert is_longer(first, second, 3600) == slow
    least = None if apart.at_least is None else apart.at_least / 60
    most = None if apart.at_most is None else apart.at_most / 60
    assert (minutes_at_least(warning, containment), minutes_at_most(warning, containment)) == (
        least,
        most,
    )


def test_a_day_short_is_both_bounds() -> None:
    both = {"unknown": "x", "not_before": "2026-02-27", "not_after": "2026-02-27"}
    assert parse_interval("2026-02-27") == parse_interval(both) == of_day(date(2026, 2, 27))
    assert minutes_between("2026-02-27", "2026-02-27T08:00:00Z") is None


@pytest.mark.parametrize(
    "value", [None, "banana", "2026-02-30", 7, True, [], {}, {"not_before": "2026-02-27"}]
)
def test_what_says_nothing_has_no_interval(value: object) -> None:
    assert parse_interval(value) is None


def test_a_suggestion_is_neither_a_moment_nor_a_bound() -> None:
    suggested = {
        "suggested": "2026-02-27T08:00:00Z",
        "because": "x",
        "source": "y",
        "not_before": "2026-02-27",
    }
    assert parse_interval(suggested) == Interval()


def test_the_ends_of_the_calendar_have_no_bound() -> None:
    assert of_day(date(1, 1, 1)).earliest is None
    assert of_day(date(9999, 12, 31)).latest is None
    assert (
        distance(of_day(date(1, 1, 1)), of_day(date(9999, 12, 31))).at_most
        == 3_652_058 * 86_400 + 86_399
    )


START = datetime(2026, 2, 1, tzinfo=UTC)
seconds = st.integers(0, 20 * 86_400)
zones = st.integers(-12 * 4, 14 * 4).map(
    lambda quarters: timezone(timedelta(minutes=15 * quarters))
)


def seen(true: datetime, zone: timezone, randomness: random.Random, how: str) -> Any:
    """What an author in a zone may write of a time: as a moment, a day, or with one or two bounds
    of one kind.
    """

    def written(moment: datetime, is_day: bool) -> str:
        local = moment.astimezone(zone)
        return local.date().isoformat() if is_day else local.isoformat()

    if how in ("moment", "day"):
        return written(true, how == "day")
    value: dict[str, object] = {"unknown": "x"}
    is_day = how == "days"
    if randomness.random() < 0.7:
        value["not_before"] = written(
            true - timedelta(seconds=randomness.randrange(200_000)), is_day
        )
    if randomness.random() < 0.7:
        value["not_after"] = written(
            true + timedelta(seconds=randomness.randrange(200_000)), is_day
        )
    return value


HOWS = st.sampled_from(["moment", "day", "days", "moments"])


@settings(max_examples=1_000, deadline=None)
@given(seconds, seconds, zones, HOWS, HOWS, st.randoms(use_true_random=False), seconds)
def test_a_true_history_is_never_contradicted(
    one: int,
    other: int,
    zone: timezone,
    how: str,
    how_other: str,
    randomness: random.Random,
    limit: int,
) -> None:
    first, second = START + timedelta(seconds=one), START + timedelta(seconds=other)
    a, b = (
        parse_interval(seen(first, zone, randomness, how)),
        parse_interval(seen(second, zone, randomness, how_other)),
    )
    assert a is not None
    assert b is not None
    apart = distance(a, b)
    assert apart.at_least is None or apart.at_least <= other - one
    assert apart.at_most is None or apart.at_most >= other - one
    assert is_before(b, a) in (("surely", "possibly") if other < one else ("not", "possibly"))
    assert is_longer(a, b, limit) in (
        ("surely", "possibly") if other - one > limit else ("not", "possibly")
    )


def narrowed(value: Any, true: datetime, zone: timezone, randomness: random.Random) -> Any:
    """Bounds that say more of the same time, of the same kind; a missing one may be added."""
    if isinstance(value, str):
        return value
    is_day = any(isinstance(end, str) and parse_date(end) for end in value.values())
    nearer = dict(value)
    for name, sign in (("not_before", -1), ("not_after", 1)):
        if name in value or (randomness.random() < 0.5 and len(value) > 1):
            old = value.get(name)
            new = (true + sign * timedelta(seconds=randomness.randrange(100_000))).astimezone(zone)
            text = new.date().isoformat() if is_day else new.isoformat()
            if old is None or (parse(text) - parse(old)) * -sign > timedelta(0):
                nearer[name] = text
    return nearer


def parse(text: str) -> timedelta:
    day = parse_date(text)
    return timedelta(days=day.toordinal()) if day else (parse_moment(text) or START) - START


@settings(max_examples=1_000, deadline=None)
@given(seconds, seconds, zones, HOWS, HOWS, st.randoms(use_true_random=False), seconds)
def test_narrower_bounds_keep_every_sure_answer(
    one: int,
    other: int,
    zone: timezone,
    how: str,
    how_other: str,
    randomness: random.Random,
    limit: int,
) -> None:
    first, second = START + timedelta(seconds=one), START + timedelta(seconds=other)
    wide = seen(first, zone, randomness, how), seen(second, zone, randomness, how_other)
    near = narrowed(wide[0], first, zone, randomness), narrowed(wide[1], second, zone, randomness)
    (a, b), (nearer_a, nearer_b) = map(parse_interval, wide), map(parse_interval, near)
    assert a is not None
    assert b is not None
    assert nearer_a is not None
    assert nearer_b is not None
    if is_before(b, a) != "possibly":
        assert is_before(nearer_b, nearer_a) == is_before(b, a)
    if one <= other and is_longer(a, b, limit) != "possibly":  # out of order there is no gap
        assert is_longer(nearer_a, nearer_b, limit) == is_longer(a, b, limit)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("36h", 129_600), ("7d", 604_800), ("2w", 1_209_600), ("0d", 0)],
)
def test_a_duration(text: str, seconds: int) -> None:
    assert duration_seconds(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "d", "7", "-7d", "+7d", " 7d", "7 d", "7_0d", "\u0661d", "1.5h", "7D", "1000000d", "7d\n"],
)
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration such as 5m, 6h or 30d"):
        duration_seconds(text)
