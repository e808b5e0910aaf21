"""Options of the test run: ``--update`` writes every snapshot anew, and nothing is compared then.

What it writes is reviewed like code before it is committed: ``git diff``. The marker ``slow`` comes from `slow.txt`, a list by measurement.
"""

from __future__ import annotations

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


SLOW = [line for line in (Path(__file__).parent / "slow.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def is_slow(test: str) -> bool:
    """Whether a test, by its id, is in the list: itself, or its file."""
    return any(test == entry or test.startswith((f"{entry}::", f"{entry}[")) for entry in SLOW)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker(pytest.mark.slow)
