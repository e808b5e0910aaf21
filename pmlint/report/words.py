"""Figures in words: never "0" for "unknown", durations in two units at most."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pmlint.tables.collect import TableRow

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_UNITS = (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", 1))
_SIZES = tuple(size for _, size in _UNITS)


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
    """A gap that is known in part: at least, at most, or not at all. What is at least is rounded
    down and what is at most up, so that the words are true.
    """
    if not says_something(least, most):
        return "unknown"
    if most is None:
        return f"at least {_rounded(least or 0, up=False)}"
    # The day after lasts from 1 s to 2 d: only the end says something.
    if not least or (least < _MINUTE and most >= _HOUR):
        return f"at most {_rounded(most, up=True)}"
    return f"{_rounded(least, up=False)} to {_rounded(most, up=True)}"


def says_something(least: int | None, most: int | None) -> bool:
    """Whether a gap is known in part: each gap is "at least 0 s", and a day later at least 1 s."""
    return most is not None or (least or 0) >= _MINUTE


def gap_words(gap: TableRow) -> str:
    """From first warning to containment, in words; ``gap`` is a row of the table of gaps."""
    name = "warning_to_containment"
    if gap[name] is not None:
        return duration(gap[name])
    return between(gap[f"{name}_min"], gap[f"{name}_max"])


def _rounded(seconds: int, *, up: bool) -> str:
    """A duration in its largest unit and the one below it."""
    step = next((below for size, below in pairwise(_SIZES) if seconds >= size), 1)
    return duration(-(-seconds // step) * step if up else seconds // step * step)


def late(deadline: date | None, today: date) -> str:
    """How late a deadline is; when it ends, where it is not late."""
    if deadline is None:
        return "no deadline"
    days = (today - deadline).days
    if days > 0:
        return f"{deadline.isoformat()}, {days} day{'s' if days != 1 else ''} late"
    return deadline.isoformat()
