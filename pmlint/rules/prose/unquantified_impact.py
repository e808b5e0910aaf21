"""The impact has no number.

"Some users, briefly" can't be compared with the next time, and nobody can say whether the answer is
proportionate.

Fix: write the number; where nobody knows it, write ``customers: {unknown: "why"}`` and an action
that finds it out.

Bad::
    impact: {description: Some users were briefly affected., customers: null, cost: null}
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
from pmlint.rules.prose.reading import open_actions, read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The first vague amount of the description, else of the body's section, where no number stands
    beside it.
    """
    # One number anywhere is enough: "some" beside "23 customers" is how people write.
    if _figures(postmortem) or _told(postmortem):
        return
    for passage in read(postmortem, context).impact:
        if match := passage.said("unquantified-impact"):
            yield say(passage, match)
            return


def _figures(postmortem: Postmortem) -> bool:
    """Whether a number is given, or declared unknown while an action finds it out."""
    impact = postmortem.impact
    cost = impact.data.get("cost")
    figures = [impact.data.get("customers"), *(cost.values() if isinstance(cost, dict) else ())]
    unknown = any(isinstance(value, dict) and "unknown" in value for value in impact.data.values())
    return any(isinstance(figure, (int, float)) for figure in figures) or (
        unknown
        and any(
            action.layer in ("investigation", "evidence-capture")
            for action in open_actions(postmortem)
        )
    )


def _told(postmortem: Postmortem) -> bool:
    """Whether the description or the body's section tells a number."""
    body = postmortem.body
    texts = [
        postmortem.impact.description,
        *(
            body[part.start : part.end]
            for part in postmortem.sections
            if "impact" in part.title.casefold()
        ),
    ]
    return any(char.isdigit() for text in texts for char in text)


RULE = Rule("unquantified-impact", Level.WARNING, "postmortem", check, __doc__)
