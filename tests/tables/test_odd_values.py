"""Rows of documents that are partly wrong: nothing is moved, rounded or made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.tables.dictionary import tables

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


@pytest.mark.parametrize(
    "ids",
    [
        ("A1", "A1", "A1~2", "A1~2"),
        ("A1~2", "A1", "A1"),
        ("A1~3", "A1", "A1", "A1"),
        ("", "", "~1", "~2"),
        ("A1", "A1", "A10", "A1-x"),
        ("B",) * 12,
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("suffix", ["sqlite", "jsonl"])
def test_no_two_rows_share_a_key_and_all_come_in_its_order(
    ids: tuple[str, ...], suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id may be missing, or taken, or what pmlint would have made of another one."""
    parts = [{"id": id, "text": "in", "findings": list(ids)} for id in ids]
    for folder in ("postmortems", "routes"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pmlint.toml").touch()
    for number, id in enumerate(ids):
        review = {"id": id, "routes": list(ids), "findings": parts, "actions": parts, "restart": {"conditions": parts},
                  "taxonomy": ["mast", "mast:", "mast"], "failed_controls": parts}  # fmt: skip
        text = f"---\n{json.dumps(review)}\n---\n"
        (tmp_path / "postmortems" / f"{number:02}.md").write_text(text)
        route = {"id": id, "controls": parts, "tools": {"read": list(ids), "write": list(ids)}}
        (tmp_path / "routes" / f"{number:02}.yaml").write_text(json.dumps(route))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, ["export", "--now", "2026-11-28", "-o", f"x.{suffix}"])
    assert done.exit_code == 0, done.output
    if suffix == "sqlite":
        return
    found: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables()}
    for line in Path("x.jsonl").read_text().splitlines():
        row = json.loads(line)
        found[row.pop("table")].append(row)
    for table in tables():
        keys = [tuple(row[name] for name in table.key) for row in found[table.name]]
        assert keys == sorted(set(keys)), table.name
    for name in ("postmortems", "routes"):
        assert len(found[name]) == len(ids)
    assert len(found["actions"]) == len(ids) ** 2


def test_minus_zero_is_zero(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "---\nid: PM-2026-001\nimpact: {cost: {amount: -0.0, currency: EUR}}\n---\n"
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "PM-2026-001.md").write_text(text)
    monkeypatch.chdir(tmp_path)
    words = ["export", "--tables", "postmortems", "--now", "2026-11-28"]
    assert '"cost": 0.0,' in CliRunner().invoke(commands, words).stdout
