"""A few random histories, played against the model; `tests.gate.histories` plays as many as one asks for."""

from __future__ import annotations

import pytest

from tests.gate.histories import History


@pytest.mark.parametrize("seed", range(3))
def test_a_history_is_judged_as_the_model_says(seed: int) -> None:
    history = History(seed)
    history.play(25)
    assert history.wrong == []
    assert history.counts["changes"] == 25
    assert history.counts["allowed"] > 5
    assert history.counts["refused"] > 2
