"""A short history of a route on its way back; ``python -m tests.gate.trust_model 2000`` plays a
long one.
"""

from __future__ import annotations

import pytest

from tests.gate.trust_model import walk


@pytest.mark.parametrize(("steps", "seed"), [(45, 3), pytest.param(150, 5, marks=pytest.mark.slow)])
def test_the_gate_answers_as_the_contract_says(steps: int, seed: int) -> None:
    walked = walk(steps, seed)
    assert walked.wrong == []
    assert (
        min(
            sum(n for (_, answer), n in walked.counts.items() if answer == one)
            for one in ("allowed", "refused")
        )
        > steps // 5
    )
