"""An older postmortem already promised this action.

A promise that is made twice was not kept the first time, or it did not help.

Fix: link the older postmortem, and say what is different this time.

Bad::
    others:
      - file: postmortems/PM-2026-002-again.md
        id: PM-2026-002
        opened: 2026-10-01
        recurrence_of: [PM-2026-001]
        actions: [{id: A1, title: Take the right to refund from the token}, {id: A2}]
Good::
    others:
      - file: postmortems/PM-2026-002-again.md
        id: PM-2026-002
        opened: 2026-10-01
        recurrence_of: [PM-2026-001]
        actions: [{id: A1, title: Take the right to refund from the token}, {id: A2,
          title: Stop the route above 3 rescues in an hour}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.place import Path
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule

_WORD = re.compile(r"[^\W_]+")


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Titles are equal where their words are, in any order, case and punctuation."""
    first: dict[str, tuple[str, str]] = {}
    # By the day it was opened and not by the file's name: ids need not follow time, and the older
    # promise is the one that was not kept.
    # Without an id there is no promise that anybody could name.
    named = (facts for facts in index.postmortems if facts.id)
    for facts in sorted(named, key=lambda facts: (str(facts.opened), facts.id)):
        for number, action in enumerate(facts.actions):
            words = _WORD.findall(action.title.casefold())
            # "Add a test" is equal by chance, and says nothing of a promise.
            if len(words) < 3:
                continue
            owner, name = first.setdefault(" ".join(sorted(words)), (facts.id, action.id))
            # Twice in one postmortem is a draft's slip, and `recurrence_of` cannot name itself.
            if owner != facts.id:
                message = f"{action.id} was promised before, as {name} of {owner}"
                at = Path() / "actions" / number / "title"
                yield Problem(
                    message,
                    at,
                    action.id,
                    help=f"say what is different from {owner}",
                    file=facts.file,
                )


RULE = Rule("copied-action", Level.WARNING, "repository", check, __doc__)
