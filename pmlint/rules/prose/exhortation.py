"""An action asks people to be careful.

Attention does not last, and the next person was not in the room. A reminder or a training stands
beside a control; it never replaces one.

Fix: write what holds when nobody remembers it: a limit, a permission, a check that refuses.

Bad::
    actions: [{id: A1}, {id: A2, title: Remind everyone to be more careful with refunds, layer: training}]
Good::
    actions: [{id: A1}, {id: A2, title: Reject a refund above 200 EUR and train the support team on the new limit, layer: limits}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """An error where it is the only action for a finding; the body's permanent changes are read,
    too.
    """
    reading = read(postmortem, context)
    for action, title in reading.titles:
        if match := title.said("exhortation"):
            yield say(title, match, action.id, Level.ERROR if reading.only_answer(action) else None)
    for passage in reading.body:
        if match := passage.said("exhortation"):
            yield say(passage, match)


RULE = Rule("exhortation", Level.WARNING, "postmortem", check, __doc__)
