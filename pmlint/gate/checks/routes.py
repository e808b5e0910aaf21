"""Routes: what a change restores, takes away or exchanges (docs/spec/gate.md, 3 and 7).

1. A new route that is down restores nothing; one that is up is compared with nothing.
2. The fields of a place are asked first (`route_fields`), then whether it does the work of a held
   route (`takeover`), and whether its file is sound and there (`route_files`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.check.verdict import RouteVerdict
from pmlint.gate.case import Case
from pmlint.gate.checks import places
from pmlint.gate.checks.drills import drill_refusals
from pmlint.gate.checks.facts import fact_holds, fact_refusals, with_facts
from pmlint.gate.checks.places import PlacePair
from pmlint.gate.checks.route_fields import kept, restored, restores
from pmlint.gate.checks.route_files import broken, duplicates, removed, unreadable
from pmlint.gate.checks.stages import stage_holds, stage_refusals
from pmlint.gate.checks.takeover import taken_over
from pmlint.gate.comparison import Comparison
from pmlint.gate.refusal import Refusal
from pmlint.gate.settled import Settled
from pmlint.model import Route


class JudgedRoute(NamedTuple):
    """What came of one place of a route: its refusals, and what it would be given."""

    refusals: tuple[Refusal, ...]
    verdict: RouteVerdict | None = None


def judge_routes(case: Case, settled: Settled) -> Iterator[JudgedRoute]:
    """Every route whose place the change touches."""
    ids = sorted(case.base.routes.keys() | case.merged.routes.keys())
    if case.base.registry is case.merged.registry:
        return  # the same files with the same contents
    for name in ids:
        gone = tuple(removed(case, settled, name))
        if gone:
            yield JudgedRoute(gone)
        for pair in places.pairs(case.base, case.merged, name):
            if pair.before is None or not _is_untouched(case, pair):
                yield _place(case, settled, pair)
    yield JudgedRoute(tuple(duplicates(case)))
    yield JudgedRoute(tuple(unreadable(case, settled)))


def _is_untouched(case: Case, pair: PlacePair) -> bool:
    before, after = pair
    return (
        before is not None
        and before.file == after.file
        and case.base.identity(before.file) == case.merged.identity(after.file)
    )


def _place(case: Case, settled: Settled, pair: PlacePair) -> JudgedRoute:
    before, after = pair
    table = case.table.rows("place" if after.mapped else "route")
    different = places.mapped_direction if after.mapped else None
    old = _old(case, pair)
    changes = Comparison(case.table, table, different).changes(old, places.contents(after))
    if not _is_comparable(before, after) and not after.runs:
        # what is new and down restores nothing, but the route may move to another owner by it
        changes = [change for change in changes if change.row.code == "route-owner-changed"]
    refusals: list[Refusal] = []
    restoring = [change for change in changes if change.loosens and restores(change)]
    for change in changes:
        if change not in restoring:
            refusals += kept(case, settled, pair, change)
    verdict, held = restored(case, settled, pair, restoring)
    refusals += held
    facts = fact_holds(case, pair, restoring)
    refusals += fact_refusals(pair, restoring, facts)
    stages = list(stage_refusals(case, pair, changes))
    refusals += stages
    verdict = with_facts(verdict, [*facts, *stage_holds(stages)])
    refusals += taken_over(case, settled, pair)
    refusals += broken(case, settled, pair)
    refusals += drill_refusals(case, pair)
    return JudgedRoute(tuple(refusals), verdict)


def _is_comparable(before: Route | None, after: Route) -> bool:
    """Whether both are files of ours, or both mapped: else they have no field alike."""
    return before is not None and before.mapped == after.mapped


def _old(case: Case, pair: PlacePair) -> Mapping[str, Any]:
    before, after = pair
    if before is not None and _is_comparable(before, after):
        return places.contents(before)
    # what is new is no exchange of what was there: only what is up counts
    nothing = {"id": after.id} if after.mapped else {**after.data, **places.NOTHING}
    if before is not None and _becomes_owner_of_record(case, after):
        nothing["owner"] = case.owner_of_record(after.id)
    return nothing


def _becomes_owner_of_record(case: Case, after: Route) -> bool:
    """Whether the owner of a place of another kind is the owner of record from now on."""
    return not after.mapped or all(place.mapped for place in case.merged.routes[after.id])
