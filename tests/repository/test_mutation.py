"""The lists of mutation testing: a module that moves must not drop out of it without a word."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.mutation import PACKAGES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_mutated_and_what_judges_it_is_there(name: str) -> None:
    package = PACKAGES[name]
    assert [pattern for pattern in package.files if not list(ROOT.glob(pattern))] == []
    assert [test for test in package.tests if not (ROOT / test).is_file()] == []


def test_reasons_are_given_for_files_that_are_there() -> None:
    reasons = json.loads((ROOT / "bench" / "mutants.json").read_text(encoding="utf-8"))
    assert [file for file in reasons if not (ROOT / file).is_file()] == []


def test_results_are_kept_for_files_that_are_mutated() -> None:
    kept = (ROOT / "bench" / "MUTATION.md").read_text(encoding="utf-8")
    mutated = {
        str(path.relative_to(ROOT))
        for package in PACKAGES.values()
        for pattern in package.files
        for path in ROOT.glob(pattern)
    }
    mutated |= {str(path.relative_to(ROOT)) for path in ROOT.glob("pmlint/gate/**/*.py")}
    assert set(re.findall(r"^\| (pmlint/[\w/]+\.py)", kept, re.M)) <= mutated
