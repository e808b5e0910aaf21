"""An incident as a lane: its clocks on an axis of powers of time, from the first that is known.

Geometry is in units of the picture (`WIDTH` wide); what is known in part is a hatched stretch from
its earliest to its latest, what is not known at all has no mark, and the words say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from math import log
from typing import NamedTuple

from pmlint.report.figures import ReportData
from pmlint.report.words import gap_words
from pmlint.tables.cells import moment_text
from pmlint.tables.collect import TableRow
from pmlint.tables.postmortem_rows import CLOCKS

WIDTH = 600
_MOST = 90 * 86_400
"""Seconds at the right end; what took longer ends there, and its figure says how long."""
TICKS = ((60, "1 min"), (3600, "1 h"), (86_400, "1 d"), (604_800, "1 w"), (2_592_000, "30 d"))
_PHASES = {
    ("route_start", "first_warning"): "early",
    ("first_warning", "first_impact"): "warned",
    ("first_impact", "containment"): "harm",
    ("containment", "restart"): "after",
}


class Stretch(NamedTuple):
    """A part of a lane, from ``x`` on: a phase between two clocks, or a clock within its bounds.
    ``opens`` names the sides of a bound that nobody knows.
    """

    x: float
    width: float
    kind: str
    words: str
    opens: tuple[str, ...] = ()


class Mark(NamedTuple):
    """A moment that is known: of a clock, or of the timeline."""

    x: float
    words: str


class Lane(NamedTuple):
    """One incident: its phases, its bounds, its marks, and the gap that it is ordered by. ``rings``
    are the known moments of the timeline, where no clock is known.
    """

    postmortem: str
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    rings: tuple[Mark, ...]
    gap: str
    is_slow: bool
    words: str


def position(seconds: float) -> float:
    """Where a time lies: the logarithm of its minutes, so that a minute and a month both show."""
    inside = min(max(seconds, 0), _MOST)
    return round(WIDTH * log(1 + inside / 60) / log(1 + _MOST / 60), 1)


def lanes(data: ReportData, limit: int) -> list[Lane]:
    """A lane for each incident, the slowest first and what is not known last. ``limit`` is in
    seconds, from first warning to containment.
    """
    clocks: dict[str, dict[str, TableRow]] = {}
    for clock in data.rows["clocks"]:
        clocks.setdefault(clock["postmortem"], {})[clock["clock"]] = clock
    events: dict[str, list[TableRow]] = {}
    for event in data.rows["timeline"]:
        if event["moment"]:
            events.setdefault(event["postmortem"], []).append(event)
    found = []
    for gap in data.rows["gaps"]:
        id = gap["postmortem"]
        found.append((_order(gap), _lane(clocks.get(id, {}), events.get(id, []), gap, limit)))
    return [lane for _, lane in sorted(found, key=lambda one: (one[0], one[1].postmortem))]


def _lane(clocks: dict[str, TableRow], events: list[TableRow], gap: TableRow, limit: int) -> Lane:
    known = [at for clock in clocks.values() for at in (clock["earliest"], clock["latest"]) if at]
    least, words = gap["warning_to_containment_min"], gap_words(gap)
    slow = least is not None and least > limit
    # An empty lane would read as "took no time".
    if not known:
        reasons = dict.fromkeys(clock["unknown"] for clock in clocks.values() if clock["unknown"])
        why = "; ".join(["no clock is known", *reasons])
        return Lane(gap["postmortem"], (), (), _rings(events), words, slow, why)
    zero = min(known)
    stretches = [*_phases(clocks, zero), *_bounds(clocks, zero)]
    marks = tuple(
        Mark(_x(clock["moment"], zero), f"{_name(name)} {_shown(clock['moment'])}")
        for name, clock in clocks.items()
        if clock["moment"]
    )
    described = "; ".join(_described(name, clock) for name, clock in clocks.items())
    return Lane(gap["postmortem"], tuple(stretches), marks, (), words, slow, described)


def _rings(events: list[TableRow]) -> tuple[Mark, ...]:
    """The known moments of the timeline, from the first of them on."""
    zero = min((event["moment"] for event in events), default=None)
    return tuple(
        Mark(_x(event["moment"], zero), f"{_shown(event['moment'])}: {event['event'] or ''}")
        for event in events
        if zero is not None
    )


def _phases(clocks: dict[str, TableRow], zero: datetime) -> Iterable[Stretch]:
    """The time between two clocks that are known to the second, in the order of the clocks. Where
    one between them is not known, nobody can say which phases it was.
    """
    known = [(name, at) for name in CLOCKS if (at := _moment(clocks, name)) is not None]
    for (first, start), (second, end) in pairwise(known):
        if end > start:
            left, right = _x(start, zero), _x(end, zero)
            kind = _PHASES.get((first, second), "unsure")
            yield Stretch(left, max(right - left, 1), kind, f"{_name(first)} to {_name(second)}")


def _bounds(clocks: dict[str, TableRow], zero: datetime) -> Iterable[Stretch]:
    for name, clock in clocks.items():
        early, late = clock["earliest"], clock["latest"]
        if clock["moment"] or not (early or late):
            continue
        left = _x(early, zero) if early else 0.0
        right = _x(late, zero) if late else float(WIDTH)
        opens = tuple(side for side, at in (("left", early), ("right", late)) if at is None)
        yield Stretch(left, max(right - left, 2), "bound", _described(name, clock), opens)


def _described(name: str, clock: TableRow) -> str:
    if clock["moment"]:
        return f"{_name(name)} {_shown(clock['moment'])}"
    early, late = clock["not_before"], clock["not_after"]
    if early or late:
        parts = [f"not before {early}" if early else "", f"not after {late}" if late else ""]
        return f"{_name(name)} {', '.join(filter(None, parts))}"
    return f"{_name(name)} unknown" if clock["unknown"] else f"{_name(name)} not set"


def _moment(clocks: dict[str, TableRow], name: str) -> datetime | None:
    found: datetime | None = clocks[name]["moment"] if name in clocks else None
    return found


def _order(gap: TableRow) -> tuple[int, int]:
    """The slowest first, by what is sure; then what is only bounded above; then the unknown."""
    least, most = gap["warning_to_containment_min"], gap["warning_to_containment_max"]
    # "At least 0 s" is what is known of every gap.
    if least:
        return 0, -least
    return (2, 0) if most is None else (1, -most)


def _x(at: datetime, zero: datetime) -> float:
    return position((at - zero).total_seconds())


def _name(clock: str) -> str:
    return clock.replace("_", " ")


def _shown(at: datetime) -> str:
    return moment_text(at).replace("T", " ")


def scale() -> Sequence[tuple[float, str]]:
    """The labelled lines of the axis."""
    return [(position(seconds), label) for seconds, label in TICKS]
