"""An action changes what a model reads.

A prompt, an instruction, a tool's description and an example are wishes that a model may follow. So
is a model that checks itself, a lower temperature and a better model: nothing outside of it
refuses.

Fix: put the rule where it can refuse, or declare ``layer: prompt`` beside a control.

Bad::
    actions: [{id: A1}, {id: A2, title: Tell the agent never to refund twice, layer: documentation}]
Good::
    actions: [{id: A1}, {id: A2, title: Tell the agent never to refund twice, layer: prompt}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions of weaker layers but ``prompt``; under a structural one it is
    `layer-contradiction`.
    """
    for action, title, weak in read(postmortem, context).weak_answers:
        # Under the layer `prompt` it is called what it is, and is no weak answer
        # (`Reading.weak_answers`).
        if weak.kind == "prompt-wording" and not action.structural:
            yield say(title, weak.match, action.id)


RULE = Rule("prompt-wording", Level.WARNING, "postmortem", check, __doc__)
