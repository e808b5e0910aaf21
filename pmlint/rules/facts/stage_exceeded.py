"""A route goes further than the stage that it names.

The file of a route says at which stage of which postmortem it is. The runtime reads state and
autonomy, so a route above its stage has skipped what the stage asks for; a stage that no linked
postmortem has asks for nothing.

Fix: lower state and autonomy to those of the stage, or correct the stage.

Bad::
    restart: {stages: [
      {id: S1, state: limited, autonomy: suggest, at_least: {days: 7}},
      {id: S2, state: running, autonomy: act}]}
    route: {state: paused, autonomy: act-with-approval,
      stage: {postmortem: PM-2026-001, id: S1, since: 2026-10-10}}
Good::
    restart: {stages: [
      {id: S1, state: limited, autonomy: suggest, at_least: {days: 7}},
      {id: S2, state: running, autonomy: act}]}
    route: {state: paused, autonomy: suggest,
      stage: {postmortem: PM-2026-001, id: S1, since: 2026-10-10}}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Route
from pmlint.project.index import Index
from pmlint.project.stages import stage_level, written_level
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Each route that names a stage."""
    for route in index.routes:
        # A stage without its names is a finding of the schema.
        if route.stage is not None and route.stage.postmortem and route.stage.id:
            yield from _of(route, index)


def _of(route: Route, index: Index) -> Iterator[Problem]:
    stage = route.stage
    assert stage is not None
    facts = {one.id: one for one in index.linked(route.id)}.get(stage.postmortem)
    if facts is None:
        message = f"'{route.id}' names a stage of {stage.postmortem}, which is not linked to it"
        at, help = stage.at / "postmortem", "name a linked postmortem, or take 'stage' out"
        yield Problem(message, at, route.id, help=help, file=route.file)
        return
    known = next((one for one in facts.stages if one.id == stage.id), None)
    if known is None:
        message = f"'{route.id}' names stage {stage.id}, which {facts.id} does not have"
        help = f"its stages: {', '.join(one.id for one in facts.stages) or 'none'}"
        yield Problem(message, stage.at / "id", route.id, help=help, file=route.file)
    elif written_level(route).is_above(stage_level(known)):
        message = (
            f"'{route.id}' is {route.state} at '{route.autonomy}', above stage {known.id} of "
            f"{facts.id}: {known.state} at '{known.autonomy}'"
        )
        help = f"set state to '{known.state}' and autonomy to '{known.autonomy}'"
        yield Problem(message, route.place("state"), route.id, help=help, file=route.file)


RULE = Rule("stage-exceeded", Level.ERROR, "repository", check, __doc__, "draft")
