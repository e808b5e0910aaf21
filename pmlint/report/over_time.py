"""Charts over time: how long damage went on, and, from git's history, how much stayed open.

Geometry is in units of the picture, ``WIDTH`` by ``HEIGHT``; each chart comes with its figures as
rows, because a picture alone says nothing to a screen reader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median, quantiles
from typing import NamedTuple

from pmlint.report.figures import ReportData, quarter_of
from pmlint.report.history import HistoryDay
from pmlint.report.lanes import TICKS, WIDTH, position
from pmlint.report.words import between, duration, says_something
from pmlint.tables.collect import TableRow

HEIGHT = 220
_EDGE = 8
"""Units that are kept free at each side, so that no dot is cut off."""
MOST_DOTS = 1000
"""Above it percentiles by month: 5,000 dots with titles made the index 632 kB
(docs/spec/report.md, *Gap over time*).
"""
_FEWEST = 2
"""`statistics.quantiles` needs two values."""


class Dot(NamedTuple):
    """An incident whose gap is known."""

    x: float
    y: float
    words: str


class GapRange(NamedTuple):
    """A vertical line from ``y1`` down to ``y2``: a gap that is known in part, or a month."""

    x: float
    y1: float
    y2: float
    words: str


class PeriodLine(NamedTuple):
    """A quarter or month with the figures of its known gaps, and where its median is drawn."""

    name: str
    known: int
    figures: tuple[str, ...]
    x1: float
    x2: float
    y: float


class GapChart(NamedTuple):
    """The gap from first warning to containment over time. ``heads`` name the figures of
    ``lines``.
    """

    dots: tuple[Dot, ...]
    spans: tuple[GapRange, ...]
    lines: tuple[PeriodLine, ...]
    heads: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    dates: tuple[tuple[float, str], ...]
    limit: float
    known: int
    bounded: int
    unknown: int
    height: int
    is_by_month: bool


class HistoryChart(NamedTuple):
    """One figure over time: its name, the line's points, and its first, highest and last value."""

    name: str
    points: str
    first: str
    highest: str
    last: str
    dates: tuple[tuple[float, str], ...]
    height: int


class _Incident(NamedTuple):
    postmortem: str
    day: date
    exactly: int | None
    least: int | None
    most: int | None


class _Scale(NamedTuple):
    """Days to units from left to right."""

    first: date
    days: int

    def x(self, day: date) -> float:
        part = (day - self.first).days / self.days if self.days else 0.5
        return round(_EDGE + (WIDTH - 2 * _EDGE) * part, 1)

    def dates(self) -> tuple[tuple[float, str], ...]:
        """The first and the last day, as labels below the chart."""
        last = date.fromordinal(self.first.toordinal() + self.days)
        ends = dict.fromkeys((self.first, last))
        return tuple((self.x(day), day.isoformat()) for day in ends)


def gap_chart(data: ReportData, limit: int) -> GapChart | None:
    """The chart of all incidents whose review has a day; None where there is none."""
    opened = {review["postmortem"]: review["opened"] for review in data.rows["postmortems"]}
    incidents = [
        _incident(gap, opened[gap["postmortem"]])
        for gap in data.rows["gaps"]
        if opened.get(gap["postmortem"])
    ]
    if not incidents:
        return None
    scale = _scale(one.day for one in incidents)
    known = [one for one in incidents if one.exactly is not None]
    bounded = [
        one for one in incidents if one.exactly is None and says_something(one.least, one.most)
    ]
    is_crowded = len(known) + len(bounded) > MOST_DOTS
    spans = _months(known, scale) if is_crowded else [_span(one, scale) for one in bounded]
    return GapChart(
        dots=() if is_crowded else tuple(_dot(one, scale) for one in known),
        spans=tuple(spans),
        lines=tuple(_lines(known, scale, by_month=is_crowded)),
        heads=("10th percentile", "Median", "90th percentile") if is_crowded else ("Median",),
        ticks=tuple((_y(seconds), label) for seconds, label in TICKS),
        dates=scale.dates(),
        limit=_y(limit),
        known=len(known),
        bounded=len(bounded),
        unknown=len(incidents) - len(known) - len(bounded),
        height=HEIGHT,
        is_by_month=is_crowded,
    )


