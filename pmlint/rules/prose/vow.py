"""The review promises instead of changing something.

"We take this seriously" costs nothing and binds nobody. Readers know it, and skip the rest.

Fix: leave it out, or write the action that keeps the promise.

Bad::
    summary: The refund route paid 23 customers twice. We take this very seriously.
Good::
    summary: >-
      The refund route paid 23 customers twice. Its token now pays at most 200 EUR for an
      order.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions, the story and the body."""
    for action, title, weak in read(postmortem, context).weak_answers:
        # A title is a vow only where nothing surer was found in it; "never again page into" is none
        # (docs/spec/language.md, 3).
        if weak.kind == "vow":
            yield say(title, weak.match, action.id)
    reading = read(postmortem, context)
    for passage in (*reading.story, *reading.body):
        if match := passage.said("vow"):
            yield say(passage, match)


RULE = Rule("vow", Level.WARNING, "postmortem", check, __doc__)
