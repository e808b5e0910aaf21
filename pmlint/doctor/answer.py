"""An answer of the doctor: what is asked, what is so, and the next step where it does not hold."""

from __future__ import annotations

from typing import Literal, NamedTuple

DoctorVerdict = Literal["yes", "no", "unknown"]


class Answer(NamedTuple):
    """One question with its answer; ``next`` is the next step, and is not printed for a yes."""

    question: str
    verdict: DoctorVerdict
    fact: str
    next: str = ""


def judged(question: str, holds: bool, good: str, bad: str, next: str) -> Answer:
    """An answer that is known."""
    return Answer(question, "yes", good) if holds else Answer(question, "no", bad, next)
