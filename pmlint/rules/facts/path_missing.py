"""The path of the agent has no step.

Which prompt, tool, retrieval, approval or output was involved? Where nobody wrote it, the next
review begins with guessing.

Fix: add the steps that mattered, one is enough.

Bad::
    agent_path: []
Good::
    agent_path: [{step: tool, name: refunds.create, note: "paid the amount of the policy of 2024"}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import has_placeholder, is_hollow, names_nothing
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """At least one step, and each with a name or a note that says something."""
    written = postmortem.data.get("agent_path")
    if not written and isinstance(written, (list, type(None))):
        at = Path() / "agent_path" if "agent_path" in postmortem.data else Path()
        yield Problem(
            "the path of the agent has no step",
            at,
            help="add 'agent_path' with the prompt, tool, retrieval, approval or output involved",
        )
    for step in postmortem.agent_path:
        if not isinstance(step.data.get("name"), str) or has_placeholder(step.name):
            continue  # the shape or the placeholder is a finding of its own
        if names_nothing(step.name) and is_hollow(step.note):
            yield Problem(
                f"the step '{step.name}' says nothing" if step.name else "a step has no name",
                step.at / "name",
                help="name the tool, index, model or person, or say in 'note' what it did",
            )


RULE = Rule("path-missing", Level.ERROR, "postmortem", check, __doc__)
