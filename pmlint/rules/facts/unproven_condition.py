"""A restart condition is met on somebody's word.

The restart rests on its conditions. One that is met without a proof is a wish that came true.

Fix: add what shows it, ``pmlint meet`` writes it; or set ``met: false``.

Bad::
    restart: {conditions: [{id: R1, text: "14 days in propose-only with 0 rescues", met: true}]}
Good::
    restart: {conditions: [{id: R1, text: "14 days in propose-only with 0 rescues", met: true,
      proof: [{path: evidence/PM-2026-001/outcome.md}]}]}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.project.holds import proves
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each condition that is met has a proof that can be looked at."""
    for condition in postmortem.restart.conditions:
        if condition.met and not any(map(proves, condition.proof)):
            yield Problem(
                f"{condition.id} is met without proof",
                condition.at / "met",
                condition.id,
                help=f"pmlint meet {postmortem.id} {condition.id} --proof PATH",
            )


RULE = Rule("unproven-condition", Level.ERROR, "postmortem", check, __doc__, "draft")
