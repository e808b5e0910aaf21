"""The review insults somebody.

People who are insulted in a review report nothing the next time. An agent does not mind, and the
reader learns that the review is not about facts.

Fix: say what happened, and which control let it through.

Bad::
    summary: The stupid model paid 23 customers twice.
Good::
    summary: The model proposed 23 refunds twice, and no control looked at the amount.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Every text that people write."""
    reading = read(postmortem, context)
    # Anywhere, also in a title that is otherwise a good change: an insult is not weighed against
    # its sentence.
    parts = [*reading.titles, *reading.ends, *reading.causes]
    for part, passage in parts:
        if match := passage.said("abusive-language"):
            yield say(passage, match, str(part.data.get("id", "")))
    for passage in (*reading.story, *reading.body):
        if match := passage.said("abusive-language"):
            yield say(passage, match)


RULE = Rule("abusive-language", Level.WARNING, "postmortem", check, __doc__)
