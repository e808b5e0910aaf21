"""What a title is instead of a change: the weak answers, the surest detector first.

A title is one span, so one rule speaks of it. Words alone never block: where the layer is a control
and the action shows an end of it, they are at most a warning, and of those detectors alone that
seldom err; where it shows none, `layer-without-end` is the error, and `layer-contradiction` says
which layer the words fit.
"""

from __future__ import annotations

from typing import NamedTuple

from pmlint.model.references import artefacts
from pmlint.rules.prose.lexicon import Group, Match
from pmlint.rules.prose.named import changes_nothing, speaks_of_a_model
from pmlint.rules.prose.passage import Passage
from pmlint.rules.prose.prompts import prompt_match


class WeakAnswer(NamedTuple):
    """The detector that spoke, the words, and the weaker layer that they fit (empty: none)."""

    kind: str
    match: Match
    layer: str


# A label such as "training" is honest where the action is one: then nothing is said.
_FITS = {
    "prompt-wording": "prompt",
    "praise": "communication",
    "exhortation": "training",
    "investigate-only": "investigation",
    "behavioural-norm": "documentation",
    "non-commitment": "investigation",
    "vow": "communication",
    "vague-action": "",
    "dashboard-only": "dashboard",
}
"""The detectors in the order of their precision on sentences that nobody tuned on, and the layer
under whose name an answer of this kind is honest.
"""
SURE = frozenset({"prompt-wording", "praise", "exhortation", "investigate-only"})
"""Those that speak although the action shows an end of its layer."""
CONTRADICTING = frozenset({"prompt-wording", "non-commitment", "dashboard-only"})
"""Those that `layer-contradiction` speaks for: each has a layer of its own."""


_ABSENT = {"prompt-wording": speaks_of_a_model, "vague-action": changes_nothing}
"""Asked last, because here it is what is absent that speaks."""
_QUESTION = Group(
    "investigate-only",
    "en",
    {
        "terms": (),
        "reason": "is a question and no change",
        "replacement": "answer it, and write the change that follows",
    },
)


_THRESHOLD = frozenset(
    "above below over under beyond exceeds exceed reaches than within "
    "über unter ab oberhalb unterhalb binnen encima debajo más menos supera "
    "dessus dessous plus moins dépasse acima abaixo mais excede".split()
)
"""Words before a number that something measures: whoever pauses "above 5%" is a program."""
_TIMES = frozenset(
    "ms s sec secs seconds min mins minutes h hours sekunden minuten stunden segundos minutos "
    "horas secondes heures".split()
)
"""Units of short times, which people who follow a rule seldom measure."""
_SHOUTED = frozenset(
    "ALWAYS BEFORE DON'T EVERY MANDATORY MUST NEVER ONLY SHALL SHOULD "
    "IMMER JAMAIS NIE NUNCA SEMPRE SIEMPRE TOUJOURS".split()
)
"""Words that are written in capitals for a reader: code needs no emphasis. ``NOT`` is none of them,
for ``NOT NULL`` is a constraint.
"""
_NORM = Group(
    "behavioural-norm",
    "en",
    {
        "terms": (),
        "reason": "asks for a behaviour that nothing enforces",
        "replacement": "let something refuse the contrary of '<S>'",
    },
)


def weak_answer(title: Passage) -> WeakAnswer | None:
    """What a title is instead of a change; None where it may be one."""
    for kind, layer in _FITS.items():
        if match := _match(title, kind):
            return WeakAnswer(kind, match, layer)
    for kind, find in _ABSENT.items():
        if match := find(title):
            return WeakAnswer(kind, match, _FITS[kind])
    return None


def _match(title: Passage, kind: str) -> Match | None:
    if kind == "prompt-wording":
        return prompt_match(title)
    # The last words are quoted and not the whole: a title may be a label and then a question.
    if kind == "investigate-only" and title.text.rstrip().endswith(("?", "？")):
        count = len(title.words.tokens)
        return Match(max(count - 4, 0), count, _QUESTION)
    match = title.said(kind)
    if kind == "behavioural-norm":
        return (match if match and not _names_threshold(title) else None) or _shouted(title)
    if match and kind == "vague-action" and ("`" in title.text or artefacts(title.text)):
        return None  # a path, a number with its unit or code says what changes
    return match


def _names_threshold(title: Passage) -> bool:
    """Whether a title names a number that something measures, such as "above 5%"."""
    tokens = title.words.tokens
    return any(
        (token in _THRESHOLD and any(word[0].isdigit() for word in tokens[at : at + 2]))
        or (token in _TIMES and tokens[at - 2][0].isdigit())
        for at, token in enumerate(tokens, 1)
    )


def _shouted(title: Passage) -> Match | None:
    """The first word in capitals that asks a reader for something, in a title that is not written
    in capitals altogether, and where nothing enforces it.
    """
    text = title.text
    # The capitals first: few titles have some, and then their words need not be parted.
    if not any(map(text.__contains__, _SHOUTED)) or text.isupper() or title.all("enforced", "en"):
        return None
    for number, (first, last) in enumerate(title.words.spans):
        if text[first:last] in _SHOUTED:
            return Match(number, number + 1, _NORM)
    return None
