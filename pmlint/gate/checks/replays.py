"""Replays: a route that is restored before its incident was replayed (docs/spec/trust.md).

1. Asked is every postmortem that is linked to the route and has a replay, settled ones too.
2. A route that takes over what another did answers for its incidents as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.case import Case
from pmlint.gate.checks.budgets import answering_routes
from pmlint.gate.checks.places import PlacePair
from pmlint.project.holds import Hold


def replay_holds(case: Case, pair: PlacePair) -> Iterator[Hold]:
    """What the statement of replays does not show of the incidents of a restored route."""
    if case.replays.is_off:
        return
    owner = case.owner_of_record(pair.after.id)
    for name in case.linked(answering_routes(case, pair)):
        # what the change adds is asked as well: it only demands more
        read = case.postmortem(case.base, name) or case.postmortem(case.merged, name)
        lack = case.replays.lack(read) if read is not None else None
        if lack is not None:
            release = case.replays.way_out(name, lack.code)
            yield Hold(name, "replay", "", owner, None, lack.reason, release, lack.code)
