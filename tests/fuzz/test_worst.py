"""The worst inputs found stay bounded: twice the size costs about twice the time, and memory stays
below its budget.
"""

from __future__ import annotations

import pytest

from fuzz.worst import CALLS, MEGABYTES, cost

SIZE = 40_000


@pytest.mark.parametrize("name", list(CALLS))
def test_twice_the_size_is_about_twice_the_time(name: str) -> None:
    # Up to three times, because a busy machine made 3.02 of it once; what grows with the square of
    # the size takes four times in each.
    tries = (cost(name, SIZE)[1:] for _ in range(3))
    full = next((full for full, half in tries if full.cpu < 3 * half.cpu), None)
    assert full is not None
    assert full.memory < MEGABYTES << 20
