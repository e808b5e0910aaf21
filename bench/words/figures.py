"""The figures of `docs/spec/language.md`, section 5, with their goals.

1. weak answers as the title of an action without ``done_when``: does a rule speak?
2. the same under a structural layer that is drawn by their id, with `PAPER` as their end: an error?
3. structural actions under their own layer with an end of its kind: blocked, or spoken of at all?
4. causes as the statement of a finding: does a rule speak of the bad ones alone?
5. clean sentences of a story, in the body and as the summary: false errors, false warnings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

from bench.words.documents import ENDS, PAPER, PLAIN_END, Place, Said, judge
from bench.words.sentences import BAD_CAUSES, STRUCTURAL, WEAK, Sentence
from pmlint.finding import Level
from pmlint.rules.prose import RULES

WORD_RULES = frozenset(
    "exhortation praise investigate-only non-commitment behavioural-norm prompt-wording "
    "vague-action vow layer-contradiction".split()
)
"""The rules that read an action's words; `layer-without-end` reads its end."""

_WORDS = frozenset(rule.id for rule in RULES)


class Figure(NamedTuple):
    """A share: what it is of, ``hits`` of ``total``, and the goal (a least or a most share)."""

    name: str
    hits: int
    total: int
    least: float | None = None
    most: float | None = None

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the share."""
        return wilson(self.hits, self.total)

    @property
    def is_met(self) -> bool:
        """Whether the share reaches its goal; of nothing it does."""
        share = self.share
        return share is None or (
            (self.least is None or share >= self.least)
            and (self.most is None or share <= self.most)
        )


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share after Wilson; (0, 1) where nothing was counted."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def measure(items: list[Sentence]) -> list[Figure]:
    """The figures of `docs/spec/language.md`, section 5, with their goals."""
    actions = [one for one in items if one.kind == "action"]
    return [*_weak(actions), *_good(actions), *_causes(items), *_narrative(items)]


def _weak(actions: list[Sentence]) -> Iterator[Figure]:
    weak = [one for one in actions if one.label in WEAK]
    bare = judge(
        [Place(title=one.text, layer="code-fix", done_when=None) for one in actions],
        Place(layer="code-fix", done_when=None),
    )
    spoken = [any(code in WORD_RULES for _, code in said) for said in bare]
    hits = [one for one, is_spoken in zip(actions, spoken, strict=True) if is_spoken]
    right = [one for one in hits if one.label in WEAK]
    yield Figure("weak answers, any word rule: precision", len(right), len(hits), least=0.9)
    yield Figure("weak answers, any word rule: recall", len(right), len(weak), least=0.5)
    for name, least, asked in (
        ("  of agents' texts: recall", 0.45, lambda one: one.is_agents),
        ("  prompt-only answers found", 0.6, lambda one: one.label == "prompt-only"),
    ):
        yield Figure(name, sum(map(asked, right)), sum(map(asked, weak)), least=least)
    dressed = judge(
        [Place(title=one.text, layer=_drawn(one), done_when=PAPER) for one in weak],
        Place(),  # with a good end: one of paper would hide what is said of paper
    )
    name = "weak answer, drawn layer, a merged pull request: error"
    yield Figure(name, sum(map(_is_blocked, dressed)), len(weak), least=0.97)


def _good(actions: list[Sentence]) -> Iterator[Figure]:
    good = [one for one in actions if one.layer]
    said = judge(
        [Place(one.text, one.layer, ENDS.get(one.layer, PLAIN_END)) for one in good], Place()
    )
    name = "good action, its layer, an end of its kind"
    yield Figure(f"{name}: error", sum(map(_is_blocked, said)), len(good), most=0.01)
    yield Figure(f"{name}: anything", sum(map(bool, said)), len(good), most=0.05)


def _causes(items: list[Sentence]) -> Iterator[Figure]:
    causes = [one for one in items if one.kind == "cause"]
    said = [_of_words(one) for one in judge([Place(statement=one.text) for one in causes], Place())]
    bad = [one.label in BAD_CAUSES for one in causes]
    right = sum(bool(found) and is_bad for found, is_bad in zip(said, bad, strict=True))
    yield Figure("bad causes: precision", right, sum(map(bool, said)), least=0.9)
    yield Figure("bad causes: recall", right, sum(bad), least=0.5)


def _narrative(items: list[Sentence]) -> Iterator[Figure]:
    clean = [one.text for one in items if one.kind == "narrative" and one.label == "clean"]
    for name, places in (
        ("body", [Place(story=text) for text in clean]),
        ("summary", [Place(summary=text) for text in clean]),
    ):
        said = [_of_words(one) for one in judge(places, Place())]
        blocked = sum(map(_is_blocked, said))
        warned = sum(bool(found) and not _is_blocked(found) for found in said)
        yield Figure(f"narrative in the {name}: false errors", blocked, len(clean), most=0.0)
        yield Figure(f"narrative in the {name}: false warnings", warned, len(clean), most=0.02)


def _drawn(sentence: Sentence) -> str:
    """A structural layer, drawn by the id: the same one in each run."""
    digest = hashlib.sha256(sentence.id.encode()).hexdigest()
    return STRUCTURAL[int(digest, 16) % len(STRUCTURAL)]


def _is_blocked(said: Said) -> bool:
    return any(level is Level.ERROR for level, _ in said)


def _of_words(said: Said) -> Said:
    """What the rules about words say: that a summary is too short is nothing about its words."""
    return [one for one in said if one[1] in _WORDS]
