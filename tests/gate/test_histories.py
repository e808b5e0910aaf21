"""A few random histories, played against the model; `tests.gate.histories` plays as many as one
asks for.
"""

from __future__ import annotations

import pytest

from tests.gate.attack_data import MODES
from tests.gate.histories import History
from tests.gate.history_model import facts_of
from tests.gate.row_world import RowWorld


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_a_history_is_judged_as_the_model_says(seed: int) -> None:
    history = History(seed)
    history.play(25)
    assert history.wrong == []
    assert history.counts["changes"] == 25
    assert history.counts["allowed"] > 5
    assert history.counts["refused"] > 1


@pytest.mark.parametrize("mode", MODES)
def test_what_histories_begin_with_passes(mode: str) -> None:
    """Else no restart is honest, and no history shows that one is allowed."""
    assert facts_of(RowWorld(mode)).passes
