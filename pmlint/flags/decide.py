"""What the two flags of a route are (docs/spec/trust.md, *Flags*).

1. A route runs where everything that speaks for it says so, without doubt: what is unclear counts
   as up in the gate, which must refuse it, and as off here, which must not start it.
2. What is held, or cannot be read, is off at 'observe'; it is written, because a flag that is
   missing gives callers their own default.
3. A limit, such as a spent budget, lowers the autonomy and leaves the route as it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pmlint.model import Route
from pmlint.model.vocabulary import AUTONOMY
from pmlint.project.holds import Hold

LOWEST = AUTONOMY[0]


class AutonomyLimit(NamedTuple):
    """The most autonomy that a route may have, and why."""

    autonomy: str
    why: str


class RouteFlags(NamedTuple):
    """What is written for a route; ``autonomy`` is None where its registry knows none.

    ``holds`` keep it off, ``limited`` says what lowers its autonomy, ``unread`` why it cannot be
    read; empty where there is nothing of it.
    """

    route: str
    runs: bool
    autonomy: str | None
    holds: tuple[Hold, ...] = ()
    limited: str = ""
    unread: str = ""

    @property
    def held_by(self) -> str:
        """The names of what keeps the route off, as ``PM-2026-001#A2``, in the order of holds."""
        names = ("#".join(filter(None, (hold.postmortem, hold.subject))) for hold in self.holds)
        return ", ".join(dict.fromkeys(names))


def decide(
    route: str, places: Sequence[Route], holds: Iterable[Hold], limits: Iterable[AutonomyLimit]
) -> RouteFlags:
    """The flags of a route that can be read, by every place that speaks for it."""
    # Holds before limits: a route that is off is at the lowest autonomy with every limit.
    found = tuple(holds)
    autonomy = _autonomy(places)
    if found:
        return RouteFlags(route, False, None if autonomy is None else LOWEST, found)
    why = ""
    for limit in limits if autonomy is not None else ():
        if autonomy is not None and AUTONOMY.index(limit.autonomy) < AUTONOMY.index(autonomy):
            autonomy, why = limit.autonomy, limit.why
    return RouteFlags(route, _runs(places), autonomy, limited=why)


def unread(route: str, why: str) -> RouteFlags:
    """The flags of a route whose file cannot be read."""
    return RouteFlags(route, False, LOWEST, unread=why)


def _runs(places: Sequence[Route]) -> bool:
    # All of them: two files that differ would be read by two systems.
    native = [place for place in places if not place.mapped]
    flagged = [place for place in places if place.mapped and place.flags]
    if not native and not flagged:
        return False  # a source without flags says nothing of running
    is_up = [any(flag.state == "up" for flag in place.flags) for place in flagged]
    return all(map(_native_runs, native)) and (not flagged or any(is_up))


def _native_runs(place: Route) -> bool:
    """Whether a file of ours says that the route runs: its state and its flag, where it has them.

    Without a flag of its own a registry source gives the flags, and the file need not name a state.
    """
    if not place.flags and "state" not in place.data:
        return True
    return place.state in ("limited", "running") and all(flag.state == "up" for flag in place.flags)


def _autonomy(places: Sequence[Route]) -> str | None:
    """The autonomy of the registry; of two files the lower, of an unknown word the lowest."""
    native = [place for place in places if not place.mapped and _knows_autonomy(place)]
    levels = [place.autonomy if place.autonomy in AUTONOMY else LOWEST for place in native]
    return min(levels, key=AUTONOMY.index) if levels else None


def _knows_autonomy(place: Route) -> bool:
    """Whether a file gives an autonomy, or would have to: only a source's flags replace it."""
    return "autonomy" in place.data or bool(place.flags)
