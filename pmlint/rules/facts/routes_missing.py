"""The review names no route.

A review that names no route holds none: what failed goes on running.

Fix: name the routes that failed.

Bad::
    routes: []
    failed_controls: [{absent: daily-cap, expected: contain, why: "no control counted refunds",
      findings: [F1]}]
    actions: [{id: A1, control: null}, {id: A2}]
Good::
    routes: [refund-triage]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """At least one route; a list that is left out is an empty one (docs/spec/format.md)."""
    if postmortem.data.get("routes", []) != []:
        return
    routes = [route for route in context.repository_index.routes if route.id]
    linking = [route.id for route in routes if postmortem.id in route.postmortems]
    if linking:
        # The link holds the route from either side; the review still says what failed.
        help = f"write routes: [{', '.join(linking)}], since the review is linked there"
    else:
        help = "name the route that failed" + (f", such as {routes[0].id}" if routes else "")
    yield Problem("the review names no route", Path() / "routes", help=help)


RULE = Rule("routes-missing", Level.ERROR, "postmortem", check, __doc__)
