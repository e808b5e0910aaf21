"""The review found nothing wrong with the workflow.

A failure that nobody stopped had a reason in the workflow. Without a finding no action answers
anything, and the same failure is waiting.

Fix: add what was wrong with the workflow, one statement a finding.

Bad::
    findings: []
    failed_controls: [{control: refund-approval, expected: prevent, why: "it showed no amount",
      findings: [], accepted_risk: {reason: "The cap makes it needless.", approved_by: "@eva"}}]
    actions: [{id: A1, findings: []}, {id: A2, findings: []}]
Good::
    findings: [{id: F1, statement: "The refund tool accepted any amount."}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import has_placeholder, known_words, says_something
from pmlint.place import Path
from pmlint.rules.repeats import repeated
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """At least one finding, and each with a statement that says something."""
    written = postmortem.data.get("findings")
    # A text in the place of the list is a finding of the schema, which says what to write.
    if not written and isinstance(written, (list, type(None))):
        at = Path() / "findings" if "findings" in postmortem.data else Path()
        yield Problem(
            "the review has no finding",
            at,
            help="add 'findings' with what was wrong with the workflow, not with the answer",
        )
    known = known_words("document", "finding")
    others = {"the title": postmortem.title, "the summary": postmortem.summary}
    for finding in postmortem.findings:
        statement = finding.data.get("statement")
        if not isinstance(statement, str) or has_placeholder(statement):
            continue  # the shape or the placeholder is a finding of its own
        name = finding.id or "a finding"
        if not says_something(statement, known):
            message = f"the statement of {name} says nothing"
        elif other := repeated(statement, {**others, "its class": finding.kind}):
            message = f"the statement of {name} repeats {other}"
        else:
            others[f"the statement of {name}"] = statement
            continue
        yield Problem(
            message,
            finding.at / "statement",
            finding.id,
            help="say in a sentence what was wrong with the workflow",
        )


RULE = Rule("findings-missing", Level.ERROR, "postmortem", check, __doc__)
