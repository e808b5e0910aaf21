"""What others say of our formats: their schemas and their tools, where they are installed."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from pmlint.output import render
from tests.output.sample import FINDINGS, REPORTS, SOURCE, check_report
from tests.outside import needs_outside, outside


def _judge(*parts: str) -> Any:
    path = outside("judges", *parts)
    assert path is not None
    return json.loads(path.read_text(encoding="utf-8"))


@needs_outside
@pytest.mark.parametrize("report", REPORTS)
def test_the_oasis_schema_accepts_sarif(report: str) -> None:
    jsonschema_rs.Draft4Validator(_judge("sarif-schema-2.1.0.json")).validate(
        json.loads(render("sarif", REPORTS[report]()))
    )


@needs_outside
@pytest.mark.parametrize("report", REPORTS)
def test_the_schema_of_reviewdog_accepts_rdjsonl(report: str) -> None:
    validator = jsonschema_rs.Draft4Validator(_judge("reviewdog", "Diagnostic.json"))
    lines = render("rdjsonl", REPORTS[report]()).splitlines()
    assert bool(lines) == (report != "clean")
    for line in lines:
        validator.validate(json.loads(line))


def test_a_suggestion_of_reviewdog_applied_to_the_bytes_is_the_fix() -> None:
    suggestion = json.loads(render("rdjsonl", check_report(FINDINGS[:1])))["suggestions"][0]
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    lines = SOURCE.text.encode().split(b"\n")
    assert start["line"] == end["line"] == 5
    line = lines[4]
    fixed = line[: start["column"] - 1] + suggestion["text"].encode() + line[end["column"] - 1 :]
    assert fixed.decode() == '  - {id: A2, title: "漢字 é𐐀", owner: "@ops-team"}'


@pytest.mark.parametrize(
    ("report", "counts"),
    [("check", (5, 2, 1)), ("clean", (1, 0, 0)), ("gate", (3, 3, 0)), ("unjudged", (1, 1, 0))],
)
def test_junitparser_reads_junit(report: str, counts: tuple[int, int, int]) -> None:
    from junitparser import JUnitXml

    suites = JUnitXml.fromfile(io.BytesIO(render("junit", REPORTS[report]()).encode()))
    assert (suites.tests, suites.failures, sum(suite.skipped for suite in suites)) == counts
    cases = [case for suite in suites for case in suite]
    assert len(cases) == suites.tests
    assert sum(not case.is_passed and not case.is_skipped for case in cases) == suites.failures


def _multitool() -> str | None:
    return os.environ.get("SARIF_MULTITOOL") or shutil.which("sarif-multitool")


def _errors(sarif: str, kind: str, folder: Path) -> list[str]:
    """The rules of the multitool that call something an error; it exits 0 whatever it finds, so its
    own report is read.
    """
    tool = _multitool()
    assert tool is not None
    ours, theirs = folder / "ours.sarif", folder / "theirs.sarif"
    ours.write_text(sarif, encoding="utf-8")
    command = [
        tool,
        "validate",
        str(ours),
        "--rule-kind",
        kind,
        "--output",
        str(theirs),
        "--log",
        "ForceOverwrite",
    ]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        timeout=60,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    (run,) = json.loads(theirs.read_text(encoding="utf-8-sig"))["runs"]
    return [
        result["ruleId"] for result in run["results"] if result.get("level", "warning") == "error"
    ]


needs_multitool = pytest.mark.skipif(
    _multitool() is None, reason="no `sarif-multitool` on the path and none in SARIF_MULTITOOL"
)


@needs_multitool
@pytest.mark.parametrize("kind", ["Sarif", "Ghas"])
@pytest.mark.parametrize("report", REPORTS)
def test_the_multitool_of_microsoft_finds_no_error_in_sarif(
    report: str, kind: str, tmp_path: Path
) -> None:
    assert _errors(render("sarif", REPORTS[report]()), kind, tmp_path) == []


@needs_multitool
@pytest.mark.parametrize(("kind", "rule"), [("Sarif", "SARIF1007"), ("Ghas", "GH1015")])
def test_the_multitool_would_find_one(kind: str, rule: str, tmp_path: Path) -> None:
    broken = json.loads(render("sarif", check_report(FINDINGS[:1])))
    (result,) = broken["runs"][0]["results"]
    if kind == "Ghas":
        result["locations"] = []
    else:
        result["locations"][0]["physicalLocation"]["region"]["endLine"] = 1
    assert rule in _errors(json.dumps(broken, indent=2), kind, tmp_path)


def test_sarif_paths_are_relative_and_percent_encoded() -> None:
    run = json.loads(
        render("sarif", check_report((FINDINGS[4], FINDINGS[4]._replace(path="a/b\udcff #?.md"))))
    )["runs"][0]
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
    ]
    assert sorted(uris) == [
        "a/b%FF%20%23%3F.md",
        "postmortems/a%0A%3A%3Aerror%3A%3Ab%20%5B%C3%A4%5D%2C%C3%A9.md",
    ]


@needs_outside
def test_the_schemas_would_refuse() -> None:
    broken = json.loads(render("sarif", check_report()))
    broken["runs"][0]["results"][0]["level"] = "bad"
    assert not jsonschema_rs.Draft4Validator(_judge("sarif-schema-2.1.0.json")).is_valid(broken)
    line = json.loads(render("rdjsonl", check_report()).splitlines()[0]) | {"severity": "BAD"}
    assert not jsonschema_rs.Draft4Validator(_judge("reviewdog", "Diagnostic.json")).is_valid(line)
