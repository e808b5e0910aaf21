"""How a value moves from base to merge result, by the comparison that its row names
(`schema/transitions.yaml`, ``by``).

1. A placeholder is nothing: to fill one in only adds, to write one over a value removes it.
2. What cannot be compared counts as the end that loosens; no doubt is ever in favour of a change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time
from fnmatch import fnmatchcase

from pmlint.gate.naming import lost_names, names_of, same_words
from pmlint.gate.transitions import RowDirection, TransitionRow, scalar
from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.saying import placeholders
from pmlint.project.holds import same

Compare = Callable[[object, object, TransitionRow], RowDirection | None]
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_QUANTITY = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*(%|[A-Za-z]+)?", re.ASCII)
_UNITS: Mapping[str, float] = {
    **{"": 1, "%": 0.01},
    **{"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800},
}


def is_same(before: object, after: object) -> bool:
    """Whether two values are equal and of one type, at every depth: ``True == 1`` in Python, and a
    flag that becomes a number is another value.
    """
    if type(before) is not type(after) or before != after:
        return False
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(is_same(item, after[name]) for name, item in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return all(map(is_same, before, after))
    return True


def is_absent(value: object) -> bool:
    """Whether a value says nothing: null, a placeholder, ``{unknown}`` without bounds,
    ``{suggested}``, ``{missing}``.
    """
    if value is None:
        return True
    if isinstance(value, str):
        return next(placeholders(value), None) is not None
    if isinstance(value, Mapping):
        if "suggested" in value or "missing" in value:
            return True
        return "unknown" in value and not {"not_before", "not_after"} & value.keys()
    return False


def direction(
    row: TransitionRow, before: object, after: object, ranks: Mapping[str, int]
) -> RowDirection | None:
    """How a value moves; None where it stays. ``ranks`` is the order that ``row.by`` names."""
    if "true" in ranks and is_absent(before) and not is_absent(after):
        before = False  # a condition without 'met' is not met, and 'met: true' raises it
    if is_absent(before):
        return None if is_absent(after) else "added"
    if is_absent(after):
        return "removed"
    if ranks:
        return _by_rank(row, before, after, ranks)
    return _COMPARISONS.get(row.by, _by_equality)(before, after, row)


def loosening_end(row: TransitionRow) -> RowDirection:
    """The direction that a value counts as where nobody can compare it."""
    for end in ("raised", "lowered", "changed", "removed"):
        if end in row.loosens:
            return end
    return "changed"


def _by_rank(
    row: TransitionRow, before: object, after: object, ranks: Mapping[str, int]
) -> RowDirection | None:
    if is_same(before, after):
        return None
    old, new = ranks.get(scalar(before)), ranks.get(scalar(after))
    if isinstance(after, str) and "true" in ranks:
        new = None  # the text "true" is not the truth value
    if new is None:
        return loosening_end(row)
    if old is None:
        return "lowered" if loosening_end(row) == "raised" else "raised"
    if new == old:
        return "changed"
    return "raised" if new > old else "lowered"


def _by_equality(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    return None if is_same(before, after) else "changed"


def _by_person(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    """Forges compare handles without case, and so does who is eligible (docs/spec/gate.md, 4)."""
    if isinstance(before, str) and isinstance(after, str):
        return None if same(before, after) else "changed"
    return _by_equality(before, after, row)


def _by_number(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    old, new = quantity(before), quantity(after)
    if is_same(before, after):
        return None
    if new is None:
        return loosening_end(row)
    if old is None:
        return "lowered" if loosening_end(row) == "raised" else "raised"
    if new == old:
        return None
    return "raised" if new > old else "lowered"


def quantity(value: object) -> float | None:
    """A number, or a duration or share by its length; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return None if value != value else float(value)  # nan is in no order
    match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    unit = _UNITS.get(match[2] or "") if match else None
    if match is None or unit is None:
        return None
    return float(match[1].replace(",", ".")) * unit


def _by_date(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    if before == after:
        return None
    old, new = parse_date(scalar(before)), parse_date(scalar(after))
    if new is None:
        return loosening_end(row)
    if old is None:
        return "lowered" if loosening_end(row) == "raised" else "raised"
    return "raised" if new > old else "lowered"


def _by_moment(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    if before == after:
        return None
    old, new = bounds(before), bounds(after)
    if old is None or new is None:
        return "changed"
    return None if old[0] <= new[0] and new[1] <= old[1] else "changed"


def bounds(value: object) -> tuple[datetime, datetime] | None:
    """The earliest and the latest moment that a value allows, in UTC; None where it is neither a
    moment, a day nor an unknown one with bounds.
    """
    if isinstance(value, Mapping):
        if not {"not_before", "not_after"} & value.keys():
            return None
        first = bounds(value["not_before"]) if value.get("not_before") else (_EARLIEST, _LATEST)
        last = bounds(value["not_after"]) if value.get("not_after") else (_EARLIEST, _LATEST)
        return (first[0], last[1]) if first and last else None
    if moment := parse_moment(value):
        return moment.astimezone(UTC), moment.astimezone(UTC)
    if day := parse_date(value):
        return datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)
    return None


def _by_names(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    return "removed" if lost_names(before, after) else None


def _by_demand(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    if names_of(before):
        return _by_names(before, after, row)
    return _by_text(before, after, row)


def _by_text(before: object, after: object, row: TransitionRow) -> RowDirection | None:
    return None if same_words(before, after) else "changed"


_COMPARISONS: Mapping[str, Compare] = {
    "person": _by_person,
    "number": _by_number,
    "date": _by_date,
    "moment": _by_moment,
    "names": _by_names,
    "demand": _by_demand,
    "text": _by_text,
}


def lost_and_gained(
    before: list[object], after: list[object], by: str
) -> tuple[list[object], list[object]]:
    """What a list of names loses and gains: without order, case folded; ``tools`` also by patterns
    that cover what they match.
    """
    if by == "tools":
        return (
            [item for item in before if not covers(after, item)],
            [item for item in after if not covers(before, item)],
        )
    before, after = ([item for item in side if not is_absent(item)] for side in (before, after))
    old, new = {_folded(item) for item in before}, {_folded(item) for item in after}
    return (
        [item for item in before if _folded(item) not in new],
        [item for item in after if _folded(item) not in old],
    )


def covers(tools: Iterable[object], tool: object) -> bool:
    """Whether one of the tools, or one of their patterns, allows a tool."""
    wanted = _folded(tool)
    return any(
        wanted == pattern or ("*" not in wanted and fnmatchcase(wanted, pattern))
        for pattern in map(_folded, tools)
    )


def _folded(item: object) -> str:
    return item.strip().casefold() if isinstance(item, str) else repr(item)
