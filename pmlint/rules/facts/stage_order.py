"""The stages of a restart are not steps upwards.

A route comes back one stage a change. A stage that goes no further than the one before, or less
far, is not a step; one that asks for no days and no runs (or for none of them: 0) is passed on the
day on which it was entered.

Fix: let each stage rise in state or autonomy and fall in neither, and give each but the last
``at_least`` with days or runs.

Bad::
    restart: {stages: [
      {id: S1, state: running, autonomy: act},
      {id: S2, state: limited, autonomy: suggest}]}
Good::
    restart: {stages: [
      {id: S1, state: limited, autonomy: suggest, at_least: {days: 7}},
      {id: S2, state: running, autonomy: act}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.project.stages import stage_level
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each stage against the one before, and what each but the last asks for."""
    stages = postmortem.restart.stages
    for before, stage in pairwise(stages):
        low, high = stage_level(before), stage_level(stage)
        if low.is_above(high):
            message = f"stage {stage.id} falls below {before.id} in state or autonomy"
            yield Problem(message, stage.at, stage.id, help="let no stage take back what one gave")
        elif not high.is_above(low):
            message = f"stage {stage.id} goes no further than {before.id}"
            yield Problem(message, stage.at, stage.id, help="raise its state or its autonomy")
    for stage in stages[:-1]:
        # A share of rescues alone is met by one good run on the first day.
        if not stage.at_least.days and not stage.at_least.runs:
            message = f"stage {stage.id} asks for neither days nor runs"
            yield Problem(message, stage.at, stage.id, help="add at_least: {days: 7}")


RULE = Rule("stage-order", Level.ERROR, "postmortem", check, __doc__, "in-review")
