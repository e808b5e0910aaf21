"""A permanent change only finds something out.

"Investigate" ends with a page of text. The route runs again as it was, and the review is closed.

Fix: write the change that follows from it, or declare ``layer: investigation`` beside a permanent
change.

Bad::
    actions: [{id: A1}, {id: A2, title: Investigate why refunds pass the limit, layer: config}]
Good::
    actions: [{id: A1}, {id: A2, title: Investigate and fix the missing limit of the refund tool, layer: code-fix}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.lexicon import Group, Match
from pmlint.rules.prose.reading import Passage, read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule

_QUESTION = Group(
    "investigate-only",
    "en",
    {
        "terms": (),
        "reason": "is a question and no change",
        "replacement": "answer it, and write the change that follows",
    },
)


def finds_out(title: Passage) -> Match | None:
    """The words by which a title only finds something out: a leading verb, or a question mark at
    its end.
    """
    if title.text.rstrip().endswith("?"):
        count = len(title.words.tokens)
        return Match(max(count - 4, 0), count, _QUESTION)
    return title.said("investigate-only")


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions of any layer but ``investigation``."""
    for action, title in read(postmortem, context).titles:
        if action.layer != "investigation" and (match := finds_out(title)):
            yield say(title, match, action.id)


RULE = Rule("investigate-only", Level.ERROR, "postmortem", check, __doc__)
