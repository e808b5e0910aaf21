"""Rows of a file of JSON lines or CSV, each with the number of its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.decoding import json_of
from pmlint.runs.reading import TraceInput, TraceRefused


def numbered_rows(file: TraceInput, help: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a file whose head says whether it is JSON.

    Raises `TraceRefused` (``run-unreadable``) for a line that is not a JSON object, with ``help``.
    """
    if file.head.lstrip()[:1] == b"{":
        for line in file.read_lines():
            row = json_of(line.data)
            if not isinstance(row, dict):
                fact = "the line is not a JSON object"
                raise TraceRefused("run-unreadable", fact, file.path, help, line.number)
            yield line.number, row
        return
    text = file.read_rest().decode("utf-8-sig", "replace")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for row in reader:
        # A field in quotes may have line breaks, so a row is not a line.
        file.lines += 1
        yield reader.line_num, row
