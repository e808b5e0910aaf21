"""A clock is only suggested.

``pmlint evidence`` proposes when the route started and what warned first, with its reason. What a
log shows first is not always what happened first, so a person looks at the source and answers for
the moment. Until then every table and the gate read no clock there.

Fix: look at the source, then write the moment or the day in place of the suggestion.

Bad::
    clocks: {first_warning: {suggested: 2026-09-12T06:04:10Z,
      because: "refunds_create failed: TimeoutError", source: "tool_log.jsonl:3"}}
Good::
    clocks: {first_warning: 2026-09-12T06:04:10Z}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import CLOCKS, Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule

HELP = "look at its source, then write the day or the moment that you can answer for"


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """All five: a restart is never in a trace, but a person can write a suggestion by hand."""
    clocks = postmortem.clocks
    for name in CLOCKS:
        if clocks.is_suggested(name):
            at = Path() / "clocks" / name
            yield Problem(f"the clock '{name}' is only suggested", at, name, help=HELP)


RULE = Rule("clock-suggested", Level.ERROR, "postmortem", check, __doc__, "in-review")
