"""Runs as rows: JSON lines, CSV and Parquet (docs/spec/runs.md, *A run*)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

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
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_lines(runs: Sequence[TraceRun]) -> bytes:
    """An object a line."""
    return "".join(json.dumps(run.row(), ensure_ascii=False) + "\n" for run in runs).encode()


def csv_file(runs: Sequence[TraceRun]) -> bytes:
    """A line a run, for a spreadsheet or a warehouse."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in runs:
        row = {**run.row(), "traces": " ".join(run.traces)}
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return text.getvalue().encode()


def parquet_file(runs: Sequence[TraceRun]) -> bytes:
    """A Parquet file. Raises `UsageError` without the extra."""
    # Imported here: it is the way to pyarrow, which the other two forms do without.
    from pmlint.tables.writers.parquet import parquet_bytes

    types = dict.fromkeys(COLUMNS, "string")
    types |= dict.fromkeys(("rescues", "corrections", "approvals"), "int64")
    types |= {"started": "moment", "ended": "moment", "traces": "strings"}
    columns: dict[str, list[object]] = {
        name: [getattr(run, name) for run in runs] for name in COLUMNS
    }
    for name in ("started", "ended"):  # by milliseconds, as the other two forms write a time
        columns[name] = [_milliseconds(getattr(run, name)) for run in runs]
    return parquet_bytes(types, columns)


RUN_WRITERS: Mapping[str, Callable[[Sequence[TraceRun]], bytes]] = {
    ".jsonl": json_lines,
    ".csv": csv_file,
    ".parquet": parquet_file,
}
"""The forms by the suffix of a file."""


def _cell(value: object) -> object:
    """A cell that no spreadsheet reads as a formula: the text of a trace is written by models."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _milliseconds(at: int | None) -> int | None:
    return None if at is None else at // 1_000_000
