"""Rows as counts without an object for each row: what is asked of each is asked of a column.

A million rows took four times as long as decoding them when each was looked at by itself. Only what
is plain is counted here: `rows` reads the others, and says which of them cannot be.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import compress
from typing import Any, NamedTuple

from pmlint.project.amounts import STEP
from pmlint.runs.counts import CountTable, kind_of_run
from pmlint.runs.rows import KNOWN_OUTCOMES, is_whole

OPTIONAL = ("ended", "autonomy")
"""The columns that count beside those that are required."""
_MINUTE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", re.ASCII)
_SECOND = re.compile(r":([0-5]\d)(?:\.\d{3})?(?:Z|\+00:00)", re.ASCII)
_MOST = 100_000
"""So many texts are remembered, such as the minutes of two months."""


_Kind = tuple[str, str, str, bool, bool]
"""Route, autonomy, outcome, and whether a row was rescued or corrected."""


class RowTimes(NamedTuple):
    """How many rows were read, how many of them are after now, and their first and last second."""

    rows: int
    later: int
    first: int
    last: int


class ColumnTally:
    """The rows of one file up to the second ``now``, as steps of each kind of run."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._minutes = _Remembered(_minute)
        self._seconds = _Remembered(_second)
        self._steps: defaultdict[_Kind, array[int]] = defaultdict(lambda: array("i"))

    def take(self, columns: Sequence[Sequence[Any]]) -> RowTimes | None:
        """Count rows by their columns of `rows.REQUIRED` and `OPTIONAL`. None, and nothing counted,
        where one of them is not plain.
        """
        run, route, started, outcome, rescues, corrections, approvals, ended, autonomy = columns
        try:
            _check(all(run) and KNOWN_OUTCOMES.issuperset(outcome))
            rescued, corrected, _ = map(_are_above_zero, (rescues, corrections, approvals))
            routes, ends, autonomies = map(_texts, (route, ended, autonomy))
            seconds = self._times(started)
            if any(ends):
                seconds = self._times(
                    [end or start for end, start in zip(ends, started, strict=True)]
                )
        except (TypeError, ValueError):
            return None
        kinds: Iterable[_Kind] = zip(routes, autonomies, outcome, rescued, corrected, strict=True)
        first, last, later = min(seconds), max(seconds), 0
        if last > self._now:
            are_counted = [at <= self._now for at in seconds]
            later = are_counted.count(False)
            kinds, seconds = compress(kinds, are_counted), [*compress(seconds, are_counted)]
        steps = self._steps
        for kind, at in zip(kinds, seconds, strict=True):
            steps[kind].append(at // STEP)
        return RowTimes(len(run), later, first, last)

    def add_to(self, table: CountTable) -> None:
        """Add what was counted to those of all files."""
        for (route, *kind), steps in self._steps.items():
            counted = Counter(steps)
            table.count_steps(route, kind_of_run(*kind), [*counted], [*counted.values()])

    def _times(self, texts: Sequence[Any]) -> list[int]:
        """Times in UTC as seconds since 1970; raises `ValueError` or `TypeError` for others."""
        minutes, seconds = self._minutes, self._seconds
        return [minutes[text[:16]] + seconds[text[16:]] for text in texts]


class _Remembered(dict[str, int]):
    """What texts mean that come again and again."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        if len(self) >= _MOST:
            self.clear()
        self[text] = found = self._read(text)
        return found


def _minute(text: str) -> int:
    """A time up to its minutes, as seconds since 1970."""
    _check(_MINUTE.fullmatch(text) is not None)
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp())


def _second(text: str) -> int:
    """The seconds of a time, whose zone is UTC; fractions are cut off, as in all times."""
    match = _SECOND.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' are not plain seconds")
    return int(match[1])


def _are_above_zero(column: Sequence[Any]) -> list[bool]:
    """Whether each count of a column is above 0; raises `ValueError` for others."""
    types = set(map(type, column))
    if types == {int}:  # as JSON has them; CSV has texts
        _check(min(column) >= 0)
        return [number > 0 for number in column]
    texts = set(_texts(column))
    _check(all(map(is_whole, texts)))
    above = {text: int(text) > 0 for text in texts}
    return [above[text] for text in column]


def _texts(column: Sequence[Any]) -> Sequence[str]:
    """A column of texts, empty where it has none; raises `ValueError` for other values."""
    types = set(map(type, column))
    _check(types <= {str, type(None)})
    return column if types == {str} else [text or "" for text in column]


def _check(is_plain: bool) -> None:
    if not is_plain:
        raise ValueError("rows that have to be looked at one by one")
