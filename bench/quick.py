"""What the quick run costs: ``python -m bench.quick [PYTEST ARGUMENTS ...]``.

Runs ``pytest -m "not slow"`` as a contributor does and prints its CPU seconds beside the goal, what
collection takes of them in each process, and the files and tests that cost most. CPU seconds, not
time: a busy machine, or one with more cores, gives the same figure. As a plugin of pytest
(``-p bench.quick``) it adds to each report what the phase of the test has used.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator

import pytest

GOAL = 40.0
"""CPU seconds: 20 seconds on two idle cores."""
SHOWN = 25


def used() -> float:
    """CPU seconds of this process and of the children that it has waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(who)[:2]) for who in whose)


class Costs:
    """Adds up the CPU seconds of tests, in whichever process they ran."""

    def __init__(self) -> None:
        self.last = used()
        self.tests: Counter[str] = Counter()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self) -> Iterator[None]:
        outcome = yield
        now = used()
        # Attributes of a report are sent to the controlling process with it.
        outcome.get_result().cpu = now - self.last  # type: ignore[attr-defined]
        self.last = now

    def pytest_runtestloop(self) -> None:
        self.last = used()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tests[report.nodeid] += report.__dict__.get("cpu", 0.0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        files: Counter[str] = Counter()
        for test, seconds in self.tests.items():
            files[test.partition("::")[0]] += seconds
        for title, counted in (("files", files), ("tests", self.tests)):
            terminalreporter.section(f"CPU seconds of {title}", sep="-")
            for name, seconds in counted.most_common(SHOWN):
                terminalreporter.write_line(f"{seconds:7.2f}  {name}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Costs(), "costs")


def run(*words: str) -> tuple[float, int]:
    """The CPU seconds of a run of pytest, and its exit code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # A machine that keeps no bytecode would compile all of it again in each process.
    environment = {
        name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    done = subprocess.run([sys.executable, "-m", "pytest", *words], check=False, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, done.returncode


def main() -> None:
    """Measures, and exits 1 where a test fails or the goal is missed."""
    quick = ["-m", "not slow"]
    run(
        *quick, "--collect-only", "-n", "0", "-qqq", "--no-header", "--no-summary"
    )  # bytecode is written here
    collection, _ = run(*quick, "--collect-only", "-n", "0", "-qqq", "--no-header", "--no-summary")
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # else pytest would remove what earlier runs have left
        total, failed = run(
            *quick, "-p", "bench.quick", f"--basetemp={folder}/tests", *sys.argv[1:]
        )
    print(f"collection  {collection:6.1f} CPU seconds in each process")
    print(f"quick run   {total:6.1f} CPU seconds, goal: at most {GOAL:g}")
    sys.exit(bool(failed) or total > GOAL)


if __name__ == "__main__":
    main()
