"""Times as traces write them."""

from __future__ import annotations

from datetime import UTC, datetime

_NANOSECONDS = 10**9


def nanoseconds(text: object) -> int:
    """An ISO time as nanoseconds since 1970; 0 for anything else.

    LangSmith writes UTC without an offset in older exports; no other format leaves it out.
    """
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * _NANOSECONDS + moment.microsecond * 1000
