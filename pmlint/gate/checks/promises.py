"""What a route promises, and a change that promises less (docs/spec/trust.md, *Budgets*).

1. Compared is what a promise amounts to, wherever it is written: an OpenSLO file that is edited
   loosens as the route's own file does.
2. Refused while the route is over its budget, owes a review, or nobody can say, by the values of
   the base; and always in a change that restores a route.
3. A route that goes takes its promise along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmlint.gate.case import Case
from pmlint.gate.checks import places
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.wording import message, refusal_of
from pmlint.gate.comparison import Comparison, FieldChange
from pmlint.gate.refusal import Lack, Refusal
from pmlint.gate.snapshot import Snapshot
from pmlint.model import Route
from pmlint.parsing.source import Malformed
from pmlint.place import Path
from pmlint.project.amounts import STEP, decimal_text
from pmlint.project.promise import RoutePromise, route_promise

_DAY = 86_400 // STEP


def promise_refusals(case: Case, *, restores: bool) -> Iterator[Refusal]:
    """Every promise that the change weakens; ``restores`` says whether it restores a route."""
    if case.budgets.is_off:
        return
    for name in sorted(case.base.routes):
        for pair in _pairs(case, name):
            yield from _loosened(case, pair, restores=restores)


def _pairs(case: Case, name: str) -> Iterator[PlacePair]:
    """The places of a route of the base that promise something, with what became of them."""
    promising = [place for place in case.base.routes[name] if place.slo]
    if not promising:
        return
    if name not in case.merged.routes:
        # nothing is left that promises; the place of the base is where it was
        yield from (PlacePair(place, place._replace(slo={}, file="")) for place in promising)
        return
    kinds = {place.mapped for place in case.merged.routes[name]}
    for pair in places.pairs(case.base, case.merged, name):
        before, after = pair
        if before is None or not before.slo:
            continue
        # A place of another kind that comes beside it takes nothing from what it promises.
        if before.mapped == after.mapped or before.mapped not in kinds:
            yield pair


def _loosened(case: Case, pair: PlacePair, *, restores: bool) -> Iterator[Refusal]:
    before, after = pair
    assert before is not None
    # To read the promises of 200 routes twice took 30 ms of a gate's 360. A file elsewhere may
    # have changed although what names it has not.
    if before.slo == after.slo and "openslo" not in before.slo:
        return
    old, new = _record(case.base, before), _record(case.merged, after)
    if old == new:
        return
    # A mapped promise is compared by the rows of ours as well, which know what a share means.
    compare = Comparison(case.table, case.table.rows("route"))
    changes = compare.changes({"slo": old}, {"slo": new})
    loosening = [change for change in changes if change.loosens]
    if before.mapped:
        loosening = _by_the_row_of_places(case, loosening)
    lack = _why_not(case, before.id, restores=restores) if loosening else None
    if lack is not None:
        yield from (_refusal(pair, change, lack) for change in loosening)


def _why_not(case: Case, name: str, *, restores: bool) -> Lack | None:
    """Why a promise may not be loosened now."""
    if restores:
        # beside a restart a promise is loosened for it, although the route may be within
        return Lack("in a change that restores a route")
    held = next(case.budgets.lacks(name), None)
    return None if held is None else Lack(f"while {held.reason}")


def _record(side: Snapshot, route: Route) -> Mapping[str, object]:
    """What a promise amounts to, as the table compares it; one that cannot be read promises nothing
    that runs could be counted against.
    """
    try:
        promised = route_promise(route, side.tree)
    except (Malformed, ValueError):
        return {}
    elsewhere = {"openslo": route.slo["openslo"]} if "openslo" in route.slo else {}
    return {**_amounts(promised), **elsewhere}


def _amounts(promised: RoutePromise) -> dict[str, object]:
    if promised.is_empty:
        return {}
    shares = {"objective": promised.objective, "rescues": promised.rescues}
    found: dict[str, object] = {
        name: decimal_text(share) for name, share in shares.items() if share is not None
    }
    return {**found, "window": f"{promised.window // _DAY}d"}


def _by_the_row_of_places(case: Case, loosening: list[FieldChange]) -> list[FieldChange]:
    """The same changes by the one row that a mapped promise has, which knows no names of fields."""
    row = case.table.rows("place").fields.below["slo"].below["{}"].rows[0]
    moved = [change._replace(row=row) for change in loosening]
    return [change for change in moved if change.loosens]


def _refusal(pair: PlacePair, change: FieldChange, lack: Lack) -> Refusal:
    before, after = pair
    assert before is not None
    text = message(f"'{before.id}'", change, lack)
    if after.file:
        return refusal_of(change, text, after.file, _at(after, change), before.id, route=before.id)
    gone = refusal_of(change, text, before.file, None, before.id, route=before.id)
    return gone._replace(side="base")


def _at(route: Route, change: FieldChange) -> Path:
    """The part of the promise, or the promise where it is written elsewhere, or the route."""
    at = route.place("slo")
    name = str(change.at[-1])
    if name in route.slo:
        return at / name
    return at
