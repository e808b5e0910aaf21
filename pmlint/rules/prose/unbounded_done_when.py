"""Nobody can say when an action is done.

"As appropriate", "if possible" and "etc." let an action end at any time. (An end that names nothing
at all is `action-done-when`.)

Fix: name what a stranger can look up: a test, a path, an alert with its threshold, a number with
its unit.

Bad::
    actions: [{id: A1}, {id: A2, done_when: "the alert refund-rescues pages @maria above 3 rescues in 10 minutes, where possible"}]
Good::
    actions: [{id: A1}, {id: A2, done_when: the alert refund-rescues pages @maria above 3 rescues in 10 minutes}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.references import artefacts
from pmlint.rules.prose.reading import Passage, read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule

_LISTS = ("escape", "date", "placeholder")
_NAME = r"\d|`[^`]+`|@\w+|\w[_.]\w|\b[a-z]\w*[A-Z]"
"""A number, or a name that can be looked up: code, ``snake_case``, ``dotted.name``, ``camelCase``,
a handle.
"""


def bounded(end: Passage) -> bool:
    """Whether a ``done_when`` names something to look up and has no way out."""
    return _names(end.text) and not any(end.said(name) for name in _LISTS)


def _names(text: str) -> bool:
    return bool(re.search(_NAME, text) or artefacts(text))


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Escape clauses, dates without a year and text of a template; what names nothing at all is the
    policy's to say.
    """
    for action, end in read(postmortem, context).ends:
        match = next((match for name in _LISTS if (match := end.said(name))), None)
        if match:
            yield say(end, match, action.id)


RULE = Rule("unbounded-done-when", Level.ERROR, "postmortem", check, __doc__)
