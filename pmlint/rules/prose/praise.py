"""An action is praise.

What went well belongs in the story. As an action it looks like an answer, and the route stays as
it was.

Fix: move it to the body, and write the change that makes the rescue unnecessary.

Bad::
    actions: [{id: A1}, {id: A2, title: Great job by the support team, layer: alert}]
Good::
    actions:
      - {id: A1}
      - {id: A2, title: The manual stop worked well but is undocumented, layer: documentation}
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
        if weak.kind == "praise":
            yield say(title, weak.match, action.id)


RULE = Rule("praise", Level.WARNING, "postmortem", check, __doc__)
