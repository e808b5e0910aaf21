"""A clock is missing.

Without the four moments nobody can say how long the workflow was wrong before something stopped it.

Fix: write the moment with its offset, or ``{unknown: "why"}``.

Bad::
    clocks: {containment: null}
Good::
    clocks: {containment: {unknown: "the log ends at 06:31"}}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import CLOCKS, Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The restart may be empty; the others may not."""
    clocks = postmortem.clocks
    for name in CLOCKS[:-1]:
        if clocks.moment(name) is None and not clocks.unknown(name):
            at = Path() / "clocks" / name if name in clocks.data else Path() / "clocks"
            yield Problem(
                f"the clock '{name}' is missing",
                at,
                name,
                help='write the moment, or {unknown: "why"}',
            )


RULE = Rule("clock-missing", Level.ERROR, "postmortem", check, __doc__)
