"""An action says "better" without saying what changes.

"Improve monitoring" can't be done, and it can't be left undone either: everybody may call it
finished.

Fix: name the mechanism, the place and the number.

Bad::
    actions: [{id: A1}, {id: A2, title: Improve the handling of refunds, layer: communication}]
Good::
    actions:
      - {id: A1}
      - id: A2
        title: Improve the refund tool by adding a cap of 200 EUR per order
        layer: communication
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
        if weak.kind == "vague-action":
            yield say(title, weak.match, action.id)


RULE = Rule("vague-action", Level.WARNING, "postmortem", check, __doc__)
