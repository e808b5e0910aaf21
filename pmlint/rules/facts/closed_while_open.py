"""The review is closed, and something in it is open.

Closed means that nobody needs to look again. What is still open then is never done.

Fix: set the status to ``accepted`` until everything has landed, is met and signed off.

Bad::
    status: closed
    route: {state: retired}
Good::
    status: accepted
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.project.holds import is_open
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """No open action, also none that may follow the restart; no unmet condition; a sign-off where
    there are conditions.
    """
    if postmortem.status != "closed":
        return
    conditions = postmortem.restart.conditions
    unsettled = [action.id for action in postmortem.actions if is_open(action, postmortem)] + [
        condition.id for condition in conditions if not condition.met
    ]
    if unsettled:
        verb = "is" if len(unsettled) == 1 else "are"
        message = f"the review is closed, and {', '.join(unsettled)} {verb} open"
        help = "set the status to 'accepted' until nothing is open"
    # Without conditions there is nothing to sign (docs/spec/gate.md, 2): not every route is
    # stopped.
    elif conditions and not postmortem.restart.signoffs:
        message = "the review is closed, and the restart is not signed off"
        help = "have the owner of the route sign it off: pmlint signoff ROUTE"
    else:
        return
    yield Problem(message, Path() / "status", help=help)


RULE = Rule("closed-while-open", Level.ERROR, "postmortem", check, __doc__, "draft")
