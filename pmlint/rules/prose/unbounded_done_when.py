"""Nobody can say when an action is done.

"As appropriate", "if possible" and "etc." let an action end at any time. (An end that names nothing
at all is `action-done-when`, and one that its layer does not take is `layer-without-end`.)

Fix: name what a stranger can look up: a test, a path, an alert with its threshold, a number with
its unit.

Bad::
    actions:
      - {id: A1}
      - id: A2
        done_when: >-
          the alert refund-rescues pages @maria above 3 rescues in 10 minutes, where
          possible
Good::
    actions:
      - {id: A1}
      - {id: A2, done_when: the alert refund-rescues pages @maria above 3 rescues in 10 minutes}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule

_LISTS = ("escape", "date")


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Escape clauses and dates without a year. Where the layer takes none of what is named,
    `layer-without-end` has said so already.
    """
    reading = read(postmortem, context)
    for action, end in reading.ends:
        # One finding for one end; the escape is the worse of both.
        match = next((match for name in _LISTS if (match := end.said(name))), None)
        if match and reading.shows_end(action):
            yield say(end, match, action.id)


RULE = Rule("unbounded-done-when", Level.WARNING, "postmortem", check, __doc__)
