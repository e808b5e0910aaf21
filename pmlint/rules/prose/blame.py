"""A cause is a person.

The review ends where the person begins. Somebody else will be tired on the same day next year, and
the route will let it through again.

Fix: name the control that one person's slip could pass.

Bad::
    findings: [{id: F1, statement: The refunds were paid twice by human error.}]
Good::
    findings:
      - id: F1
        statement: "The operator did not see the amount, because the approval showed none."
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Causes, the story and the body."""
    reading = read(postmortem, context)
    for part, passage in reading.causes:
        # "fault" is read in causes alone: in the story "nobody noticed it until noon" is an
        # observation. Of errors of `blame` in the wild 12 of 24 were right, so it warns
        # (docs/spec/language.md).
        if match := passage.first("blame") or passage.first("fault"):
            yield say(passage, match, str(part.data.get("id", "")))
    for finding, passage, match in reading.nameless("blame"):
        yield say(passage, match, finding.id)
    for passage in (*reading.story, *reading.body):
        if match := passage.first("blame"):
            yield say(passage, match)


RULE = Rule("blame", Level.WARNING, "postmortem", check, __doc__)
