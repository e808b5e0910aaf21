"""JSON as it is in the world, by orjson where the extra `traces` is installed."""

from __future__ import annotations

import json
from typing import Any

try:
    import orjson
except ModuleNotFoundError:  # without the extra `traces`
    orjson = None  # type: ignore[assignment]


def json_of(data: bytes | str) -> Any:
    """JSON, None for what is none. orjson takes half the time; it refuses NaN and half surrogate
    pairs, which are in the world, so what it refuses is read again.
    """
    if orjson is not None:
        try:
            return orjson.loads(data)
        except ValueError:
            pass
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
