"""The impact has no number.

"Some users, briefly" can't be compared with the next time, and nobody can say whether the answer is proportionate.

Fix: write the number; where nobody knows it, write ``customers: {unknown: "why"}`` and an action that finds it out.

Bad::
    impact: {description: Some users were briefly affected.}
    body: |
      ## Business impact
      Some customers were refunded twice.

      ## Timeline
      As in the front matter.

      ## Agent path
      The index returned the policy of last year.

      ## Failed controls
      The approval showed the order and not the amount.

      ## Permanent changes
      The token can no longer pay more than the limit.
Good::
    impact: {description: Some users were briefly affected., customers: 23}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rule import Context, Rule
from pmlint.words.reading import read
from pmlint.words.say import say


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The first vague amount of the description, else of the body's section, where no number stands beside it."""
    if _counted(postmortem):
        return
    reading = read(postmortem, context)
    body = [passage for passage in reading.body if "impact" in passage.section]
    if any(char.isdigit() for passage in body for char in passage.text):
        return
    for passage in (reading.impact, *body):
        if match := passage.said("unquantified-impact"):
            yield say(passage, match)
            return


def _counted(postmortem: Postmortem) -> bool:
    """Whether a number is written, or said to be unknown while an action is open to find it out."""
    impact = postmortem.impact
    cost = impact.data.get("cost")
    figures = [impact.data.get("customers"), *(cost.values() if isinstance(cost, dict) else ())]
    if any(isinstance(figure, (int, float)) for figure in figures) or any(char.isdigit() for char in impact.description):
        return True
    unknown = any(isinstance(value, dict) and "unknown" in value for value in impact.data.values())
    return unknown and any(action.layer in ("investigation", "evidence-capture") for action in postmortem.actions)


RULE = Rule("unquantified-impact", Level.WARNING, "postmortem", check, __doc__)
