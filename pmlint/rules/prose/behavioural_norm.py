"""An action is a rule of behaviour.

"Always", "never" and "the agent must" describe a wish. What nobody enforces holds until the next
long context or the next hurry.

Fix: write what refuses the contrary: a permission that was removed, a check that fails, an
approval.

Bad::
    actions:
      - {id: A1}
      - {id: A2, title: Never run a refund without reading the policy, layer: communication}
Good::
    actions:
      - {id: A1}
      - {id: A2, title: "Never expose the refund port: bind it to loopback", layer: communication}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions."""
    for action, title, weak in read(postmortem, context).weak_answers:
        # The lists "enforced" and "mechanism" silence a norm that names what holds it, such as a
        # port that is bound.
        if weak.kind == "behavioural-norm":
            yield say(title, weak.match, action.id)


RULE = Rule("behavioural-norm", Level.WARNING, "postmortem", check, __doc__)
