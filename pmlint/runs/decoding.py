"""JSON as it is in the world, by orjson where the extra `traces` is installed."""

from __future__ import annotations

import json
import re
from typing import Any

try:
    import orjson
except ModuleNotFoundError:  # without the extra `traces`
    orjson = None  # type: ignore[assignment]


_HALVES = re.compile("[\ud800-\udfff]")


def json_of(data: bytes | str) -> Any:
    """JSON, None for what is none; half of a surrogate pair becomes U+FFFD. orjson takes half the
    time; it refuses NaN and such halves, which are in the world, so what it refuses is read again.
    """
    if orjson is not None:
        try:
            return orjson.loads(data)
        except ValueError:
            pass
    try:
        found = json.loads(data)
        return _without_halves(found) if _may_have_halves(data) else found
    except (ValueError, RecursionError):
        return None


def json_or_none(data: bytes) -> Any:
    """JSON by the decoder that `json_of` asks first; None for what that refuses or would mend."""
    try:
        if orjson is not None:
            return orjson.loads(data)
        return None if _may_have_halves(data) else json.loads(data)
    except (ValueError, RecursionError):
        return None


def _may_have_halves(data: bytes | str) -> bool:
    """Whether a text can have half of a surrogate pair: as an escape, or as bytes of its own."""
    if isinstance(data, str):
        return "\\ud" in data.lower()
    return b"\\ud" in data.lower() or b"\xed" in data


def _without_halves(value: Any) -> Any:
    """Values without half of a surrogate pair, which no file and no terminal can be written with:
    a text that was cut between the two halves of an emoji has one.
    """
    if isinstance(value, str):
        return _HALVES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_halves(one) for one in value]
    if isinstance(value, dict):
        return {_without_halves(name): _without_halves(one) for name, one in value.items()}
    return value
