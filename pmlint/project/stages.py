"""Stages of a route on its way back: how far each lets it go, and what it asks (docs/spec/trust.md,
*Stages*).
"""

from __future__ import annotations

from typing import NamedTuple

from pmlint.model import Postmortem, Route
from pmlint.model.restart import Stage
from pmlint.model.vocabulary import AUTONOMY, STATES
from pmlint.project.index import StageFacts


class TrustLevel(NamedTuple):
    """How far a route may go: the rank of its state, and the rank of its autonomy."""

    state: int
    autonomy: int

    def is_above(self, other: TrustLevel) -> bool:
        """Whether either rank is higher than the other level's."""
        return self.state > other.state or self.autonomy > other.autonomy

    def lowest(self, other: TrustLevel) -> TrustLevel:
        """What both levels allow."""
        return TrustLevel(min(self.state, other.state), min(self.autonomy, other.autonomy))


NOWHERE = TrustLevel(STATES.index("paused"), AUTONOMY.index("observe"))
"""A route whose flags are down acts as little as one that is paused and observes."""
_TOP = TrustLevel(len(STATES), len(AUTONOMY))


def written_level(route: Route) -> TrustLevel:
    """What a route's file allows, whether its flag is up or not; an unknown word counts as more
    than any known one.
    """
    return _level(route.state, route.autonomy)


def acting_level(route: Route) -> TrustLevel:
    """How far a route goes now: with its flag down no further than one that is paused."""
    level = written_level(route)
    return level if route.raised else level.lowest(NOWHERE)


def stage_level(stage: Stage | StageFacts) -> TrustLevel:
    """How far a stage lets a route go."""
    return _level(stage.state, stage.autonomy)


def _level(state: str, autonomy: str) -> TrustLevel:
    return TrustLevel(
        STATES.index(state) if state in STATES else _TOP.state,
        AUTONOMY.index(autonomy) if autonomy in AUTONOMY else _TOP.autonomy,
    )


def position(route: Route, review: Postmortem) -> int | None:
    """Which stage of a review a route names, counted from 0; None where it names none of them."""
    stage = route.stage
    if stage is None or stage.postmortem != review.id:
        return None
    ids = [one.id for one in review.restart.stages]
    return ids.index(stage.id) if stage.id in ids else None


def passed(route: Route, review: Postmortem) -> int:
    """How many stages of a review a route has behind it: those before the one that it names, all
    where it names none and goes as far as the last, else none.
    """
    here = position(route, review)
    stages = review.restart.stages
    if here is not None:
        return here
    # A route that never came back by stages may look the same: it goes that far already, and what
    # it has is not taken away by a review that asks for stages afterwards.
    is_through = bool(stages) and not stage_level(stages[-1]).is_above(acting_level(route))
    return len(stages) if is_through else 0
