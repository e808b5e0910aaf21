"""A structural action shows no end of its layer's own kind.

A layer says what holds when nobody remembers it, so its end is something that can be seen to hold:
a refusal, a test, a limit with its number, an alert with its receiver. A merged pull request, a
page that exists and a meeting that took place show that somebody worked, and a weak answer under a
strong name has nothing else to show. What ``done_when`` names is what must land.

Fix: name an end of the kind that the layer takes, or declare the layer that the end belongs to.

Bad::
    actions:
      - {id: A1}
      - id: A2
        layer: permissions
        done_when: "the scope list is merged as PR #412, tests are 40% faster"
Good::
    actions:
      - {id: A1}
      - id: A2
        layer: permissions
        done_when: "a refund of 200.01 EUR with the agent's token gets 403"
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Action, Postmortem
from pmlint.model.ends import kinds_of, layers_that_take, shows_end_of
from pmlint.rules.prose.passage import shorten
from pmlint.rules.prose.reading import read
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Structural actions that say when they are done. One without ``done_when`` is
    `action-done-when`, one whose end is a text that a model reads `self-verifying`.
    """
    reading = read(postmortem, context)
    weak = {action.at for action, _, _ in reading.weak_answers}
    for action, end in reading.ends:
        # A placeholder is a finding of its own, with the better help.
        if reading.shows_end(action) or end.said("placeholder"):
            continue
        kinds = reading.end_of(action).kinds
        # `self-verifying` says which text the model reads.
        if "instruction" in kinds:
            continue
        # The words are there, in the other field: nobody has to think of an end, but to move it.
        # A wish is none: "MUST run ./verify.sh" names a file, and moved it would end nothing.
        if action.at not in weak and shows_end_of(action.layer, action.title, reading.instructions):
            message = f"the title names an end of the layer '{action.layer}', done_when does not"
            help = (
                f"write in done_when what the title names, instead of '{shorten(action.done_when)}'"
            )
            yield Problem(message, action.at / "title", action.id, help)
            continue
        message = f"'{shorten(action.done_when)}' is not an end of the layer '{action.layer}'"
        yield Problem(message, action.at / "done_when", action.id, advice(action, kinds))


def advice(action: Action, kinds: frozenset[str]) -> str:
    """The kinds of end that the layer of an action takes, and a layer that takes the one it has."""
    taken = ", or ".join(f"{kind.says} ('{kind.example}')" for kind in kinds_of(action.layer))
    others = layers_that_take(kinds)
    fits = f"; an end like this fits the layer '{others[0]}'" if others else ""
    return f"name in done_when {taken}{fits}"


RULE = Rule("layer-without-end", Level.ERROR, "postmortem", check, __doc__)
