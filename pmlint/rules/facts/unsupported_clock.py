"""A clock is known to the second, and nothing shows it.

Where no evidence is kept, a moment is somebody's memory. A day, or bounds, say as much as memory
holds.

Fix: cite the evidence in an event at that moment, or write the day.

Bad::
    evidence:
      instructions: {missing: "the prompt has no history", action: A3}
      retrieval: {missing: "the index keeps no log", action: A3}
      tool_log: {missing: "calls are kept for two days", action: A3}
      interventions: {missing: "it was stopped by telephone", action: A3}
      outcome: {missing: "the mails were not kept", action: A3}
    clocks: {route_start: 2026-09-12, first_warning: 2026-09-12, first_impact: 2026-09-12}
    timeline: [{at: 2026-09-12, event: "a customer writes that the refund came twice"}]
    agent_path: [{step: retrieval, name: refund-policy-index, note: "returned the 2024 policy"}]
    actions: [{id: A1, proof: [{commit: 4be1f0c}]}, {id: A2}, {id: A3,
      title: "Keep each run for 90 days", layer: evidence-capture, findings: [F1], owner: "@tom",
      deadline: 2026-10-30, done_when: tests/test_run_record.py finds it after 89 days}]
Good::
    clocks: {containment: 2026-09-12T06:58:00Z}
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import CLOCKS, Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Only where no kind of evidence is there: then nobody can have read the moment off."""
    if any(kind.pieces for kind in postmortem.evidence):
        return
    # An event of that very moment that cites evidence counts, also where the kind is declared
    # missing: `evidence-contradiction` speaks of that.
    shown = {event.moment for event in postmortem.timeline if event.evidence}
    for name in CLOCKS:
        moment = postmortem.clocks.moment(name)
        if moment is not None and moment not in shown:
            yield Problem(
                f"'{name}' is a moment, and no evidence shows it",
                Path() / "clocks" / name,
                name,
                help=f"write the day, {moment.date()}, or add what shows the moment",
            )


RULE = Rule("unsupported-clock", Level.WARNING, "postmortem", check, __doc__)
