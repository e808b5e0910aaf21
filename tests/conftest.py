"""Options of the test run: ``--update`` writes every snapshot anew, and nothing is compared then.

What it writes is reviewed like code before it is committed: ``git diff``.
"""

from __future__ import annotations

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
