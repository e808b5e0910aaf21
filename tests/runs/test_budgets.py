"""Windows and budgets: the arithmetic of the method by hand, and 37 alerts that Prometheus agrees
with.
"""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlint.project.amounts import decimal, duration
from pmlint.runs.budgets import (
    PAIRS,
    Allowance,
    BurnPair,
    firing,
    state_of,
    usable,
)
from pmlint.runs.series import RouteSeries
from tests.outside import outside
from tests.runs.series import StepCounts, series_of

VECTORS = outside("burn", "vectors.json")
MONTH = duration("30d")


def series(*counts: tuple[int, int, int]) -> RouteSeries:
    """A series of (step, runs, bad)."""
    return series_of(StepCounts(step, runs, bad, 0) for step, runs, bad in counts)


def failures(objective: str, window: int = MONTH) -> Allowance:
    return Allowance("failures", 1 - decimal(objective), window)


@pytest.mark.skipif(not VECTORS, reason="the vectors beside the checkout are not there")
def test_the_alerts_that_prometheus_gives() -> None:
    assert VECTORS
    found = expected = 0
    for route in json.loads(VECTORS.read_text(encoding="utf-8"))["routes"]:
        minutes = [
            (part["runs"], part["bad"]) for part in route["minutes"] for _ in range(part["repeat"])
        ]
        steps = [minutes[at : at + 5] for at in range(0, len(minutes), 5)]
        counted = series(
            *(
                (at, sum(r for r, _ in step), sum(b for _, b in step))
                for at, step in enumerate(steps)
            )
        )
        allowance = failures(route["objective"])
        fired = firing(counted, allowance, len(steps), 0, min_bad=1)
        ours = {(one.pair.severity, one.pair.factor(MONTH)) for one in fired}
        theirs = {(alert["severity"], decimal(alert["factor"])) for alert in route["alerts"]}
        assert ours == theirs, route["route"]
        found, expected = found + len(ours), expected + len(route["alerts"])
    assert found == expected == 37


def test_the_arithmetic_of_the_method() -> None:
    assert [pair.factor(MONTH) for pair in PAIRS] == [Fraction("14.4"), 6, 3, 1]
    assert BurnPair("ticket", Fraction("0.05"), duration("36h"), duration("3h")).factor(MONTH) == 1
    assert (1 - decimal("0.999")) * 30 * 24 * 60 == Fraction("43.2"), "minutes of a month"


def test_a_pair_that_fires_on_a_kept_promise_is_left_out() -> None:
    assert [pair.long for pair in usable(PAIRS, duration("7d"))] == [12, 72]


def test_the_exact_edge_does_not_fire_and_one_more_does() -> None:
    ten = BurnPair("page", Fraction("0.02"), 12, 1)
    edge = [(step, 1000, 0) for step in range(11)]
    assert not list(firing(series(*edge, (11, 10_000, 302)), failures("0.999"), 12, 0, [ten]))
    assert list(firing(series(*edge, (11, 10_000, 303)), failures("0.999"), 12, 0, [ten]))


def test_a_run_on_the_edge_counts_in_the_step_that_begins_there() -> None:
    counted = series((0, 1, 1), (1, 1, 1), (2, 1, 1))
    assert counted.window(0, 2) == (2, 2, 0, 0)
    assert counted.window(1, 3) == (2, 2, 0, 0)
    assert counted.window(3, 9) == (0, 0, 0, 0)


def test_one_bad_run_of_forty_is_no_rate() -> None:
    counted = series((0, 40, 1))
    assert not state_of(counted, failures("0.999"), 1, 0).spent
    assert state_of(counted, failures("0.999"), 1, 0).allowed == 2
    assert state_of(series((0, 40, 3)), failures("0.999"), 1, 0).spent


def test_within_again_is_the_day_on_which_the_bad_runs_have_left() -> None:
    bad = series((0, 100, 5), (288, 100, 0))
    state = state_of(bad, failures("0.99", duration("7d")), 300, 0)
    assert (state.spent, state.counted, state.within_again) == (True, 5, 8 * 288)


def test_a_sign_off_starts_the_budget_anew() -> None:
    bad = series((0, 100, 50), (100, 100, 1))
    assert state_of(bad, failures("0.9"), 200, 0).spent
    assert not state_of(bad, failures("0.9"), 200, 50).spent


@pytest.mark.parametrize("text", ["0.9999999", "-1", "1e-3", "٣", "", None, True])
def test_what_is_not_a_decimal_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="decimal"):
        decimal(text)


@pytest.mark.parametrize("text", ["0m", "7m", "1s", "1.5h", "h", "99999999d"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|multiple"):
        duration(text)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), max_size=40),
    st.sampled_from(["0.5", "0.9", "0.99", "0.999"]),
    st.integers(0, 45),
)
def test_windows_agree_with_fractions_over_each_run(
    steps: list[tuple[int, int]], objective: str, now: int
) -> None:
    counted = series(*((at, runs, min(bad, runs)) for at, (runs, bad) in enumerate(steps)))
    allowance = failures(objective)
    fired = {one.pair for one in firing(counted, allowance, now, 0, min_bad=1)}
    for pair in PAIRS:
        burns = []
        for length in (pair.long, pair.short):
            inside = [(r, min(b, r)) for at, (r, b) in enumerate(steps) if now - length <= at < now]
            runs, bad = sum(r for r, _ in inside), sum(b for _, b in inside)
            burns.append(Fraction(bad, runs) / allowance.share if runs else Fraction(0))
        assert (pair in fired) == all(burn > pair.factor(MONTH) for burn in burns)
