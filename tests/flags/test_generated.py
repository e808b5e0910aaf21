"""What is held evaluates to off in both implementations of flagd, and to on after its release."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flags.generated import wrong


@pytest.mark.parametrize(
    ("count", "seed"), [(12, 2), pytest.param(1000, 1, marks=pytest.mark.slow)], ids=["12", "1000"]
)
def test_generated_registries_evaluate_as_they_were_drawn(count: int, seed: int, tmp_path: Path) -> None:
    assert wrong(count, seed, tmp_path) == []
