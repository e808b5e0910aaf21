"""Report data from some rows, for tests that need no repository."""

from __future__ import annotations

from datetime import date
from typing import Any

from pmlint.report.figures import ReportData, data_of
from pmlint.tables.cells import Row
from pmlint.tables.dictionary import tables

NOW = "2026-11-28"
TODAY = date(2026, 11, 28)


def entries(**tables_: list[dict[str, Any]]) -> ReportData:
    """Report data from some rows; columns that are not given are null."""
    rows = []
    for table in tables():
        for entry in tables_.get(table.name, []):
            values = tuple(
                entry.get(column.name, _default(column.type, column.nullable))
                for column in table.columns
            )
            rows.append(Row(table.name, values))
    return data_of(rows, TODAY)


def _default(type: str, nullable: bool) -> Any:
    return None if nullable else {"int": 0, "bool": False}.get(type, "x")
