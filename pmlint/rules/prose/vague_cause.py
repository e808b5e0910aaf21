"""A cause is too vague to remove.

"Inadequate testing" fits every failure. An action that answers it can't be wrong, and can't be
right either. Nor can one that answers a statement which names no component, limit, check, number or
reason at all.

Fix: name the check that was absent and what it would have compared.

Bad::
    findings: [{id: F1, statement: Inadequate testing.}]
Good::
    findings: [{id: F1, statement: No test covered a refund that is paid in two parts.}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Causes, and the sections of the body about them."""
    reading = read(postmortem, context)
    for part, passage in reading.causes:
        if match := passage.first("vague-cause"):
            yield say(passage, match, str(part.data.get("id", "")))
    for finding, passage, match in reading.nameless("vague-cause"):
        yield say(passage, match, finding.id)
    for passage in reading.body:
        if match := passage.first("vague-cause"):
            yield say(passage, match)


# On unread sentences it has not earned a warning (docs/words.md), and an unearned one is nothing
# (docs/spec/language.md, 2).
RULE = Rule("vague-cause", Level.WARNING, "postmortem", check, __doc__, by_default=False)
