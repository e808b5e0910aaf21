"""Charts over time: dots, ranges, medians; percentiles where there are many."""

from __future__ import annotations

from datetime import date, timedelta

from pmlint.report.figures import ReportData
from pmlint.report.history import HistoryDay
from pmlint.report.lanes import WIDTH
from pmlint.report.over_time import HEIGHT, MOST_DOTS, gap_chart, history_charts
from tests.report.data import entries

HOUR = 3600
FIRST = date(2026, 1, 10)


def incidents(*gaps: tuple[int | None, int | None], days_apart: int = 30) -> ReportData:
    reviews, rows = [], []
    for number, (least, most) in enumerate(gaps):
        name = f"PM-{number}"
        reviews.append({"postmortem": name, "opened": FIRST + timedelta(days_apart * number)})
        rows.append(
            {
                "postmortem": name,
                "warning_to_containment": least if least == most else None,
                "warning_to_containment_min": least,
                "warning_to_containment_max": most,
            }
        )
    return entries(postmortems=reviews, gaps=rows)


def test_what_is_known_is_a_dot_what_is_bounded_a_line_and_the_rest_is_counted() -> None:
    chart = gap_chart(
        incidents((HOUR, HOUR), (60, 2 * HOUR), (HOUR, None), (0, None), (None, None)), HOUR
    )
    assert chart is not None
    assert (chart.known, chart.bounded, chart.unknown) == (1, 2, 2)
    (dot,) = chart.dots
    assert dot.words == "PM-0, 2026-01-10: 1 h"
    assert dot.y == chart.limit, "an hour lies on the limit of an hour"
    assert [one.words for one in chart.spans] == [
        "PM-1, 2026-02-09: 1 min to 2 h",
        "PM-2, 2026-03-11: at least 1 h",
    ]
    assert chart.spans[1].y1 < chart.spans[1].y2 == chart.limit, "an open end goes to the top"
    assert chart.dates == ((8.0, "2026-01-10"), (WIDTH - 8.0, "2026-05-10"))


def test_everything_lies_in_the_picture() -> None:
    chart = gap_chart(incidents((0, 0), (10**9, 10**9), (1, None), days_apart=700), 60)
    assert chart is not None
    places = [(dot.x, dot.y) for dot in chart.dots] + [
        (one.x, y) for one in chart.spans for y in (one.y1, one.y2)
    ]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places), places


def test_medians_by_quarter() -> None:
    chart = gap_chart(incidents(*[(n * HOUR, n * HOUR) for n in (1, 3, 8, 20)]), HOUR)
    assert chart is not None
    assert chart.heads == ("Median",)
    assert [line[:3] for line in chart.lines] == [
        ("2026 Q1", 3, ("3 h",)),
        ("2026 Q2", 1, ("20 h",)),
    ]


def test_many_incidents_become_percentiles_by_month() -> None:
    many = incidents(*[(n, n) for n in range(1, MOST_DOTS + 2)], days_apart=0)
    chart = gap_chart(many, HOUR)
    assert chart is not None
    assert chart.dots == ()
    assert chart.heads == ("10th percentile", "Median", "90th percentile")
    assert [line[:3] for line in chart.lines] == [
        ("2026-01", 1001, ("1 min 41 s", "8 min 21 s", "15 min 1 s"))
    ]
    assert len(chart.spans) == 1


def test_no_review_has_no_chart_and_one_has() -> None:
    assert gap_chart(incidents(), HOUR) is None
    chart = gap_chart(incidents((60, 60)), HOUR)
    assert chart is not None
    assert chart.dates == ((WIDTH / 2, "2026-01-10"),)


def test_history_says_first_highest_and_last() -> None:
    days = [
        HistoryDay(FIRST, 2, 1, 0.5),
        HistoryDay(FIRST + timedelta(1), 5, 1, 0.25),
        HistoryDay(FIRST + timedelta(4), 0, 0, 0.0),
    ]
    charts = history_charts(days)
    assert [(one.name, one.first, one.highest, one.last) for one in charts] == [
        ("Open actions", "2", "5", "0"),
        ("Held routes", "1", "1", "0"),
        ("Share of weaker answers", "50 %", "50 %", "0 %"),
    ]
    assert charts[0].points == "8.0,42.2 154.0,8.0 592.0,65.0"
    assert history_charts([]) == []
