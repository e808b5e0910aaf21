"""The last drill of a kill switch took too long.

A route that acts goes on for as long as its switch takes. How long that may be is set by
``[tool.pmlint.drills] seconds``.

Fix: make the switch faster, and try it again; the drill stays as it was written.

Bad::
    route: {controls: [
      {id: refund-approval, layer: approval-gate, guards: prevent, description: a person approves},
      {id: stop, layer: kill-switch, guards: contain, drills: [
      {"on": 2026-09-02, seconds: 140, by: "@tom", proof: [{commit: 4be1f0c}]},
      {"on": 2026-10-05, seconds: 1400, by: "@tom", proof: [{commit: 4be1f0c}]}]}]}
Good::
    route: {controls: [
      {id: refund-approval, layer: approval-gate, guards: prevent, description: a person approves},
      {id: stop, layer: kill-switch, guards: contain, drills: [
      {"on": 2026-09-02, seconds: 140, by: "@tom", proof: [{commit: 4be1f0c}]}]}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pmlint.finding import Level, Problem
from pmlint.project.drills import is_too_slow, switches
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """The last drill of each kill switch and rollback."""
    allowed = context.settings.drills
    for route in index.routes:
        for control in switches(route):
            last = max(control.drills, key=lambda drill: drill.on or date.min, default=None)
            if last is not None and last.seconds is not None and is_too_slow(last, allowed):
                yield Problem(
                    f"'{route.id}' {control.id}: its last drill took {last.seconds:,} seconds, "
                    f"{allowed.seconds:,} are allowed",
                    last.at / "seconds",
                    route.id,
                    help="make the switch faster, and try it again",
                    file=route.file,
                )


RULE = Rule("drill-too-slow", Level.WARNING, "repository", check, __doc__, "draft")
