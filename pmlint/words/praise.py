"""An action is praise.

What went well belongs into the story. As an action it looks like an answer, and the route stays as it was.

Fix: move it to the body, and write the change that makes the rescue unnecessary.

Bad::
    actions:
      - {id: A1, title: Great job by the support team, layer: communication, findings: [F1], owner: "@tom",
         deadline: 2026-10-30, done_when: 12 refunds are reviewed, status: open}
    failed_controls: []
Good::
    actions:
      - {id: A1, title: The manual stop worked well but is undocumented, layer: documentation, findings: [F1], owner: "@tom",
         deadline: 2026-10-30, done_when: docs/stop.md describes 3 steps, status: open}
      - {id: A2, title: Cap the refund tool at 200 EUR per order, layer: limits, findings: [F1], owner: "@maria",
         deadline: 2026-10-30, done_when: tests/agents/test_refund_scope.py fails for a refund of 200.01 EUR, status: open}
    failed_controls: []
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rule import Context, Rule
from pmlint.words.reading import read
from pmlint.words.say import say


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions."""
    for action, title in read(postmortem, context).titles:
        if match := title.said("praise"):
            yield say(title, match, action.id)


RULE = Rule("praise", Level.ERROR, "postmortem", check, __doc__)
