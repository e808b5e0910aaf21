"""Formats are cheap to start, and none is slow on a hostile file."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from pmlint.output import FORMATS, render
from pmlint.output.fingerprint import line_hashes
from tests.output.sample import FINDINGS, check_report

HEAVY = {
    "rich",
    "xml.etree",
    "urllib.parse",
    "hashlib",
    "unicodedata",
    "difflib",
    "yaml",
    "jsonschema",
    "click",
    "importlib.metadata",
}
ALLOWED = {"gitlab": {"hashlib"}, "sarif": {"hashlib", "urllib.parse"}, "junit": {"xml.etree"}}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_imports_nothing_heavy(name: str) -> None:
    script = f"import sys, pmlint.output.{name}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert HEAVY & set(loaded) <= ALLOWED.get(name, set())
    assert {
        module
        for module in loaded
        if module.startswith("pmlint.output.") and module.rpartition(".")[2] in FORMATS
    } <= {
        f"pmlint.output.{name}",
        "pmlint.output.json",  # jsonl shares its shape
    }


def test_line_hashes_take_the_same_time_for_any_text_of_a_size() -> None:
    """The slowest of the hostile texts against an ordinary one of the same size, by the processor's
    time.
    """

    def spent(text: str) -> float:
        start = time.process_time()
        line_hashes(text)
        return time.process_time() - start

    ordinary = min(spent("word word word\n" * 8_000) for _ in range(3))
    assert max(spent("\n" * 120_000), spent("\r\n" * 60_000), spent("a" * 120_000)) < 10 * ordinary


def test_the_cost_of_a_format_grows_with_its_findings_and_not_faster() -> None:
    for name in FORMATS:
        times = []
        for number in (1_000, 10_000):
            report = check_report(
                tuple(
                    FINDINGS[0]._replace(subject=f"PM-2026-001#A{index}") for index in range(number)
                )
            )
            start = time.process_time()
            render(name, report)
            times.append(time.process_time() - start)
        assert times[1] < 30 * max(times[0], 0.01), name
