"""Values of files of other platforms, as JSON prints them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pmlint.parsing.values import MISSING, Ambiguous, as_json


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("2.5"), 2.5),
        (Decimal("1E+3"), 1000.0),
        (Decimal("0.1000000000000000055"), "0.1000000000000000055"),
        (Decimal("1E+400"), "1E+400"),
        (Decimal("NaN"), "NaN"),
        (float("inf"), "inf"),
        (10**30, 10**30),
        (True, True),
        (None, None),
        (MISSING, None),
        (Ambiguous("off", "readers differ"), "off"),
        (date(2026, 11, 29), "2026-11-29"),
        (datetime(2026, 11, 29, 10, tzinfo=UTC), "2026-11-29T10:00:00+00:00"),
        (b"raw", "b'raw'"),
        ({1: (Decimal("0.5"), Ambiguous("y", "readers differ"))}, {"1": [0.5, "y"]}),
    ],
)
def test_as_json(value: object, expected: object) -> None:
    found = as_json(value)
    assert (type(found), found) == (type(expected), expected)
    assert json.loads(json.dumps(found, allow_nan=False)) == expected
