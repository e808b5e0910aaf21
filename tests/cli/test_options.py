"""Options that verbs share: each means the same to all of them."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk

VERBS = {
    "check": ("check", "--output-format", "json"),
    "due": ("due", "--sql", "duckdb"),
    "gate": ("gate", "--base", "main", "--head", "main", "--repo", "."),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_dash_is_the_standard_output(desk: Desk, verb: str) -> None:
    printed = desk.run(*VERBS[verb])
    assert printed.output != ""
    assert desk.run(*VERBS[verb], "-o", "-") == printed
    assert desk.git("status", "--porcelain") == ""
    written = desk.run(*VERBS[verb], "-o", "answer.txt")
    assert (written.code, written.output) == (printed.code, "")
    assert desk.read("answer.txt") == printed.output
