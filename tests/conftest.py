"""Options of the test run: ``--update`` writes every snapshot anew, and nothing is compared then.

What it writes is reviewed like code before it is committed: ``git diff``. The marker ``slow`` comes from `slow.txt`, a list by measurement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the snapshots anew: cases, expected output, pages")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """In one process: several tests write into the same file."""
    if config.option.update:
        config.option.numprocesses = None
        config.option.dist = "no"
        config.option.tx = []


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether this run writes snapshots instead of comparing them."""
    return bool(request.config.option.update)


QUICK_CASES = 8
"""So many cases of one test are in the quick run: a table of 300 rows says nothing in a hurry that 8 do not."""


def slow_list() -> dict[str, int]:
    """The entries of `slow.txt`, a file or a test, each with how many of its cases stay in the quick run."""
    text = (Path(__file__).parent / "slow.txt").read_text(encoding="utf-8")
    entries = (line.partition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {test: int(stay or 0) for test, _, stay in entries}


def slow_ones(ids: Iterable[str]) -> set[str]:
    """The ids of tests that the quick run leaves out."""
    stay = slow_list()
    seen: Counter[str] = Counter()
    found = set()
    for id in ids:
        test = id.partition("[")[0]
        file = test.partition("::")[0]
        seen.update((file, test))
        most = min(stay.get(test, QUICK_CASES), QUICK_CASES)
        if seen[test] > most or (file in stay and seen[file] > stay[file]):
            found.add(id)
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = slow_ones(item.nodeid for item in items)
    for item in items:
        if item.nodeid in slow:
            item.add_marker(pytest.mark.slow)
