"""Missing evidence is promised by an action that will not capture it.

"Missing" is honest once. The action that it names must bring the evidence next time: of the layer
``evidence-capture``, and not cancelled.

Fix: name the action that captures this kind from now on, or add one.

Bad::
    evidence: {outcome: {missing: "the mails were not kept", action: A2}}
Good::
    evidence: {outcome: {missing: "the mails were not kept", action: A3}}
    actions: [{id: A1}, {id: A2}, {id: A3, title: "Keep the mails of each run for 90 days",
      layer: evidence-capture, findings: [F1], owner: "@tom", deadline: 2026-10-30,
      done_when: tests/test_run_record.py finds them after 89 days}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each kind that is declared missing with an action that this postmortem has."""
    actions = {action.id: action for action in postmortem.actions}
    for kind in postmortem.evidence:
        action = actions.get(kind.action)
        if action is None:
            continue  # evidence-missing and dangling-link speak of it
        # A promise that was cancelled leaves a gap in the evidence that nobody will close.
        if action.status == "cancelled":
            reason = "is cancelled"
        elif action.layer != "evidence-capture":
            reason = f"is of the layer '{action.layer}'"
        else:
            continue
        capturing = [
            other.id
            for other in postmortem.actions
            if other.layer == "evidence-capture" and other.status != "cancelled"
        ]
        help = (
            f"name {capturing[0]}, which captures evidence"
            if capturing
            else "add an action of the layer evidence-capture, and name it here"
        )
        yield Problem(
            f"{action.id} is to capture '{kind.kind}', but {reason}",
            kind.at / "action",
            action.id,
            help=help,
        )


RULE = Rule("evidence-promise", Level.ERROR, "postmortem", check, __doc__)
