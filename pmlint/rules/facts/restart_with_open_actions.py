"""A route's restart flag is up while its fixes have not landed.

The flag says that the workflow is trusted again. As long as an action of a linked postmortem is
open, what failed can fail again.

Fix: take the flag down, or land the actions; ``pmlint why ROUTE`` names them.

Bad::
    route: {restart: true}
Good::
    route: {restart: false}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """One problem for each raised flag of a held route."""
    for route in index.routes:
        # Conditions and the sign-off may be settled in the change that restarts; that is for the
        # gate, which sees two trees.
        held = [hold for hold in index.held_by(route.id) if hold.kind in ("action", "review")]
        for flag in route.raised:
            # What can't be judged is said by unclear-flag, once.
            if held and not flag.unclear:
                names = ", ".join(
                    dict.fromkeys(f"{hold.postmortem} {hold.subject}".strip() for hold in held)
                )
                verb = "is" if len(held) == 1 else "are"
                message = f"'{flag.name}' restores '{route.id}' while {names} {verb} open"
                help = (
                    f"take the flag down; 'pmlint why {route.id}' says what would release the route"
                )
                yield Problem(message, flag.at, route.id, help=help, file=route.file)


RULE = Rule("restart-with-open-actions", Level.ERROR, "repository", check, __doc__, "draft")
