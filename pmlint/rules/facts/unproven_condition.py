"""A restart condition is met on somebody's word.

The restart rests on its conditions. One that is met without a proof is a wish that came true.

Fix: add what shows it (``pmlint meet`` writes it), or set ``met: false``.

Bad::
    restart: {conditions: [{id: R1, text: "14 days in propose-only with 0 rescues", met: true}]}
Good::
    restart: {conditions: [{id: R1, text: "14 days in propose-only with 0 rescues", met: true,
      proof: [{path: evidence/PM-2026-001/outcome.md}]}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.restart import Condition
from pmlint.project.holds import proves
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each condition that is met has a proof that can be looked at, and only those have a day."""
    for condition in postmortem.restart.conditions:
        if condition.met and not any(map(proves, condition.proof)):
            yield Problem(
                f"{condition.id} is met without proof",
                condition.at / "met",
                condition.id,
                help=f"pmlint meet {postmortem.id} {condition.id} --proof PATH",
            )
        yield from _day(condition, postmortem.opened)


def _day(condition: Condition, opened: date | None) -> Iterator[Problem]:
    """The day on which it was met: of one that is met, and not before it was asked for."""
    if condition.met_on is None:
        return
    if condition.data.get("met", False) is False:
        message = f"{condition.id} has 'met_on', but is not met"
        help = "write 'met: true' with its proof, or remove 'met_on'"
    elif opened is not None and condition.met_on < opened:
        message = f"{condition.id} was met on {condition.met_on}, before the review was opened"
        help = f"write the day on which somebody saw that it holds; the review is of {opened}"
    else:
        return
    yield Problem(message, condition.at / "met_on", condition.id, help=help)


RULE = Rule("unproven-condition", Level.ERROR, "postmortem", check, __doc__, "draft")
