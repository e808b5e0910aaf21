"""Options of the test run: ``--update`` writes every snapshot anew, and nothing is compared then.

What it writes is reviewed like code before it is committed: ``git diff``. The marker ``slow`` comes
from `slow.txt`, a list by measurement.
"""

from __future__ import annotations

import gc
import os
import re
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write the snapshots anew: cases, expected output, pages",
    )


def pytest_configure() -> None:
    # `git init` copies 13 examples of hooks into each repository, which are copied with it and
    # removed with it.
    os.environ["GIT_TEMPLATE_DIR"] = ""
    # What a script starts in the background ignores Ctrl-C, and so would the programs that tests
    # interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)


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


QUICK_CASES = 2
"""So many cases of one test are in the quick run: a table of 300 rows says little in a hurry that 2 do not."""


@cache
def slow_list() -> dict[str, int]:
    """The entries of `slow.txt`, a file or a test, each with how many of its cases stay in the
    quick run.
    """
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


MATRICES = (
    "tests/gate/test_attacks.py::",
    "tests/gate/test_agents.py::",
    "tests/gate/test_rows.py::",
)
"""Files that play each case in every mode and way: an hour of processor time for what one mode shows in a third."""


FIRST = ("tests/docs/test_vscode.py::", "tests/docs/test_site.py::test_a_browser")
"""The longest tests, each a minute of a browser: begun last, they would be waited for alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not os.environ.get("PMLINT_EVERY_CASE"):
        others = [
            item
            for item in items
            if item.nodeid.startswith(MATRICES) and item.get_closest_marker("slow")
        ]
        left_out = {item for number, item in enumerate(others) if number % 10}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    slow = slow_ones(item.nodeid for item in items)
    for item in items:
        if item.nodeid in slow:
            item.add_marker(pytest.mark.slow)


WITHOUT_A_JUDGE = re.compile(r"not installed|could not import|PMLINT_NODE_FOLDER|sarif-multitool")
"""The reason of a test that skips because a tool of other people is not there."""


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Where `.ci/run` has promised every judge, a test that skips for want of one fails."""
    outcome = yield
    report: pytest.TestReport = outcome.get_result()  # type: ignore[attr-defined]
    required = os.environ.get("PMLINT_JUDGES") == "required"
    if (
        required
        and report.skipped
        and isinstance(report.longrepr, tuple)
        and WITHOUT_A_JUDGE.search(report.longrepr[2])
    ):
        report.outcome = "failed"
        report.longrepr = f"{report.longrepr[2]}, and PMLINT_JUDGES is 'required'"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The quick run does not import a file of which it leaves out every test: 3 of 8 CPU seconds in
    each process.
    """
    if config.option.markexpr != "not slow":
        return None
    name = collection_path.relative_to(config.rootpath).as_posix()
    return True if slow_list().get(name) == 0 else None


def pytest_collection_finish() -> None:
    """What was collected lives as long as the run, so no later collection of garbage walks its
    300,000 objects.
    """
    gc.freeze()
