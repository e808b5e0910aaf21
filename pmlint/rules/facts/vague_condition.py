"""A restart condition can be read either way.

"The route is stable" is true whenever somebody is tired of waiting. A number or a thing that can be
looked at is true for everybody or for nobody.

Fix: name a number, or what a stranger can look up: a test, a file, an alert, a dashboard's address.

Bad::
    restart: {conditions: [{id: R1, text: the route has proven itself}]}
Good::
    restart: {conditions: [{id: R1, text: 50 replies in act-with-approval with 0 corrected prices}]}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.references import artefacts
from pmlint.model.saying import has_placeholder, is_hollow, known_words
from pmlint.rules.repeats import ids_of, repeated
from pmlint.rules.rule import Context, Rule

_NUMBER = re.compile(r"(?<![\w.-])\d")
"""A digit that is not a part of a name, such as A1 or gpt-4."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each condition has a number or a named artefact, and says more than that the actions are
    done, without which no route is free. A placeholder is a finding of its own.
    """
    done = known_words("document", "condition") | ids_of(postmortem)
    others = {f"the title of {one.id}": one.title for one in postmortem.actions}
    others |= {f"'done_when' of {one.id}": one.done_when for one in postmortem.actions}
    for condition in postmortem.restart.conditions:
        text = condition.text
        if not isinstance(condition.data.get("text"), str) or has_placeholder(text):
            continue
        # Whether the number is a good one is for the owner who signs; "50 replies" can be counted
        # by anybody, and "100%" by nobody.
        if not (_NUMBER.search(text) or artefacts(text)):
            message = f"{condition.id} names neither a number nor an artefact"
            help = "say how many, how long, or which test, file or alert shows it"
        elif is_hollow(text, known_words("document", "finding")):
            message = f"{condition.id} does not say what is counted"
            help = "say of what: replies, days, refunds, rescues"
        elif is_hollow(text, done):
            message = f"{condition.id} asks for nothing but the actions"
            help = "they hold the route anyway; say what it has to show before it is trusted again"
        elif name := repeated(text, others):
            message = f"{condition.id} repeats {name}"
            help = "say what the route has to show before it is trusted again"
        else:
            others[condition.id] = text
            continue
        yield Problem(message, condition.at / "text", condition.id, help=help)


RULE = Rule("vague-condition", Level.ERROR, "postmortem", check, __doc__)
