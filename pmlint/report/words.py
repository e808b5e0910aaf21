"""Figures in words: never "0" for "unknown", durations in two units at most."""

from __future__ import annotations

from datetime import date

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


def duration(seconds: int | None) -> str:
    """``1 d 4 h``; ``unknown`` where there is none."""
    if seconds is None:
        return "unknown"
    left, parts = abs(seconds), list[str]()
    for unit, size in _UNITS:
        if left >= size or (unit == "s" and not parts):
            parts.append(f"{left // size} {unit}")
            left %= size
        if len(parts) == 2 or (parts and left < 1):
            break
    return ("-" if seconds < 0 else "") + " ".join(parts)


def between(least: int | None, most: int | None) -> str:
    """A gap that is known in part: exactly, at least, at most, or not at all."""
    # "At least 0 s" is what is known of every gap.
    if not least and most is None:
        return "unknown"
    if least == most:
        return duration(least)
    if most is None:
        return f"at least {duration(least)}"
    if not least:
        return f"at most {duration(most)}"
    return f"{duration(least)} to {duration(most)}"


def late(deadline: date | None, today: date) -> str:
    """How late a deadline is; when it ends, where it is not late."""
    if deadline is None:
        return "no deadline"
    days = (today - deadline).days
    if days > 0:
        return f"{deadline.isoformat()}, {days} day{'s' if days != 1 else ''} late"
    return deadline.isoformat()
