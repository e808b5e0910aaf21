"""The figures of the rules about words, where the labelled sentences are."""

from __future__ import annotations

import pytest

from bench.words.crossed import cross, crossed, missed
from bench.words.figures import wilson
from bench.words.sentences import Sentence, sentences

TUNED = [*sentences("public"), *sentences("public2")]


@pytest.mark.skipif(not TUNED, reason="the labelled sentences are not there")
def test_no_source_profits_from_its_own_words() -> None:
    assert missed(crossed(TUNED)) == []


def test_a_term_of_one_source_counts_for_nothing() -> None:
    def item(number: int, source: str, text: str, label: str) -> Sentence:
        return Sentence(str(number), text, source, "action", label, "", "en", False)

    def speaks(text: str) -> tuple[str, frozenset[str]] | None:
        words = frozenset(text.split())
        return next(((word, frozenset((word,))) for word in ("only", "both") if word in words), None)

    items = [item(1, "a", "only here", "vague"), item(2, "a", "both", "vague"), item(3, "b", "both", "vague"), item(4, "b", "both", "structural")]
    precision, recall = cross(items, frozenset(("vague",)), speaks)
    assert (precision.hits, precision.total) == (2, 3)
    assert (recall.hits, recall.total) == (2, 3)


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(22, 22)
    assert (round(low, 3), round(high, 3)) == (0.851, 1.0)
    assert [round(end, 3) for end in wilson(8, 10)] == [0.49, 0.943]
    assert wilson(0, 0) == (0.0, 1.0)
