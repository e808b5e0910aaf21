"""A kill switch was not tried in time.

What nobody has used for a quarter may stop nothing: a token has expired, a flag has another name.
It is an error where the route acts without asking, because nothing else can stop it then.

Fix: let a person other than the owner use the switch, and record the drill with its proof: the day,
how many seconds it took until the route had stopped, and who tried it.

Bad::
    route: {controls: [
      {id: refund-approval, layer: approval-gate, guards: prevent, description: a person approves},
      {id: stop, layer: kill-switch, guards: contain}]}
Good::
    route: {controls: [
      {id: refund-approval, layer: approval-gate, guards: prevent, description: a person approves},
      {id: stop, layer: kill-switch, guards: contain, drills: [
      {"on": 2026-09-02, seconds: 140, by: "@tom", proof: [{commit: 4be1f0c}]}]}]}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model.route import Drill
from pmlint.parsing.tree import normal
from pmlint.project.drills import switches, why_overdue
from pmlint.project.holds import proves
from pmlint.project.index import Index
from pmlint.rules.rule import Context, Rule


def check(index: Index, context: Context) -> Iterator[Problem]:
    """Each kill switch and rollback of a route that is not retired."""

    def lacking(drill: Drill) -> str | None:
        for proof in drill.proof:
            # A commit is looked up by the gate alone: `check` asks git nothing.
            is_there = context.tree.entry(normal(proof.path) or "") if proof.path else proves(proof)
            if is_there:
                return None
        return f"its drill of {drill.on} has no proof that can be found"

    for route in index.routes:
        if route.state == "retired":
            continue
        level = Level.ERROR if route.autonomy == "act" else Level.WARNING
        for control in switches(route):
            drills = context.settings.drills
            why = why_overdue(route, control, drills, context.today.unended, lacking)
            if why is not None:
                yield Problem(
                    f"'{route.id}' {control.id}: {why}",
                    control.at,
                    route.id,
                    help=f"try it, and write the drill: the last {drills.every} count",
                    level=level,
                    file=route.file,
                )


RULE = Rule("drill-overdue", Level.WARNING, "repository", check, __doc__, "draft")
