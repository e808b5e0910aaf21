"""What is held evaluates to off in each flag system, in Python and in JavaScript, and to on after
its release.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flags.generated import wrong


@pytest.mark.parametrize(
    ("system", "count", "seed"),
    [
        ("flagd", 12, 2),
        ("unleash", 12, 2),
        ("goff", 12, 2),
        pytest.param("flagd", 250, 1, marks=pytest.mark.slow),
    ],
)
def test_generated_registries_evaluate_as_they_were_drawn(
    system: str, count: int, seed: int, tmp_path: Path
) -> None:
    assert wrong(count, seed, tmp_path, [system]) == []
