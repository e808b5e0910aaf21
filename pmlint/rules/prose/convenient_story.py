"""A cause is a story about the model.

Models invent and ignore; that is known before the first run. "It hallucinated" says why a control
was needed, and not why it was absent.

Fix: name the control that let it through, and list it in ``failed_controls``.

Bad::
    findings: [{id: F1}, {id: F2, class: other, statement: The model hallucinated a refund policy.}]
    actions: [{id: A1, findings: [F1, F2]}, {id: A2}]
Good::
    findings:
      - {id: F1}
      - id: F2
        class: other
        statement: "The model hallucinated a policy, and no check compared it with the page."
    actions: [{id: A1, findings: [F1, F2]}, {id: A2}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem, WorkflowFinding
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Findings that no failed control names, and the body; the timeline and the agent's path may
    observe.
    """
    reading = read(postmortem, context)
    for part, passage in reading.causes:
        if (
            # Why a control failed may speak of the model: the control is named there. Of 8 errors
            # about such words in the wild one was right, until the link was asked
            # (docs/spec/language.md).
            isinstance(part, WorkflowFinding)
            and part.id not in reading.linked
            and (match := passage.first("convenient-story"))
        ):
            yield say(passage, match, part.id)
    for finding, passage, match in reading.nameless("convenient-story"):
        yield say(passage, match, finding.id)
    for passage in reading.body:
        if match := passage.first("convenient-story"):
            yield say(passage, match)


RULE = Rule("convenient-story", Level.WARNING, "postmortem", check, __doc__)
