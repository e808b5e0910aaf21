"""Rows that are counted by their columns count as each of them would by itself."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pmlint.runs.row_columns import ColumnTally
from tests.runs.test_sources import due, lines, project, rows

__all__ = ["project"]
GOOD = rows(number=40)
AT = "2026-11-27T12:00:00"
VALUES: list[tuple[str, Any]] = [
    *(("started", f"{AT}{end}") for end in ("Z", "+00:00", "+02:00", ".412Z", ".412345Z", "", "z", "+00")),
    *(("ended", text) for text in ("2026-11-27 12:00:00Z", "2026-02-30T00:00:00Z", "2026-11-27T24:00:00Z", "2026-11-30T23:59:60Z")),
    *(("ended", value) for value in (None, "", 0, 1, [], "soon", "1970-01-01T00:00:00Z", "2026-12-05T00:00:00Z", "２026-11-27T12:00:00Z")),
    *(("outcome", value) for value in ("fine", "", None, ["ok"], {"a": 1}, 1)),
    *(("rescues", value) for value in (0, 7, "7", "07", "²", "", None, -1, 1.0, True, [1], 10**30, "9" * 5_000)),
    *(("approvals", value) for value in ("x", False)),
    *(("run", value) for value in ("", None, 0, 5, ["a"])),
    *(("route", value) for value in ("", None, 0, 5, "who")),
    *(("autonomy", value) for value in ("", None, 0, 5, "act")),
]  # fmt: skip
GOOD_LINE = json.dumps(GOOD[0])
LINES = (
    "", "  ", "[1]", "1", "null", "{", "{}", GOOD_LINE[:-1], f"{GOOD_LINE},{GOOD_LINE}", f" {GOOD_LINE} ", f"{GOOD_LINE}\r", GOOD_LINE.replace("{", '{"a": {"b": 1}, '),
    GOOD_LINE.replace('"ok"', '"\\ud800"'), GOOD_LINE.replace("{", '{"run": "twice", '), GOOD_LINE.replace("{", '{"a": NaN, '), GOOD_LINE.replace("{", '{"a": "}\u2028{", '),
    # Lines that are none, and that are one object when a comma stands between them.
    GOOD_LINE.replace("{", '{"a": [{}') + "\n" + "{}]}", GOOD_LINE.replace("{", '{"a": "x}') + "\n" + '{","b": 1}',
)  # fmt: skip


def said(plain: bool, monkeypatch: pytest.MonkeyPatch, file: str) -> tuple[int, str, str, str]:
    with monkeypatch.context() as patch:
        patch.setattr("pmlint.runs.sources.has_engine", lambda: False)
        if not plain:
            patch.setattr(ColumnTally, "take", lambda tally, columns: None)
        done = due(file, "--output-format", "json")
    return done.exit_code, done.stdout, done.stderr, repr(done.exception)


@pytest.mark.parametrize(("name", "value"), VALUES)
def test_a_value_counts_or_is_refused_as_in_a_row_by_itself(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
) -> None:
    found = [*GOOD, {**GOOD[0], name: value}, *GOOD]
    Path("a.jsonl").write_text(lines(found))
    table = io.StringIO()
    writer = csv.DictWriter(table, ["run", "route", "started", "outcome", "rescues", "corrections", "approvals", "ended", "autonomy"])  # fmt: skip
    writer.writeheader()
    writer.writerows(found)
    Path("a.csv").write_text(table.getvalue())
    for file in ("a.jsonl", "a.csv"):
        assert said(True, monkeypatch, file) == said(False, monkeypatch, file)


@pytest.mark.parametrize("line", LINES)
def test_a_line_counts_or_is_refused_as_one_by_itself(
    project: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    Path("a.jsonl").write_text(lines(GOOD[:3]) + line + "\n" + lines(GOOD[3:]))
    assert said(True, monkeypatch, "a.jsonl") == said(False, monkeypatch, "a.jsonl")


@pytest.mark.parametrize("row", ["a,b", ",".join("abcdefghijkl"), "", " ", '"x\ny",b', '"'])
def test_a_row_of_csv_counts_or_is_refused_as_one_by_itself(
    project: Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    head = "run,route,started,outcome,rescues,corrections,approvals"
    good = f"r,mail-desk,{AT}Z,ok,0,0,0"
    Path("a.csv").write_text("\n".join([head, good, good, row, good]) + "\n")
    assert said(True, monkeypatch, "a.csv") == said(False, monkeypatch, "a.csv")


def test_plain_rows_are_counted_by_their_columns(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[object] = []
    take = ColumnTally.take
    monkeypatch.setattr(
        ColumnTally, "take", lambda tally, columns: taken.append(one := take(tally, columns)) or one
    )
    Path("a.jsonl").write_text(lines(GOOD))
    said(True, monkeypatch, "a.jsonl")
    assert [one.rows for one in taken] == [len(GOOD)]  # type: ignore[attr-defined]
