"""An action declares a layer, and its words say something else.

A structural layer counts as a control. Prompt wording, a reminder, praise or "improve" under such a
name passes every gate and holds nothing. A verifier must say which test, an alert its signal, its
threshold and its receiver.

Fix: name what changes in that layer, or declare the layer that the words describe.

Bad::
    actions: [{id: A1}, {id: A2, title: Tighten the system prompt so that refunds stay small, layer: permissions}]
Good::
    actions: [{id: A1}, {id: A2, title: Revoke the scope refunds:write of the agent's token, layer: permissions}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pmlint.finding import Level, Problem
from pmlint.model import Action, Postmortem
from pmlint.model.references import artefacts
from pmlint.model.resources import read_json
from pmlint.rules.prose.lexicon import Match
from pmlint.rules.prose.prompt_wording import prompt_match
from pmlint.rules.prose.reading import Passage, read
from pmlint.rules.prose.say import WAIVE
from pmlint.rules.prose.vague_action import vague
from pmlint.rules.rule import Context, Rule

_FACTS = {
    "signal": r"\b(when|if|on|for|above|below|over|under|exceeds?|than|fails?|differs?|signal|any|each|every|missing)\b|[<>≥≤]",
    "threshold": r"\d|\b(any|each|every|one|first|single|zero|no)\b|[<>≥≤]",
    "receiver": r"@\w|#\w|\b(pages?|paging|owner|on-?call|pager\w*|slack|e-?mail\w*|sms|notif\w+|receiver|channel|call)\b",
}
"""What an alert must say, as patterns that are compiled when an alert is first read."""


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Structural layers: an error where the words are something else, a warning where only the
    layer's own words or facts are missing.
    """
    for action, title in read(postmortem, context).titles:
        if not action.structural or not action.title.strip():
            continue
        example = _layers()[action.layer]["example"]
        if spoken := contradiction(title):
            kind, match = spoken
            message = f"'{title.quote(match)}' is {kind}, and the layer says '{action.layer}'"
            help = f"name what changes, such as '{example}', or declare the layer that the words describe; {WAIVE}"
            yield Problem(message, title.where(match), action.id, help)
        elif lack := missing(action):
            help = f"say it, such as '{example}'; {WAIVE}"
            yield Problem(
                f"'{action.layer}' {lack}", action.at / "title", action.id, help, Level.WARNING
            )


def contradiction(title: Passage) -> tuple[str, Match] | None:
    """What the words of a title are instead of a structural change, and which words; None where
    they may be one.
    """
    if match := prompt_match(title):
        return "prompt wording", match
    if match := title.said("exhortation"):
        return "an appeal to people", match
    if match := title.said("praise"):
        return "praise", match
    if match := vague(title):
        return "an improvement without a mechanism", match
    return None


def missing(action: Action) -> str:
    """What the words of an action leave out of its layer: its facts (verifier, alert) or anything
    that belongs to it.
    """
    text = f"{action.title} {action.done_when}"
    if action.layer == "verifier":
        return "" if artefacts(text) or "`" in text else "does not say which test or check"
    if action.layer == "alert":
        lacks = [
            fact for fact, pattern in _FACTS.items() if not re.search(pattern, text, re.IGNORECASE)
        ]
        return f"does not say its {' and its '.join(lacks)}" if lacks else ""
    return (
        ""
        if anchored(text, action.layer) or artefacts(text)
        else "is declared, and nothing in the title belongs to it"
    )


def anchored(text: str, layer: str) -> bool:
    """Whether a word of a text begins as a layer's anchor does (one with a blank at its end is a
    whole word).

    Layers without anchors take any text.
    """
    anchors = _anchors(layer)
    words = f" {' '.join(re.findall('[0-9a-z-]+', text.lower()))} "
    return not anchors or any(anchor in words for anchor in anchors)


@cache
def _anchors(layer: str) -> tuple[str, ...]:
    return tuple(f" {anchor}" for anchor in _layers()[layer]["anchors"])


@cache
def _layers() -> dict[str, dict[str, list[str]]]:
    layers: dict[str, dict[str, list[str]]] = read_json("words/en.json")["layers"]
    return layers


RULE = Rule("layer-contradiction", Level.ERROR, "postmortem", check, __doc__)
