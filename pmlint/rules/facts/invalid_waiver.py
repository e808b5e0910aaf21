"""A waiver that does not count.

A waiver is a debt with a date: somebody else than the author agreed, for a reason, for at most 90
days. Anything less is a hole.

Fix: complete the waiver, have another person approve it, or fix what it hides.

Bad::
    waivers: [{rule: clock-order, reason: The log is late., approved_by: "@dana",
      until: 2026-11-30}]
Good::
    waivers: []
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.suggestions import nearest
from pmlint.project.waivers import facts_of_waiver, out_of_time
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Unknown rules, self-approval, waivers that have expired or run too long."""
    for waiver in postmortem.waivers:
        reason = facts_of_waiver(waiver, postmortem).invalid or out_of_time(
            waiver.until, context.today
        )
        if reason:
            yield Problem(
                f"the waiver of '{waiver.rule}' does not count: {reason}",
                waiver.at,
                help="renew it, or fix what it hides",
            )
        # Only of a waiver that counts otherwise: one reason is enough to renew it.
        elif waiver.rule not in context.rule_ids:
            help = nearest(waiver.rule, context.rule_ids) or "'pmlint rules' lists them"
            yield Problem(
                f"there is no rule '{waiver.rule}' to waive", waiver.at / "rule", help=help
            )


RULE = Rule("invalid-waiver", Level.ERROR, "postmortem", check, __doc__, "draft")
