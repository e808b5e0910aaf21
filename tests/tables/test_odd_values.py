"""Rows of documents that are partly wrong: nothing is moved, rounded or made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.cli import commands

POSTMORTEM = """---
id: PM-2026-001
impact: {customers: %s}
timeline: [5, {at: %s, event: a customer asks}]
agent_path: [5, {step: tool, name: mail.send}]
evidence: {outcome: [5, {path: a.md}]}
findings: [5, {statement: it went wrong}]
failed_controls: [5, {absent: approval, findings: [F1]}]
actions: [5, {id: A1, status: done, proof: [5, {path: a.md}], amendments: [5, {field: owner}]}]
restart: {conditions: [5, {text: none}], signoff: [{by: 5, "on": 2026-11-01}, {by: %s, "on": 2026-11-02}]}
waivers: [5, {rule: vow}]
---
"""


def exported(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    customers: str = "3",
    at: str = "2026-11-01T09:00:00Z",
    signer: str = '"@ana"',
) -> dict[str, list[dict[str, Any]]]:
    (folder / "postmortems").mkdir()
    (folder / "pmlint.toml").touch()
    text = POSTMORTEM % (customers, at, signer)
    (folder / "postmortems" / "PM-2026-001-a.md").write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(
        commands, ["export", "--output-format", "json", "--now", "2026-11-28"]
    )
    assert done.exit_code == 0, done.output
    found: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["tables"]
    return found


def test_a_place_is_that_of_the_list_as_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not a mapping has no row; `problems` names the others by the same places."""
    rows = exported(tmp_path, monkeypatch)
    tables = (
        "timeline agent_path evidence failed_controls control_findings proofs amendments waivers"
    )
    places = {name: [row["n"] for row in rows[name]] for name in tables.split()}
    assert places == {name: [2] for name in tables.split()}
    assert [row["finding"] for row in rows["findings"]] == ["~2"]
    assert [row["condition"] for row in rows["conditions"]] == ["~2"]
    assert {"/timeline/0", "/waivers/0"} <= {row["pointer"] for row in rows["problems"]}


@pytest.mark.parametrize(
    ("written", "exported_as", "is_problem"),
    [
        ("12", 12, False),
        ("12.0", 12, False),
        ("0", 0, False),
        ("12.5", None, True),
        ("true", None, True),
    ],
)
def test_customers_are_counted_whole_or_not_at_all(
    written: str,
    exported_as: int | None,
    is_problem: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = exported(tmp_path, monkeypatch, customers=written)
    assert rows["postmortems"][0]["customers"] == exported_as
    problems = [row for row in rows["problems"] if row["pointer"] == "/impact/customers"]
    assert bool(problems) == is_problem


@pytest.mark.parametrize(
    ("written", "exported_as"),
    [
        ("0987-10-01T10:00:00+02:00", "0987-10-01T08:00:00Z"),
        ("2026-10-01T10:00:00.999-00:30", "2026-10-01T10:30:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2026-10-01", None),
    ],
)
def test_moments_sort_as_texts(
    written: str, exported_as: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exported(tmp_path, monkeypatch, at=written)["timeline"][0]["moment"] == exported_as


@pytest.mark.parametrize(("signer", "exported_as"), [('"@ana"', '["@ana"]'), ("7", None)])
def test_who_signed_is_a_handle_or_nobody(
    signer: str, exported_as: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = exported(tmp_path, monkeypatch, signer=signer)["postmortems"][0]
    assert (row["signoff_by"], row["signoff_on"]) == (exported_as, "2026-11-02")
