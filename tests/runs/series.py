"""Series of counts as tests write them: a step after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pmlint.runs.counts import RouteSeries


class StepCounts(NamedTuple):
    """What ended in one step; ``recorded`` are the outcomes of `RECORDED`, in their order."""

    step: int
    runs: int
    bad: int
    rescued: int
    unknown: int = 0
    recorded: tuple[int, int, int, int] = (0, 0, 0, 0)


def series_of(steps: Iterable[StepCounts]) -> RouteSeries:
    """The series of some steps, in any order."""
    ordered = sorted(steps)
    columns = [[*one[1:5], *one.recorded] for one in ordered]
    return RouteSeries(
        [one.step for one in ordered], zip(*columns, strict=True) if columns else [()] * 8
    )
