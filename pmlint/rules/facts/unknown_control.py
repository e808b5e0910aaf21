"""A failed control is not one that the route declares.

A control that no route knows can't be repaired: either the name is wrong, or the control never
existed, which is a finding of its own.

Fix: use the id of the route's control, or write ``absent: name`` for a control that did not exist.

Bad::
    failed_controls: [{control: refund-approvals, expected: prevent, findings: [F1]}]
    actions: [{id: A1, control: refund-approvals}, {id: A2}]
Good::
    failed_controls: [{absent: daily-cap, expected: contain, findings: [F1]}]
    actions: [{id: A1, control: null}, {id: A2}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import has_placeholder, names_nothing
from pmlint.model.suggestions import Names
from pmlint.rules.repeats import ids_of
from pmlint.rules.rule import Context, Rule

_NO_NAMES = frozenset(("control", "controls", "absent", "missing", "guardrail", "true", "yes"))
"""Words that every control that is not there could be called."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Judged only where each route of the postmortem is known, since `dangling-link` speaks of the
    others.
    """
    no_names = _NO_NAMES | ids_of(postmortem)
    for control in postmortem.failed_controls:
        if not control.name:
            yield Problem(
                "a failed control has no name",
                control.at,
                help="write 'control:' with its id, or 'absent:' with a name",
            )
        elif control.control and control.absent:
            yield Problem(
                f"'{control.control}' is there, and '{control.absent}' is absent: two controls",
                control.at / "absent",
                control.absent,
                help="write one of them, or an entry for each",
            )
        elif not control.absent or has_placeholder(control.absent):
            continue
        elif names_nothing(control.absent, no_names):
            yield Problem(
                f"'{control.absent}' does not name a control",
                control.at / "absent",
                control.absent,
                help="name what should have stopped it, such as 'absent: daily-cap'",
            )
    named = dict.fromkeys(postmortem.routes)
    routes = [
        context.repository_index.route_by_id[name]
        for name in named
        if name in context.repository_index.route_by_id
    ]
    # A control may be declared by the very route that is not found.
    if not routes or len(routes) < len(named):
        return
    known = {control.id for route in routes for control in route.controls}
    names = Names(known)
    for control in postmortem.failed_controls:
        if control.control and control.control not in known:
            near = names.near(control.control)
            yield Problem(
                f"no route of this postmortem declares the control '{control.control}'",
                control.at / "control",
                control.control,
                help=near or f"write 'absent: {control.control}' if it did not exist",
            )


RULE = Rule("unknown-control", Level.ERROR, "postmortem", check, __doc__)
