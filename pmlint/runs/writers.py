"""Runs as rows: JSON lines, CSV and Parquet (docs/spec/runs.md, *A run*).

Each form writes to a stream as it goes: of a million runs the whole text took 270 MB.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

from pmlint.runs.event import TraceRun

COLUMNS = (
    "run",
    "route",
    "started",
    "ended",
    "outcome",
    "rescues",
    "corrections",
    "approvals",
    "autonomy",
    "version",
    "traces",
)
_encode = json.JSONEncoder(ensure_ascii=False).encode
"""As `json.dumps`, which makes an encoder for each call: a third of writing a row."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_json_lines(runs: Iterable[TraceRun], stream: BinaryIO) -> None:
    """Write an object a line."""
    for run in runs:
        stream.write(_encode(run.row()).encode() + b"\n")


def write_csv(runs: Iterable[TraceRun], stream: BinaryIO) -> None:
    """Write a line a run, for a spreadsheet or a warehouse."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in runs:
        row = {**run.row(), "traces": " ".join(run.traces)}
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    text.detach()  # which flushes it, and leaves the stream open


def write_parquet(runs: Iterable[TraceRun], stream: BinaryIO) -> None:
    """Write a Parquet file. Raises `UsageError` without the extra."""
    # Imported here: it is the way to pyarrow, which the other two forms do without.
    from pmlint.tables.writers.parquet import write_columns

    types = dict.fromkeys(COLUMNS, "string")
    types |= dict.fromkeys(("rescues", "corrections", "approvals"), "int64")
    types |= {"started": "moment", "ended": "moment", "traces": "strings"}
    write_columns(stream, types, map(_values, runs))


RUN_WRITERS: Mapping[str, Callable[[Iterable[TraceRun], BinaryIO], None]] = {
    ".jsonl": write_json_lines,
    ".csv": write_csv,
    ".parquet": write_parquet,
}
"""The forms by the suffix of a file."""


def _cell(value: object) -> object:
    """A cell that no spreadsheet reads as a formula: the text of a trace is written by models."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _values(run: TraceRun) -> dict[str, object]:
    """The columns of a run, its times by milliseconds, as the other two forms write them."""
    values: dict[str, object] = {name: getattr(run, name) for name in COLUMNS}
    times = {"started": _milliseconds(run.started), "ended": _milliseconds(run.ended)}
    return {**values, **times}


def _milliseconds(at: int | None) -> int | None:
    return None if at is None else at // 1_000_000
