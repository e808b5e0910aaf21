"""Budgets: a route that is restored while its runs say no (docs/spec/trust.md, *Budgets*).

1. A new or changed route that takes over what another did answers for that one, too; so does a
   mapped place that comes under a new id.
2. At the floor, ``limited`` and ``suggest``, a route may earn its budget back: there only an owed
   review holds it. A mapped route has no floor.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.takeover import works_taken
from pmlint.gate.comparison import FieldChange
from pmlint.gate.refusal import filled
from pmlint.gate.transitions import transitions
from pmlint.model import Route
from pmlint.model.vocabulary import AUTONOMY, STATES
from pmlint.project.holds import Hold

_SPENDING = ("budget-spent", "budget-page")
_FLOOR_STATE, _FLOOR_AUTONOMY = "limited", "suggest"
EARNING = ("state", "restart", "autonomy")
"""The fields that a route at the floor may raise."""


def budget_holds(
    case: Case, pair: PlacePair, restoring: list[FieldChange] | None
) -> Iterator[Hold]:
    """What the statement of budgets holds of a restored route; without the fields that restore it
    of one that may go as far as it likes.
    """
    if case.budgets.is_off:
        return
    only_earns = (
        restoring is not None
        and is_at_floor(pair.after)
        and all(change.row.field in EARNING for change in restoring)
    )
    seen: set[tuple[str, str]] = set()
    for name in answering_routes(case, pair):
        about = "" if name == pair.after.id else f"'{name}': "
        for lack in case.budgets.lacks(name):
            # what is wrong with the whole statement is said once
            if (lack.code, lack.reason) in seen or (only_earns and lack.code in _SPENDING):
                continue
            seen.add((lack.code, lack.reason))
            owner = case.owner_of_record(name)
            values = {"route": name, "release": lack.release}
            release = filled(transitions().codes[lack.code].help, values)
            reason = f"{about}{lack.reason}"
            yield Hold("", "budget", "", owner, None, reason, release, lack.code)


def answering_routes(case: Case, pair: PlacePair) -> list[str]:
    """The ids of the routes that answer for a place: its own, and those whose work it takes."""
    # History is shed by a new id, a copy, or a tool that moves (docs/spec/trust.md, *Budgets*).
    names = [pair.after.id, *(name for name, _ in works_taken(case, pair))]
    if pair.before is None and pair.after.mapped:
        names += _renamed_from(case, pair)
    return list(dict.fromkeys(names))


def _renamed_from(case: Case, pair: PlacePair) -> Iterator[str]:
    """The routes of the base whose place went, and whose other fields a new place has."""
    entry = pair.after.entry
    for name, places in case.base.routes.items():
        # entries of nothing but mapped fields are all alike, and none of them is the other
        if name in case.merged.routes or entry is None or not entry.others:
            continue
        if any(place.entry and place.entry.has_same_others(entry) for place in places):
            yield name


def is_at_floor(route: Route) -> bool:
    """Whether a route of ours goes no further than where it may earn its budget back; an unknown
    state or autonomy does.
    """
    return (
        not route.mapped
        and route.state in STATES[: STATES.index(_FLOOR_STATE) + 1]
        and route.autonomy in AUTONOMY[: AUTONOMY.index(_FLOOR_AUTONOMY) + 1]
    )
