"""A table for a terminal and a pipe alike."""

from __future__ import annotations

from collections.abc import Sequence

from pmlint.report.escape import terminal


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, the head above; user text escaped."""
    cells = [tuple(head), *(tuple(terminal(cell) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells)
