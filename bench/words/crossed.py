"""Precision and recall where no source profits from its own words, and the floors that CI asserts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from bench.words.figures import Figure
from bench.words.sentences import BAD_CAUSES, WEAK, Sentence
from pmlint.rules.prose.answers import weak_answer
from pmlint.rules.prose.lexicon import Match
from pmlint.rules.prose.named import TERM, names_nothing
from pmlint.rules.prose.passage import Passage, cause_passage, title_passage

FLOORS = {
    "weak answers: precision": 0.85,
    "weak answers: recall": 0.25,
    "bad causes: precision": 0.85,
    "bad causes: recall": 0.3,
}
"""What the cross-validated figures must reach, somewhat below what they do: a term that learns one
source's sentences does not help, and one that errs is seen.
"""

Speaks = Callable[[str], tuple[str, frozenset[str]] | None]
"""A detector: the term by which it speaks of a text and the words that it matched; None: silent."""


def weak_by(text: str) -> tuple[str, frozenset[str]] | None:
    """The term and the words by which a title is a weak answer."""
    title = title_passage(text)
    weak = weak_answer(title)
    return _explained(title, weak.match) if weak else None


def bad_cause_by(text: str) -> tuple[str, frozenset[str]] | None:
    """The term and the words by which a cause is a bad one.

    Where it names nothing, that is what speaks, whether a term does or not: a source that taught
    the term did not teach this.
    """
    cause = cause_passage(text)
    nothing = names_nothing(cause)
    for name in ("blame", "fault", "convenient-story", "vague-cause"):
        if match := cause.first(name):
            return (f"{name}: {TERM}", frozenset()) if nothing else _explained(cause, match)
    return (f"{nothing.group.list}: {TERM}", frozenset()) if nothing else None


def _explained(passage: Passage, match: Match) -> tuple[str, frozenset[str]]:
    tokens = passage.words.tokens
    ends = {tokens[match.first], tokens[match.last - 1]}  # between them a gap may hold any word
    return f"{match.group.list}: {match.term}", frozenset(word for word in ends if len(word) > 3)


def cross(items: list[Sentence], bad: frozenset[str], speaks: Speaks) -> tuple[Figure, Figure]:
    """Precision and recall of a detector where no source profits from its own words.

    A hit counts if its term speaks rightly in another source, too, and each word of four letters or
    more that it matched is in a sentence of another source. A wrong hit always counts.
    """
    sources: dict[str, set[str]] = defaultdict(set)
    terms: dict[str, set[str]] = defaultdict(set)
    hits = []
    for one in items:
        for word in set(title_passage(one.text).words.tokens):
            sources[word].add(one.source)
        if found := speaks(one.text):
            hits.append((one, *found))
            if one.label in bad:
                terms[found[0]].add(one.source)
    wrong = sum(one.label not in bad for one, _, _ in hits)
    right = sum(
        one.label in bad
        and bool(terms[term] - {one.source})
        and all(sources[word] - {one.source} for word in words)
        for one, term, words in hits
    )
    total = sum(one.label in bad for one in items)
    return Figure("precision", right, right + wrong), Figure("recall", right, total)


def crossed(items: list[Sentence]) -> Iterator[tuple[str, Figure]]:
    """The cross-validated figures, named."""
    for name, kind, bad, speaks in (
        ("weak answers", "action", WEAK, weak_by),
        ("bad causes", "cause", BAD_CAUSES, bad_cause_by),
    ):
        some = [one for one in items if one.kind == kind]
        for figure in cross(some, bad, speaks):
            yield f"{name}: {figure.name}", figure


def missed(figures: Iterable[tuple[str, Figure]]) -> list[str]:
    """The cross-validated figures below their floor."""
    return [
        f"{name}: {figure.share:.2f} is below {FLOORS[name]:.2f}"
        for name, figure in figures
        if figure.share is not None and figure.share < FLOORS[name]
    ]
