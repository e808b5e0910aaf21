"""How a rule about prose speaks: the words, why in one line, and a rewrite of the author's own
object.
"""

from __future__ import annotations

from pmlint.finding import Level, Problem
from pmlint.rules.prose.lexicon import Match
from pmlint.rules.prose.passage import Passage


def say(passage: Passage, match: Match, subject: str = "", level: Level | None = None) -> Problem:
    """The problem of a term in a passage; ``subject`` is the id of the action or finding."""
    message = f"'{passage.quote(match)}' {match.group.reason}"
    return Problem(message, passage.where(match), subject, rewrite(passage, match), level)


def rewrite(passage: Passage, match: Match) -> str:
    """The help of a term: its replacement, with what the author speaks of as ``<X>``, and what the
    author demands as ``<S>``.
    """
    text = match.group.replacement
    if "<S>" in text:
        return text.replace("<S>", passage.statement_of(match))
    return text.replace("<X>", passage.object_of(match))
