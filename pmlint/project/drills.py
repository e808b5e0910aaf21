"""Drills of kill switches: whether one was tried in time (docs/spec/trust.md,
*Kill-switch drills*).

A drill counts where it took at most the seconds that are allowed, somebody else than the owner of
the route made it, and its proof is there. Where that is looked up is the caller's: `check` looks
into the tree, the gate into git.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from pmlint.model import Route
from pmlint.model.route import Control, Drill
from pmlint.project.amounts import STEP, duration
from pmlint.project.holds import same
from pmlint.project.settings import DrillSettings

LAYERS = ("kill-switch", "rollback")
"""The layers of controls that are tried."""
Lacking = Callable[[Drill], str | None]
"""Why the proof or the person of a drill does not count; None where they do."""


def switches(route: Route) -> Iterator[Control]:
    """The controls of a route that stop it."""
    yield from (control for control in route.controls if control.layer in LAYERS)


def why_overdue(
    route: Route, control: Control, settings: DrillSettings, today: date, lacking: Lacking
) -> str | None:
    """Why no drill of a control counts today, by its last one; None where one does."""
    # The last one explains best what is missing, although any that counts is enough.
    drills = sorted(control.drills, key=lambda drill: drill.on or date.min)
    lacks = [_lack(route, drill, settings, today) or lacking(drill) for drill in drills]
    if any(lack is None for lack in lacks):
        return None
    return lacks[-1] if lacks else "it was never tried"


def _lack(route: Route, drill: Drill, settings: DrillSettings, today: date) -> str | None:
    """What a drill lacks by what is written."""
    if drill.on is None:
        return "its last drill has no day"
    if drill.on > today:
        return f"its drill of {drill.on} is still to come"
    if today - drill.on > timedelta(seconds=duration(settings.every) * STEP):
        return f"its last drill was on {drill.on}, and one is asked for every {settings.every}"
    if is_too_slow(drill, settings):
        took = f"{drill.seconds:,} seconds" if drill.seconds is not None else "a time not written"
        return f"its drill of {drill.on} took {took}, and {settings.seconds:,} are allowed"
    if not drill.by.strip():
        return f"its drill of {drill.on} does not name who made it"
    if same(drill.by, route.owner):
        return f"its drill of {drill.on} was made by {drill.by}, the owner of the route"
    return None


def is_too_slow(drill: Drill, settings: DrillSettings) -> bool:
    """Whether a drill took longer than is allowed, or nobody wrote how long."""
    return drill.seconds is None or drill.seconds > settings.seconds
