"""Facts that a restored route has to show: within its budgets, a kill switch that works, its
incidents replayed (docs/spec/trust.md).

Each is asked for where the base turns it on, holds the route like a review that is open, and has a
code of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.check.verdict import RouteVerdict
from pmlint.gate.case import Case
from pmlint.gate.checks.budgets import EARNING, budget_holds, is_at_floor
from pmlint.gate.checks.drills import drill_holds
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.replays import replay_holds
from pmlint.gate.checks.route_fields import field_place
from pmlint.gate.checks.wording import fact, refusal_of
from pmlint.gate.comparison import FieldChange
from pmlint.gate.refusal import Refusal
from pmlint.gate.transitions import transitions
from pmlint.model import Route
from pmlint.project.holds import Hold


def fact_holds(case: Case, pair: PlacePair, restoring: list[FieldChange]) -> list[Hold]:
    """Everything that a restored route does not show."""
    if not restoring:
        return []
    return [
        *budget_holds(case, pair, restoring),
        *drill_holds(case, pair),
        *replay_holds(case, pair),
    ]


def facts_of_restart(case: Case, route: Route) -> list[Hold]:
    """Everything that a route does not show, if a change restored it to all that it may have."""
    pair = PlacePair(route, route)
    return [
        *budget_holds(case, pair, None),
        *drill_holds(case, pair),
        *replay_holds(case, pair),
    ]


def fact_refusals(
    pair: PlacePair, restoring: list[FieldChange], holds: list[Hold]
) -> Iterator[Refusal]:
    """One refusal for each fact, at the first field by which the route gets too much."""
    after = pair.after
    # a tool beside a route that may start at the floor: that is what its budget does not pay for
    beyond = [change for change in restoring if change.row.field not in EARNING]
    for hold in holds:
        change = (beyond if beyond and is_at_floor(after) else restoring)[0]
        text = f"held route '{after.id}': {fact(change)} while held by {hold.kind}: {hold.reason}"
        refusal = refusal_of(change, text, after.file, field_place(after, change), after.id)
        yield refusal._replace(code=hold.code, help=hold.release, holds=(hold,))


def with_facts(verdict: RouteVerdict | None, holds: list[Hold]) -> RouteVerdict | None:
    """The answer for a route with the facts that it does not show."""
    if verdict is None or not holds:
        return verdict
    codes = transitions().codes
    held_by = (*verdict.held_by, *holds)
    if verdict.verdict == "allowed" and all(codes[hold.code].unjudged for hold in holds):
        return verdict._replace(verdict="unjudged", held_by=held_by)
    return verdict._replace(verdict="refused", held_by=held_by)
