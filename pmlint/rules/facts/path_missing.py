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
from pmlint.model.saying import has_placeholder, is_hollow, known_words, names_nothing, words_of
from pmlint.place import Path
from pmlint.rules.repeats import words_of_routes
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
    known = known_words("step") | words_of_routes(postmortem)
    for step in postmortem.agent_path:
        if not isinstance(step.data.get("name"), str) or has_placeholder(step.name):
            continue  # the shape or the placeholder is a finding of its own
        own = known.union(words_of(step.step))
        if names_nothing(step.name, own) and is_hollow(step.note, own.union(words_of(step.name))):
            yield Problem(
                f"the step '{step.name}' says nothing" if step.name else "a step has no name",
                step.at / "name",
                help="name the tool, index, model or person, or say in 'note' what it did",
            )
    steps = postmortem.agent_path
    if len(steps) > 1 and all(step.data == steps[0].data for step in steps):
        yield Problem(
            f"all {len(steps)} steps are the same",
            steps[1].at,
            help="add the steps before and after it, or say in 'note' what each did",
        )


RULE = Rule("path-missing", Level.ERROR, "postmortem", check, __doc__)
