"""How a rule about prose speaks: the matched words, why in one line, one rewrite, and how to waive."""

from __future__ import annotations

from pmlint.finding import Level, Problem
from pmlint.rules.prose.lexicon import Match
from pmlint.rules.prose.reading import Passage

WAIVE = "or answer for it in 'waivers'"
"""The end of every help."""


def say(passage: Passage, match: Match, subject: str = "", level: Level | None = None) -> Problem:
    """The problem of a term in a passage; ``subject`` is the id of the action or finding."""
    message = f"'{passage.quote(match)}' {match.group.reason}"
    return Problem(
        message, passage.where(match), subject, f"{match.group.replacement}; {WAIVE}", level
    )
