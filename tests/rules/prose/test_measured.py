"""The figures of the rules about words, where the labelled sentences are."""

from __future__ import annotations

import pytest

from bench.words.crossed import cross, crossed, missed
from bench.words.figures import Figure, wilson
from bench.words.levels import hits, level_of
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
        return next(
            ((word, frozenset((word,))) for word in ("only", "both") if word in words), None
        )

    items = [
        item(1, "a", "only here", "vague"),
        item(2, "a", "both", "vague"),
        item(3, "b", "both", "vague"),
        item(4, "b", "both", "structural"),
    ]
    precision, recall = cross(items, frozenset(("vague",)), speaks)
    assert (precision.hits, precision.total) == (2, 3)
    assert (recall.hits, recall.total) == (2, 3)


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(22, 22)
    assert (round(low, 3), round(high, 3)) == (0.851, 1.0)
    assert [round(end, 3) for end in wilson(8, 10)] == [0.49, 0.943]
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_level_is_earned_by_the_lower_end() -> None:
    assert level_of(Figure("precision", 60, 60)) == "error"
    assert level_of(Figure("precision", 20, 20)) == "warning"  # fewer than thirty
    assert level_of(Figure("precision", 16, 20)) == "none yet"
    assert level_of(Figure("precision", 0, 0)) == "none yet"


def test_a_read_part_counts_where_another_source_shares_the_term() -> None:
    def item(source: str, text: str, label: str) -> Sentence:
        return Sentence(text, text, source, "action", label, "", "en", False)

    shared = [
        item("a", "Investigate the outage", "investigate-only"),
        item("b", "Investigate the queue", "investigate-only"),
    ]
    lone = item("b", "Improve the export", "vague")
    assert [hit.rule for hit in hits({"public": [*shared, lone]})] == ["investigate-only"] * 2
    assert [(hit.is_right, hit.is_unread) for hit in hits({"validation": shared[:1]})] == [
        (True, True)
    ]
