"""An action declares a layer, and its words say something else.

A structural layer counts as a control. Prompt wording, a plan to agree on something or another
dashboard under such a name holds nothing. It is an error where the action shows no end of its layer
either: an end that is there outweighs the words.

Fix: declare the layer that the words describe, or name what changes in the layer that is declared.

Bad::
    actions: [{id: A1}, {id: A2, title: Tighten the system prompt so that refunds stay small}]
Good::
    actions:
      - {id: A1}
      - id: A2
        title: Revoke the scope refunds:write of the agent's token
        layer: permissions
        done_when: a refund with the agent's token gets 403
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.answers import CONTRADICTING
from pmlint.rules.prose.layer_without_end import advice
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import rewrite
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Structural actions whose words have a layer of their own."""
    reading = read(postmortem, context)
    for action, title, weak in reading.weak_answers:
        # Under a weaker layer the same words are `prompt-wording` or `non-commitment`: one span,
        # one finding.
        if not action.structural or weak.kind not in CONTRADICTING:
            continue
        message = (
            f"'{title.quote(weak.match)}' {weak.match.group.reason}, "
            f"and the layer says '{action.layer}'"
        )
        help = (
            f"declare 'layer: {weak.layer}' beside a control, or {rewrite(title, weak.match)}, "
            f"and {advice(action, frozenset())}"
        )
        # An error only where the end is one already: words alone never block
        # (docs/spec/language.md, 2).
        at, level = title.where(weak.match), reading.level(action)
        yield Problem(message, at, action.id, help, level, expected=(weak.layer,))


RULE = Rule("layer-contradiction", Level.ERROR, "postmortem", check, __doc__)
