"""Two documents have the same id.

A link names an id; where two documents answer to it, nobody knows which one holds the route.

Fix: give the newer document the next free id. An id is never used again, not even after a
withdrawal.

Bad::
    others: [{file: postmortems/PM-2026-001-again.md}]
Good::
    others:
      - file: postmortems/PM-2026-002-again.md
        id: PM-2026-002
        opened: 2026-10-01
        recurrence_of: [PM-2026-001]
        actions: [{id: A1, title: Take the right to refund from the token}, {id: A2,
          title: Stop the route above 3 rescues in an hour}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.place import Path
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """One problem for each document whose id an earlier file has."""
    first: dict[str, str] = {}
    for facts in index.postmortems:
        # Folded, because Windows and macOS keep one file for PM-2026-001 and pm-2026-001.
        if facts.id and (file := first.setdefault(facts.id.casefold(), facts.file)) != facts.file:
            yield Problem(
                f"the id '{facts.id}' is taken by {file}",
                Path() / "id",
                help="use the next free id",
                file=facts.file,
            )
    routes: dict[str, str] = {}
    for route in index.routes:
        # Several mapped places, or places and one file of ours, are one route (docs/spec/adopt.md).
        if route.mapped:
            continue
        where = f"{route.file}{route.at.pointer}"
        if route.id and (other := routes.setdefault(route.id.casefold(), where)) != where:
            yield Problem(
                f"the route id '{route.id}' is taken by {other}",
                route.place("id"),
                help="give one route another id",
                file=route.file,
            )


RULE = Rule("duplicate-id", Level.ERROR, "repository", check, __doc__, "draft")
