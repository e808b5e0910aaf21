"""Options that verbs share: each means the same to all of them."""

from __future__ import annotations

import pytest

from tests.cli.desk import Desk

VERBS = {
    "check": ("check", "--output-format", "json"),
    "due": ("due", "--sql", "duckdb"),
    "export": ("export", "--tables", "actions"),
    "flags": ("flags",),
    "gate": ("gate", "--base", "main", "--head", "main", "--repo", "."),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_dash_is_the_standard_output(desk: Desk, verb: str) -> None:
    printed = desk.run(*VERBS[verb])
    assert printed.output != ""
    assert desk.run(*VERBS[verb], "-o", "-") == printed
    assert desk.git("status", "--porcelain") == ""
    file = "answer.jsonl"
    written = desk.run(*VERBS[verb], "-o", file)
    assert written.code == printed.code
    assert printed.output not in written.output
    assert desk.read(file) == printed.output


def test_a_dash_prints_a_report_of_one_file(desk: Desk) -> None:
    printed = desk.run("report", "-o", "-")
    assert (printed.code, printed.error) == (0, "")
    assert desk.git("status", "--porcelain") == ""
    desk.run("report", "-o", "report.html")
    assert desk.read("report.html") == printed.output
