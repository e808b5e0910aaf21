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
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """At least one step."""
    written = postmortem.data.get("agent_path")
    if not written and isinstance(written, (list, type(None))):
        at = Path() / "agent_path" if "agent_path" in postmortem.data else Path()
        yield Problem(
            "the path of the agent has no step",
            at,
            help="add 'agent_path' with the prompt, tool, retrieval, approval or output involved",
        )


RULE = Rule("path-missing", Level.ERROR, "postmortem", check, __doc__)
