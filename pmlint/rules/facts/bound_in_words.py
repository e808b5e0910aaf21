"""A reason names a day, and the clock has no bounds.

"Some time on 2026-02-27" says more than "unknown", but only to people. As a bound, rules, figures
and pictures can read it, too.

Fix: write the day itself, or ``not_before`` and ``not_after`` beside the reason.

Bad::
    clocks: {first_impact: {unknown: "the replies of 2026-09-12 were not kept"}}
Good::
    clocks: {first_impact: {unknown: "the replies of 2026-09-12 were not kept",
      not_before: 2026-09-12, not_after: 2026-09-12}}
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import CLOCKS, Postmortem
from pmlint.model.dates import parse_date
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule

_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\d-])", re.ASCII)


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Clocks that are unknown without bounds; whether the day is a bound, and which, the author
    knows: before or after is not in the text, so there is no fix.
    """
    for name in CLOCKS:
        value = postmortem.clocks.data.get(name)
        # One bound is enough: "not after the 12th" is often all that anybody knows.
        if not isinstance(value, dict) or {"not_before", "not_after"} & value.keys():
            continue
        days = [
            found[0]
            for found in _DAY.finditer(postmortem.clocks.reason(name))
            # 2026-13-45 may be a ticket or a version; only a day of the calendar can be a bound.
            if parse_date(found[0])
        ]
        if days:
            yield Problem(
                f"the reason of '{name}' names {days[0]}, and the clock has no bounds",
                Path() / "clocks" / name / "unknown",
                name,
                help=f"write {days[0]} if it was that day, or add not_before: {days[0]} "
                f"or not_after: {days[0]} if it was later or earlier",
            )


RULE = Rule("bound-in-words", Level.WARNING, "postmortem", check, __doc__, "draft")
