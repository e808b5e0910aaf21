"""The restart was signed before there was anything to sign.

A signature is about what was there: of actions that had landed and of conditions that were met.
One from before says only that somebody wanted the route back.

Fix: take the sign-off out, finish what is open, and let the owner sign again.

Bad::
    restart: {signoff: {by: "@maria", on: 2026-10-10}}
Good::
    restart: {signoff: null}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.project.holds import is_open, may_follow_restart
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """No sign-off while something that holds is open, and none that is older than what it signs."""
    signoffs = postmortem.restart.signoffs
    if not signoffs:
        return
    unsettled = open_parts(postmortem)
    done = [action.done_on for action in postmortem.actions]
    met = [condition.met_on for condition in postmortem.restart.conditions]
    # An action that was cancelled has no day here: the verb that cancels takes the sign-off out,
    # and the gate sees it on the base (docs/spec/gate.md, 6).
    last = max((day for day in (*done, *met) if day is not None), default=None)
    for signoff in signoffs:
        if unsettled:
            names = ", ".join(unsettled)
            verb = "is" if len(unsettled) == 1 else "are"
            yield Problem(
                f"the restart is signed, and {names} {verb} open",
                signoff.at,
                help="remove the sign-off until everything else is settled",
            )
        elif last is not None and signoff.on is not None and signoff.on < last:
            yield Problem(
                f"the sign-off of {signoff.on} is older than what it signs, of {last}",
                signoff.at / "on",
                help="remove it, and have the owner sign again: pmlint signoff ROUTE",
            )


def open_parts(postmortem: Postmortem) -> list[str]:
    """The ids of the actions that hold the route and are open, and of the conditions that are not
    met, in the order of the document.
    """
    actions = [
        action.id
        for action in postmortem.actions
        if is_open(action, postmortem) and not may_follow_restart(action, postmortem)
    ]
    return actions + [
        condition.id for condition in postmortem.restart.conditions if not condition.met
    ]


RULE = Rule("early-signoff", Level.ERROR, "postmortem", check, __doc__, "draft")
