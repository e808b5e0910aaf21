"""Which holds stop a route that runs, and not only its restart (docs/spec/trust.md, *Flags*).

1. What cannot be read or found stops it: nobody knows what is open there.
2. A review that nobody has accepted stops nothing that runs, and the gate starts nothing by it.
3. Of an accepted review its actions, conditions and sign-off stop it; that it fails `check` today
   does not, because a route must not go off by a rule that was added or a waiver that ended.
"""

from __future__ import annotations

from collections.abc import Sequence

from pmlint.gate.case import Case
from pmlint.model import Postmortem
from pmlint.project.holds import Hold, review_hold, waits_for_acceptance


def stops(case: Case, hold: Hold) -> bool:
    """Whether a hold on a restart is one that a running route is turned off by."""
    before, after = (case.version(side, hold.postmortem) for side in (case.base, case.merged))
    if not isinstance(after, Postmortem):
        return True
    # Either side: who sets a review back in a work tree must not turn its route on by that.
    binds = any(
        isinstance(read, Postmortem) and review_hold(read) is None for read in (before, after)
    )
    if not isinstance(before, Postmortem):
        return binds  # accepted, and its proofs were looked up by nobody yet
    return binds and hold.kind != "review"


def foreign_stops(holds: Sequence[Hold]) -> tuple[Hold, ...]:
    """Those of a ledger's holds on a route by which it is turned off."""
    # A ledger has the holds of a review and not its status; what it cannot tell stops the route.
    waiting = {(one.repository, one.postmortem) for one in holds if waits_for_acceptance(one)}
    return tuple(
        one
        for one in holds
        if one.kind != "review" and (one.repository, one.postmortem) not in waiting
    )
