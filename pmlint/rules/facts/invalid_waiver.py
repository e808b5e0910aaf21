"""A waiver does not count.

A waiver is a debt with a date: somebody other than the author agreed, for a reason, for at most 90
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
from pmlint.model import Postmortem, Waiver
from pmlint.model.suggestions import nearest
from pmlint.project.holds import same
from pmlint.project.waivers import UNWAIVABLE, facts_of_waiver, out_of_time
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Unknown rules, self-approval, waivers that have expired or run too long."""
    for waiver in postmortem.waivers:
        # The schema names the fields that are not there, one by one.
        if not waiver.data.keys() >= {"rule", "reason", "approved_by", "until"}:
            continue
        invalid = facts_of_waiver(waiver, postmortem).invalid
        reason = invalid or out_of_time(waiver.until, context.today)
        if reason is not None:
            yield Problem(
                f"the waiver of '{waiver.rule}' does not count: {reason}",
                waiver.at,
                help=_help(waiver, postmortem),
            )
        # Only of a waiver that counts otherwise: one reason is enough to renew it.
        elif waiver.rule not in context.rule_ids:
            help = nearest(waiver.rule, context.rule_ids) or "'pmlint rules' lists them"
            yield Problem(
                f"there is no rule '{waiver.rule}' to waive", waiver.at / "rule", help=help
            )


def _help(waiver: Waiver, postmortem: Postmortem) -> str:
    """The repair first: a waiver that is easy to renew is renewed."""
    if waiver.rule in UNWAIVABLE:
        return "fix what it hides, and take the waiver out"
    if any(same(waiver.approved_by, author) for author in postmortem.authors):
        return "fix what it hides, or let somebody approve it who is not an author"
    return "fix what it hides, or renew the waiver"


RULE = Rule("invalid-waiver", Level.ERROR, "postmortem", check, __doc__, "draft")
