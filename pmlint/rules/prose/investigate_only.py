"""A permanent change only finds something out.

"Investigate" ends with a page of text. The route runs again as it was, and the review is closed.

Fix: write the change that follows from it, or declare ``layer: investigation`` beside a permanent
change.

Bad::
    actions: [{id: A1}, {id: A2, title: Investigate why refunds pass the limit}]
Good::
    actions: [{id: A1}, {id: A2, title: Investigate and fix the missing page of the refund tool}]
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
        # Also under a structural layer with an end: a question is not answered by naming a test.
        if weak.kind == "investigate-only":
            yield say(title, weak.match, action.id)


RULE = Rule("investigate-only", Level.WARNING, "postmortem", check, __doc__)
