"""An action says "better" without saying what changes.

"Improve monitoring" can't be done, and it can't be left undone either: everybody may call it
finished.

Fix: name the mechanism, the place and the number.

Bad::
    actions: [{id: A1}, {id: A2, title: Improve the handling of refunds, layer: communication}]
Good::
    actions: [{id: A1}, {id: A2, title: Improve the refund tool by adding a cap of 200 EUR per order, layer: limits}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Action, Postmortem
from pmlint.model.references import artefacts
from pmlint.rules.prose.lexicon import Match
from pmlint.rules.prose.reading import Passage, Reading, read
from pmlint.rules.prose.say import say
from pmlint.rules.prose.unbounded_done_when import bounded
from pmlint.rules.rule import Context, Rule


def vague(title: Passage) -> Match | None:
    """The vague words of a title that names no path, no number with its unit and no mechanism."""
    match = title.said("vague-action")
    return match if match and not artefacts(title.text) and "`" not in title.text else None


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """An error where ``done_when`` is vague too, or where it is the only action for a finding and
    has none.
    """
    reading = read(postmortem, context)
    ends = {action.at: bounded(end) for action, end in reading.ends}
    for action, title in reading.titles:
        if match := vague(title):
            yield say(title, match, action.id, _level(action, reading, ends.get(action.at)))


def _level(action: Action, reading: Reading, end: bool | None) -> Level:
    """``end`` is whether ``done_when`` is bounded, None where there is none."""
    blocks = end is False or (end is None and reading.only_answer(action))
    return Level.ERROR if blocks else Level.WARNING


RULE = Rule("vague-action", Level.WARNING, "postmortem", check, __doc__)
