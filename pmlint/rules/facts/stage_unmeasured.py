"""A stage asks for runs, and nothing counts them.

How many runs a route made, and how many were rescued, is known from the statement of budgets alone.
With ``budgets = "off"`` the gate has none, and the stage could never be left.

Fix: set ``budgets = "file"`` or ``"signature"`` in ``[tool.pmlint.gate]``, or ask for days.

Bad::
    restart: {stages: [
      {id: S1, state: limited, autonomy: suggest, at_least: {runs: 200}},
      {id: S2, state: running, autonomy: act}]}
Good::
    restart: {stages: [
      {id: S1, state: limited, autonomy: suggest, at_least: {days: 7}},
      {id: S2, state: running, autonomy: act}]}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Demands that only a statement could show, where none is read."""
    if context.settings.gate.budgets != "off":
        return
    for stage in postmortem.restart.stages:
        for name in ("runs", "rescues"):
            if name in stage.at_least.data:
                yield Problem(
                    f"stage {stage.id} asks for '{name}', and budgets are off",
                    stage.at_least.at / name,
                    stage.id,
                    help='set budgets = "file" in [tool.pmlint.gate], or ask for days',
                )


RULE = Rule("stage-unmeasured", Level.ERROR, "postmortem", check, __doc__, "in-review")
