"""The worst inputs found stay bounded: twice the size costs about twice the time, and memory stays
below its budget.
"""

from __future__ import annotations

import pytest

from fuzz.worst import CALLS, MEGABYTES, cost

SIZE = 40_000


@pytest.mark.parametrize("name", list(CALLS))
def test_twice_the_size_is_about_twice_the_time(name: str) -> None:
    _, full, half = cost(name, SIZE)
    assert full.cpu < 3 * half.cpu
    assert full.memory < MEGABYTES << 20
