"""A clock is missing.

Without the four clocks nobody can say how long the workflow was wrong before something stopped it.

Fix: write the day or the moment, or ``{unknown: "why"}`` where nobody knows it.

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

HELP = 'write the day or the moment, or {unknown: "why"} where nobody knows it'
"""Never a moment first: whoever is asked for one invents one (docs/spec/format.md, "Clocks")."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """The restart may be empty; the others may not. `clock-suggested` speaks of a suggestion."""
    clocks = postmortem.clocks
    # The last one is the restart, which `restart-clock` asks for once the route runs.
    for name in CLOCKS[:-1]:
        at = Path() / "clocks" / name if name in clocks.data else Path() / "clocks"
        # a value that cannot be read has a finding of its own, and is not missing
        if clocks.data.get(name) is None:
            yield Problem(f"the clock '{name}' is missing", at, name, help=HELP)


RULE = Rule("clock-missing", Level.ERROR, "postmortem", check, __doc__)
