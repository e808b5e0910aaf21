"""An action asks people to be careful.

Attention does not last, and the next person was not in the room. A reminder or a training can
accompany a control; it never replaces one.

Fix: write what holds when nobody remembers it: a limit, a permission, a check that refuses.

Bad::
    actions: [{id: A1}, {id: A2, title: Remind everyone to be more careful with refunds}]
Good::
    actions:
      - {id: A1}
      - {id: A2}
      - id: A3
        title: Remind everyone to be more careful with refunds
        layer: training
        findings: [F1]
        owner: "@tom"
        deadline: 2026-10-30
        done_when: docs/refunds.md names the 3 limits
        status: open
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions, and the body's permanent changes; none beside a control for the same
    findings.
    """
    for action, title, weak in read(postmortem, context).weak_answers:
        if weak.kind == "exhortation":
            yield say(title, weak.match, action.id)
    # Only in sections about changes (`body.py`): elsewhere "be careful" is what somebody did or
    # wrote that day.
    for passage in read(postmortem, context).body:
        if match := passage.said("exhortation"):
            yield say(passage, match)


RULE = Rule("exhortation", Level.WARNING, "postmortem", check, __doc__)
