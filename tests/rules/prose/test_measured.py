"""The measured precision and recall of the word rules, where the labelled sentences are."""

from __future__ import annotations

import pytest

from bench.words import CORPUS, measure, report, sentences, wilson


@pytest.mark.skipif(not sentences(CORPUS, "actions"), reason="the labelled sentences are not there")
def test_no_floor_is_missed() -> None:
    _, missed = report(measure(sentences(CORPUS, "actions"), sentences(CORPUS, "causes")))
    assert missed == []


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(22, 22)
    assert (round(low, 3), round(high, 3)) == (0.851, 1.0)
    assert [round(end, 3) for end in wilson(8, 10)] == [0.49, 0.943]
    assert wilson(0, 0) == (0.0, 1.0)
