"""The restart clock and the routes disagree.

The fifth clock says when the route was trusted again. Without it nobody can say later how long the
repair took; with it while the route is paused, something was written that has not happened.

Fix: write the day on which the route was started again, in the change that starts it
(``pmlint move ID closed --restarted DAY``); or null while it is paused. In a closed review the day
stays, also when the route is paused again: it was a restart all the same.

Bad::
    clocks: {restart: 2026-10-01}
Good::
    clocks: {restart: null}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Route
from pmlint.place import Path
from pmlint.project.index import Index, PostmortemFacts
from pmlint.project.repositories import is_foreign_name
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Asked of each postmortem with its routes, whichever side names the link; so a single document
    has no answer, and the gate, which judges documents, does not wait for the clock.
    """
    linked: dict[str, list[Route]] = {}
    for route in index.routes:
        for facts in index.linked(route.id):
            linked.setdefault(facts.file, []).append(route)
    for facts in index.postmortems:
        problem = _problem(facts, linked.get(facts.file, []))
        if problem is not None:
            yield problem


def _problem(facts: PostmortemFacts, routes: list[Route]) -> Problem | None:
    if not routes or facts.status in ("draft", "withdrawn"):
        return None
    running = next((route.id for route in routes if route.runs), "")
    help = (
        "write the day on which the route was started again, "
        f'pmlint amend {facts.id} --set clocks.restart=DAY, or {{unknown: "why"}}'
    )
    if facts.is_restarted:
        # A closed review tells of a restart that has been. Its route may be paused again, for the
        # next incident or by whoever stops it, and stopping a route breaks no document.
        if facts.status == "closed":
            return None
        # One of several routes may run again before the others do, also one of another repository.
        are_paused = all(route.state == "paused" and not route.runs for route in routes)
        if not are_paused or any(map(is_foreign_name, facts.routes)):
            return None
        names = ", ".join(f"'{route.id}'" for route in routes)
        message = f"'restart' is set, and {names} {'is' if len(routes) == 1 else 'are'} paused"
        help = (
            "write null until the route runs again; where it ran and was stopped once more, "
            f"pmlint move {facts.id} closed"
        )
    elif running and facts.is_signed:
        message = f"'restart' is missing, although '{running}' runs again"
    # A retired route is never started again, and its review may be closed without this clock.
    elif facts.status == "closed" and any(route.state != "retired" for route in routes):
        message = "'restart' is missing, although the review is closed"
    else:
        return None
    return Problem(message, Path() / "clocks" / "restart", "restart", help=help, file=facts.file)


RULE = Rule("restart-clock", Level.ERROR, "repository", check, __doc__)
