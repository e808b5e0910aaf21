"""The one page of a postmortem for people: six sections, gaps between the clocks, and no text that
draws.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlint.model import Postmortem
from pmlint.output.page import SECTIONS, duration, page

CLOCKS = {
    "route_start": "2026-11-14",
    "first_warning": {"unknown": "no control looked"},
    "first_impact": {"unknown": "not kept", "not_before": "2026-11-14", "not_after": "2026-11-15"},
    "containment": "2026-11-19T09:40:00Z",
    "restart": None,
}


def lines(data: dict[str, object], body: str = "") -> list[str]:
    return page(Postmortem({"id": "PM-2026-001", "title": "T", **data}, body=body)).split("\n")


def test_six_sections_in_order() -> None:
    found = [line.removeprefix("## ") for line in lines({}) if line.startswith("## ")]
    assert (
        found
        == list(SECTIONS)
        == [
            "Summary",
            "Business impact",
            "Timeline",
            "Agent path",
            "Failed controls",
            "Permanent changes",
        ]
    )


def test_clocks_show_what_is_known_and_the_gaps_between() -> None:
    shown = lines({"clocks": CLOCKS})
    begin = shown.index("| Clock | When | After the one before |")
    assert shown[begin + 2 : begin + 7] == [
        "| route start | 2026-11-14 |  |",
        "| first warning | unknown: no control looked |  |",
        "| first impact | unknown: not kept; not before 2026-11-14; not after 2026-11-15 |  |",
        "| containment | 2026-11-19T09:40:00Z | 2 days 21 h to 5 days 23 h |",
        "| restart | not yet |  |",
    ]


@pytest.mark.parametrize(
    "heading", ["## Was der Agent tat", "### 3. **Was der Agent tat**:", "## AGENT PATH"]
)
def test_a_section_may_have_the_name_that_the_team_gave_it(heading: str) -> None:
    postmortem = Postmortem(
        {"id": "PM-2026-001", "title": "T"}, body=f"{heading}\n\nIt refunded twice.\n"
    )
    shown = page(postmortem, {"agent-path": ("Weg", "Was der Agent tat")}).split("\n")
    begin = shown.index("## Agent path")
    assert shown[begin : begin + 5] == ["## Agent path", "", "No step.", "", "It refunded twice."]


def test_the_prose_of_a_section_follows_its_facts() -> None:
    shown = lines(
        {"impact": {"customers": 41}}, "## Business impact\n\nForty-one people were angry.\n"
    )
    begin = shown.index("## Business impact")
    assert shown[begin : begin + 6] == [
        "## Business impact",
        "",
        "- Customers: 41",
        "- Cost: not recorded",
        "",
        "Forty-one people were angry.",
    ]


def test_an_action_names_who_when_and_its_end() -> None:
    action = {
        "id": "A1",
        "title": "Cap | it",
        "layer": "limits",
        "owner": "@maria",
        "deadline": "2026-12-20",
        "done_when": "tests/x.py fails",
    }
    shown = lines(
        {
            "actions": [action],
            "restart": {"conditions": [{"id": "R1", "text": "50 replies", "met": True}]},
        }
    )
    assert r"| A1 | Cap \| it | limits | @maria | 2026-12-20 | open |" in shown
    assert "A1 is done when tests/x.py fails" in shown
    assert "- [x] R1: 50 replies" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (1670, "27 min 50 s"),
        (86_400, "1 day"),
        (200_000, "2 days 7 h"),
        (-60, "-1 min"),
    ],
)
def test_a_duration_in_two_units(seconds: int, words: str) -> None:
    assert duration(seconds) == words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = (
    "summary",
    "impact",
    "clocks",
    "timeline",
    "agent_path",
    "failed_controls",
    "actions",
    "restart",
    "routes",
    "authors",
    "opened",
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6), st.text(max_size=60))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_data_makes_a_page(data: dict[str, object], body: str) -> None:
    shown = page(Postmortem({"id": "PM-2026-001", "title": "T", **data}, body=body))
    assert shown.endswith("\n")
    assert "\x1b" not in shown
    assert [line for line in shown.split("\n") if line.startswith("## ") and line[3:] in SECTIONS][
        :1
    ] == ["## Summary"]
