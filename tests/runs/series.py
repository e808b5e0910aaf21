"""Series of counts as tests write them: a step after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pmlint.runs.series import SERIES, RouteSeries


class StepCounts(NamedTuple):
    """What ended in one step; ``recorded`` are the outcomes of `RECORDED`, in their order."""

    step: int
    runs: int
    bad: int
    rescued: int
    unknown: int = 0
    recorded: tuple[int, int, int, int] = (0, 0, 0, 0)


def series_of(counted: Iterable[StepCounts]) -> RouteSeries:
    """The series of some steps, in any order."""
    found = list(counted)
    columns = list(zip(*([*one[1:5], *one.recorded] for one in found), strict=True))
    steps = [one.step for one in found]
    return RouteSeries(
        {name: [(steps, column)] for name, column in zip(SERIES, columns or [()] * 8, strict=True)},
        end=1 << 30,
    )
