"""The review tells of a day that did not happen.

"Should have" compares what people did with what we know today. It names no control, and it reads as
blame.

Fix: say what happened and which control was absent; what should be different is an action.

Bad::
    findings: [{id: F1, statement: The operator should have seen the second refund.}]
Good::
    findings: [{id: F1, statement: The approval did not show that the order was refunded before.}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Causes, the story and the body, but no section on prevention."""
    reading = read(postmortem, context)
    for part, passage in reading.causes:
        if match := passage.first("counterfactual"):
            yield say(passage, match, str(part.data.get("id", "")))
    for passage in (*reading.story, *reading.body):
        if match := passage.first("counterfactual"):
            yield say(passage, match)


RULE = Rule("counterfactual", Level.WARNING, "postmortem", check, __doc__)
