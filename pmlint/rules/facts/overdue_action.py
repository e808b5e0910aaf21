"""The deadline of an open action has passed.

A deadline that passes without a word teaches everybody that deadlines mean nothing.

Fix: land the action, or move the deadline by an amendment with a reason and an approver.

Bad::
    actions: [{id: A1}, {id: A2, deadline: 2026-10-01}]
Good::
    actions: [{id: A1}, {id: A2, deadline: 2026-10-30}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.project.holds import is_open
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """An action is overdue from the day after its deadline."""
    # Nobody is late on a day that they still have, wherever they are (docs/spec/adopt.md).
    unended = context.today.unended
    for action in postmortem.actions:
        if action.deadline and action.deadline < unended and is_open(action, postmortem):
            days = (unended - action.deadline).days
            late = f"{days} day{'s' if days > 1 else ''}"
            message = f"{action.id} is overdue by {late}, owner {action.owner or 'nobody'}"
            yield Problem(
                message,
                action.at / "deadline",
                action.id,
                help="land it, or amend the deadline with a reason and an approver",
            )


RULE = Rule("overdue-action", Level.WARNING, "postmortem", check, __doc__)