def history_charts(days: Sequence[HistoryDay]) -> list[HistoryChart]:
    """Open actions, held routes and the share of weak answers at the end of each day."""
    if not days:
        return []
    series = (
        ("Open actions", [float(one.open_actions) for one in days], ""),
        ("Held routes", [float(one.held_routes) for one in days], ""),
        ("Share of weaker answers", [one.weak_share * 100 for one in days], " %"),
    )
    scale = _scale(one.day for one in days)
    return [_history(name, days, values, unit, scale) for name, values, unit in series]


def _history(
    name: str, days: Sequence[HistoryDay], values: list[float], unit: str, scale: _Scale
) -> HistoryChart:
    top, height = max(values), HEIGHT // 3
    points = [
        f"{scale.x(one.day)},{round(height - _EDGE - (height - 2 * _EDGE) * value / (top or 1), 1)}"
        for one, value in zip(days, values, strict=True)
    ]
    first, highest, last = (f"{round(value)}{unit}" for value in (values[0], top, values[-1]))
    return HistoryChart(name, " ".join(points), first, highest, last, scale.dates(), height)


def _incident(gap: TableRow, day: date) -> _Incident:
    name = "warning_to_containment"
    return _Incident(gap["postmortem"], day, gap[name], gap[f"{name}_min"], gap[f"{name}_max"])


def _scale(days: Iterable[date]) -> _Scale:
    found = sorted(days)
    return _Scale(found[0], (found[-1] - found[0]).days)


def _y(seconds: float) -> float:
    """Short gaps below, long ones above, on the logarithm that the lanes use."""
    return round(HEIGHT - _EDGE - position(seconds) / WIDTH * (HEIGHT - 2 * _EDGE), 1)


def _dot(one: _Incident, scale: _Scale) -> Dot:
    words = f"{one.postmortem}, {one.day.isoformat()}: {duration(one.exactly)}"
    return Dot(scale.x(one.day), _y(one.exactly or 0), words)


def _span(one: _Incident, scale: _Scale) -> GapRange:
    top = _EDGE if one.most is None else _y(one.most)
    words = f"{one.postmortem}, {one.day.isoformat()}: {between(one.least, one.most)}"
    # A bound a second wide would not be seen.
    bottom = max(_y(one.least or 0), top + 2)
    return GapRange(scale.x(one.day), top, bottom, words)


def _months(known: list[_Incident], scale: _Scale) -> list[GapRange]:
    """The 10th to the 90th percentile of each month."""
    found = []
    for name, ones in _grouped(known, by_month=True).items():
        low, _, high = _percentiles(ones)
        x = scale.x(ones[len(ones) // 2].day)
        words = f"{name}: 10th to 90th percentile {duration(low)} to {duration(high)}"
        found.append(GapRange(x, _y(high), max(_y(low), _y(high) + 2), words))
    return found


def _lines(known: list[_Incident], scale: _Scale, *, by_month: bool) -> Iterable[PeriodLine]:
    for name, ones in _grouped(known, by_month=by_month).items():
        low, middle, high = _percentiles(ones)
        shown = (low, middle, high) if by_month else (middle,)
        left, right = scale.x(ones[0].day), scale.x(ones[-1].day)
        figures = tuple(map(duration, shown))
        yield PeriodLine(name, len(ones), figures, left - _EDGE / 2, right + _EDGE / 2, _y(middle))


def _grouped(known: list[_Incident], *, by_month: bool) -> dict[str, list[_Incident]]:
    found: dict[str, list[_Incident]] = defaultdict(list)
    for one in sorted(known, key=lambda one: (one.day, one.postmortem)):
        found[f"{one.day:%Y-%m}" if by_month else quarter_of(one.day)].append(one)
    return dict(found)


def _percentiles(ones: list[_Incident]) -> tuple[int, int, int]:
    """The 10th, 50th and 90th percentile of known gaps, in seconds."""
    gaps = [one.exactly or 0 for one in ones]
    middle = int(median(gaps))
    if len(gaps) < _FEWEST:
        return middle, middle, middle
    tenths = quantiles(gaps, n=10, method="inclusive")
    return int(tenths[0]), middle, int(tenths[-1])
