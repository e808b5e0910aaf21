"""A line cites evidence that is declared missing.

Either the evidence is there, or nobody has seen what the line says.

Fix: add the evidence, or cite the kind that shows it.

Bad::
    evidence: {retrieval: {missing: "the index keeps no log", action: A3}}
    actions: [{id: A1}, {id: A2}, {id: A3, title: "Keep what the index returned for 90 days",
      layer: evidence-capture, findings: [F1], owner: "@tom", deadline: 2026-10-30,
      done_when: tests/test_run_record.py finds it after 89 days}]
Good::
    evidence: {retrieval: {missing: "the index keeps no log", action: A3}}
    agent_path: [{step: retrieval, name: refund-policy-index, note: "returned the 2024 policy",
      evidence: tool_log}]
    actions: [{id: A1}, {id: A2}, {id: A3, title: "Keep what the index returned for 90 days",
      layer: evidence-capture, findings: [F1], owner: "@tom", deadline: 2026-10-30,
      done_when: tests/test_run_record.py finds it after 89 days}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.postmortem import Event, Step
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Events of the timeline and steps of the agent."""
    # By the key and not by its text: `{missing: TODO}` declares it missing as well, and the
    # placeholder is a finding of its own.
    missing = {kind.kind for kind in postmortem.evidence if "missing" in kind.data}
    lines: tuple[tuple[str, tuple[Event | Step, ...]], ...] = (
        ("event", postmortem.timeline),
        ("step", postmortem.agent_path),
    )
    for noun, parts in lines:
        for number, part in enumerate(parts, 1):
            if part.evidence in missing:
                yield Problem(
                    f"{noun} {number} cites '{part.evidence}', which is declared missing",
                    part.at / "evidence",
                    help=f"add the evidence below 'evidence.{part.evidence}', or cite another kind",
                )


RULE = Rule("evidence-contradiction", Level.ERROR, "postmortem", check, __doc__, "in-review")
