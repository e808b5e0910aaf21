"""A waiver waives nothing.

What it hid was corrected, or never existed. It would hide the next finding.

Fix: take it out.

Bad::
    waivers: [{rule: clock-order, reason: The log is late., approved_by: "@eva", until: 2026-11-30}]
Good::
    waivers: []
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Waivers that count and were of no use in this run."""
    for facts in index.postmortems:
        for waiver in facts.waivers:
            # An invalid or unknown one is a finding of `invalid-waiver`.
            counts = waiver.rule in context.rule_ids and waiver.counts(context.today)
            if counts and (facts.file, waiver.at) not in context.used_waivers:
                yield Problem(
                    f"nothing here breaks '{waiver.rule}', so this waives nothing",
                    waiver.at,
                    help="take it out",
                    file=facts.file,
                )


RULE = Rule("unused-waiver", Level.WARNING, "waivers", check, __doc__)
