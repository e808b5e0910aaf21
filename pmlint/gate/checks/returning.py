"""What a route on its way back still needs of reviews that are settled (docs/spec/trust.md).

A review that was removed, unlinked or edited one change before would ask for nothing at the
restart: a stage that is not passed, and a replay, are kept until the route is back.
"""

from __future__ import annotations

from collections.abc import Iterable

from pmlint.gate.case import Case
from pmlint.model import Postmortem, Route
from pmlint.project.stages import passed


def is_on_the_way(case: Case, review: Postmortem, routes: Iterable[str]) -> bool:
    """Whether one of some routes of the base still needs what a review asks for."""
    names = tuple(routes)
    return _has_stages_before_it(case, review, names) or waits_for_replay(case, review, names)


def _has_stages_before_it(case: Case, review: Postmortem, routes: Iterable[str]) -> bool:
    places = (place for name in routes for place in case.base.routes.get(name, ()))
    stages = review.restart.stages
    return bool(stages) and any(
        passed(place, review) < len(stages) for place in places if not place.mapped
    )


def waits_for_replay(case: Case, review: Postmortem, routes: Iterable[str]) -> bool:
    """Whether the replay of a review is asked for at the restart of one of some routes."""
    if case.replays.is_off or not review.restart.replay.path:
        return False
    return any(not _is_back(place) for name in routes for place in case.base.routes.get(name, ()))


def _is_back(place: Route) -> bool:
    # a limited route has steps before it, and each asks for the replay
    return place.runs and place.state != "limited"
