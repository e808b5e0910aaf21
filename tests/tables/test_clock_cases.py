"""Clocks that are known in part: sixty pairs by hand, through rows, rules and the words of a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pmlint.model import Postmortem
from pmlint.model.dates import is_before, is_longer, parse_interval
from pmlint.report.words import gap_words
from pmlint.tables.dictionary import tables
from pmlint.tables.postmortem_rows import ReviewSource, postmortem_rows
from tests.report.data import TODAY

CASES: list[list[Any]] = yaml.safe_load(
    Path(__file__).with_name("clock_cases.yaml").read_text(encoding="utf-8")
)
GAP = "warning_to_containment"


def test_there_are_sixty() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize("case", CASES, ids=[f"{case[0]} to {case[1]}" for case in CASES])
def test_a_pair_of_clocks(case: list[Any]) -> None:
    warning, containment, before, longer, exactly, least, most, words = case
    first, second = parse_interval(warning), parse_interval(containment)
    if first is not None and second is not None:
        assert (is_before(second, first), is_longer(first, second, 3600)) == (before, longer)
    else:
        assert before is longer is None
    data = {"clocks": {"first_warning": warning, "containment": containment}}
    source = ReviewSource(Postmortem(data, "p.md", ""), "PM-1", TODAY, {})
    (row,) = postmortem_rows(source, ("gaps",))
    (names,) = (table.names for table in tables() if table.name == "gaps")
    gap = dict(zip(names, row.values, strict=True))
    assert (gap[GAP], gap[f"{GAP}_min"], gap[f"{GAP}_max"]) == (exactly, least, most)
    assert gap_words(gap) == words


@pytest.mark.parametrize(
    ("warning", "impact", "least", "most"),
    [
        ("2026-02-26T09:00:00Z", "2026-02-26T08:00:00Z", -3600, -3600),
        ("2026-02-27", "2026-02-26", -172799, -1),
        ("2026-02-26", "2026-02-26", -86399, 86399),
        ("2026-02-26", "2026-02-25T09:00:00Z", -183599, -3600),
    ],
)
def test_harm_may_come_before_the_warning(warning: str, impact: str, least: int, most: int) -> None:
    data = {"clocks": {"first_warning": warning, "first_impact": impact}}
    source = ReviewSource(Postmortem(data, "p.md", ""), "PM-1", TODAY, {})
    (row,) = postmortem_rows(source, ("gaps",))
    (names,) = (table.names for table in tables() if table.name == "gaps")
    gap = dict(zip(names, row.values, strict=True))
    assert (gap["warning_to_impact_min"], gap["warning_to_impact_max"]) == (least, most)
