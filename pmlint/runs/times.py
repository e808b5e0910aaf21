"""Times as traces write them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite

_NANOSECONDS = 10**9
_UNITS = ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3))
"""Below which number a time is in a unit of so many nanoseconds."""


def nanoseconds(text: object) -> int:
    """An ISO time as nanoseconds since 1970; 0 for anything else.

    LangSmith writes UTC without an offset in older exports, and Langfuse into its bucket; no other
    format leaves it out.
    """
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * _NANOSECONDS + moment.microsecond * 1000


def moment(value: object) -> int:
    """A time as a data frame writes it, as nanoseconds since 1970: ISO, or a number of any unit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return nanoseconds(value)
    # By size: seconds of this century have ten digits, and each unit has three more.
    unit = next((unit for most, unit in _UNITS if value < most), 1)
    return int(value) * unit
