"""A route runs while its fixes have not landed.

The route never stopped, or was never taken down: what failed can fail again while the fixes are
discussed.

Fix: pause the route, or land the actions.

Bad::
    route: {state: running}
Good::
    route: {state: paused}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Routes that run without a raised flag; of those `restart-with-open-actions` speaks."""
    for route in index.routes:
        held = [hold for hold in index.held_by(route.id) if hold.kind == "action"]
        # Only a warning: nobody raised a flag, so nobody restored what was stopped.
        if held and route.state in ("running", "limited") and not route.raised:
            count = f"{len(held)} open action{'s' if len(held) > 1 else ''}"
            first = f"{held[0].postmortem} {held[0].subject}"
            message = f"'{route.id}' is {route.state} with {count}, the first is {first}"
            yield Problem(
                message,
                route.place("state"),
                route.id,
                help="pause the route, or land the actions",
                file=route.file,
            )


RULE = Rule("running-with-open-actions", Level.WARNING, "repository", check, __doc__)
