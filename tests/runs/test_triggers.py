"""What makes a review owed, and which firing moments are one episode."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlint.project.amounts import decimal, duration
from pmlint.runs.budgets import Allowance
from pmlint.runs.series import RouteSeries
from pmlint.runs.triggers import Promise, episodes
from tests.runs.series import StepCounts, series_of

HOUR, DAY = 12, 288
PROMISE = Promise(
    (
        Allowance("failures", 1 - decimal("0.99"), duration("30d")),
        Allowance("rescues", decimal("0.02"), duration("30d")),
    )
)


def series(**steps: tuple[int, int, int]) -> RouteSeries:
    """A series of ``s12=(runs, bad, rescued)``."""
    return series_of(StepCounts(int(name[1:]), *counts) for name, counts in steps.items())


def names(found: list) -> list[tuple[str, int, int, int]]:
    return [(episode.trigger, episode.first, episode.last, episode.runs) for episode in found]


def test_an_outcome_that_somebody_recorded_is_an_episode_at_once() -> None:
    one = series_of(
        [StepCounts(7, 3, 1, 0, 0, (0, 0, 1, 0)), StepCounts(9, 1, 0, 0, 0, (1, 0, 0, 0))]
    )
    assert names(episodes(one, Promise(), DAY)) == [
        ("control-breach", 8, 8, 1),
        ("near-miss", 10, 10, 1),
    ]


def test_outcomes_a_day_apart_are_one_episode_and_later_ones_another() -> None:
    breach = (0, 0, 1, 0)
    steps = [StepCounts(at, 1, 1, 0, 0, breach) for at in (0, DAY, 3 * DAY)]
    found = episodes(series_of(steps), Promise(), 9 * DAY)
    assert names(found) == [
        ("control-breach", 1, DAY + 1, 2),
        ("control-breach", 3 * DAY + 1, 3 * DAY + 1, 1),
    ]


def test_three_rescues_of_a_week_are_repeated_and_two_are_not() -> None:
    assert not episodes(series(s0=(10, 0, 1), s99=(10, 0, 1)), Promise(), 2 * DAY)
    (found,) = episodes(series(s0=(10, 0, 1), s99=(10, 0, 1), s199=(10, 0, 1)), Promise(), DAY)
    assert (found.trigger, found.first, found.runs, found.peak.counted, found.peak.of) == (
        "repeated-rescue",
        200,
        3,
        3,
        30,
    )


def test_three_rescues_of_a_thousand_are_what_was_promised() -> None:
    assert not episodes(series(s0=(1000, 0, 3)), Promise(), DAY)


def test_rescues_spend_a_budget_of_their_own() -> None:
    found = episodes(series(s0=(1000, 0, 21), s1=(1, 0, 0)), PROMISE, HOUR)
    assert {episode.trigger for episode in found} == {"budget-alert", "repeated-rescue"}
    assert not episodes(series(s0=(1000, 0, 20), s1=(1, 0, 0)), PROMISE._replace(pairs=()), HOUR)


def test_what_is_over_is_found_in_history_and_not_now() -> None:
    old = series(s0=(100, 9, 0), s9000=(100_000, 0, 0))
    assert [episode.trigger for episode in episodes(old, PROMISE, 9001)] == ["budget-alert"]
    assert not episodes(old, PROMISE, 9001, history=False)


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine with others at work
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 9), st.integers(0, 3), st.integers(0, 3)),
        max_size=12,
    ),
    st.integers(1, 500),
)
def test_history_at_a_moment_is_what_is_judged_there(
    rows: list[tuple[int, int, int, int]], now: int
) -> None:
    steps = {
        at: StepCounts(at, runs + bad + rescued, bad, rescued) for at, runs, bad, rescued in rows
    }
    counted = series_of(steps.values())
    at_now = {episode.trigger for episode in episodes(counted, PROMISE, now, history=False)}
    whole = {episode.trigger for episode in episodes(counted, PROMISE, now) if episode.last == now}
    assert at_now == whole
