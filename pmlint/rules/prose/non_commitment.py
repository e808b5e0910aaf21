"""An action plans, agrees or hopes.

"Agree on", "plan", "try if" and "maybe" end with a meeting. Nobody can say later that it was not
done, and the route runs as it did.

Fix: write what was decided, or declare ``layer: investigation`` beside a permanent change.

Bad::
    actions: [{id: A1}, {id: A2, title: Align with support on refunds, layer: documentation}]
Good::
    actions:
      - {id: A1}
      - id: A2
        title: Align the two refund limits at 200 EUR in one configuration file
        layer: documentation
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import say
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Titles of actions of weaker layers; under a structural one it is `layer-contradiction`,
    unless an end of the layer is there, which is a commitment.
    """
    for action, title, weak in read(postmortem, context).weak_answers:
        # "Decide whether to ..." with a day and a place for the decision is a commitment; the layer
        # says which of both it claims to be.
        if weak.kind == "non-commitment" and not action.structural:
            yield say(title, weak.match, action.id)


RULE = Rule("non-commitment", Level.WARNING, "postmortem", check, __doc__)
