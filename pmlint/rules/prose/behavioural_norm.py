"""An action is a rule of behaviour.

"Always", "never" and "the agent must" describe a wish. What nobody enforces holds until the next
long context or the next hurry.

Fix: write what refuses the contrary: a permission that is gone, a check that fails, an approval.

Bad::
    actions: [{id: A1}, {id: A2, title: Never run a refund without reading the policy, layer: documentation}]
Good::
    actions: [{id: A1}, {id: A2, title: "Never expose the refund port: bind it to loopback", layer: isolation}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """An error where the action is declared structural, or is the only one for a finding."""
    reading = read(postmortem, context)
    for action, title in reading.titles:
        if match := title.said("behavioural-norm"):
            yield say(
                title,
                match,
                action.id,
                Level.ERROR if action.structural or reading.only_answer(action) else None,
            )


RULE = Rule("behavioural-norm", Level.WARNING, "postmortem", check, __doc__)
