"""The tables as data: `schema/tables.json`, and descriptions from the schema of the field."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, NamedTuple

from pmlint.model.resources import read_json

ColumnType = Literal["text", "int", "real", "bool", "date", "moment"]


class TableColumn(NamedTuple):
    """One column: its type, whether it may be null, and what it says."""

    name: str
    type: ColumnType
    nullable: bool
    description: str


class ExportTable(NamedTuple):
    """One table: its key, and the table of which its rows are parts (empty where there is none)."""

    name: str
    description: str
    key: tuple[str, ...]
    parent: str
    columns: tuple[TableColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(column.name for column in self.columns)


_REPO = TableColumn("repo", "text", False, "The repository, as --repository names it.")


_VALUES = (
    "Names in bold are the key. An id that is missing or taken has `~n` behind it. Null is what "
    "nobody said. Moments are in UTC and whole seconds.",
    "",
    "In CSV null and empty text are both an empty cell, truth is 0 and 1, and a cell that begins "
    "with `=`, `+`, `-`, `@`, tab or carriage return has an apostrophe in front, since a "
    "spreadsheet would run it. No other format changes a byte.",
)


@cache
def tables() -> tuple[ExportTable, ...]:
    """The 24 tables, in the order of the contract."""
    return tuple(_table(entry) for entry in read_json("tables.json")["tables"])


@cache
def fleet_tables() -> tuple[ExportTable, ...]:
    """The tables that only a fleet has, in the order of the contract (docs/spec/fleet.md)."""
    return tuple(_table(entry) for entry in read_json("fleet-tables.json")["tables"])


def of_repository(table: ExportTable) -> ExportTable:
    """A table of several repositories: ``repo`` comes first in its columns and in its key."""
    return table._replace(key=(_REPO.name, *table.key), columns=(_REPO, *table.columns))


def markdown() -> str:
    """The dictionary as Markdown, for people."""
    lines = ["# Tables", "", *_VALUES, ""]
    for table in tables():
        lines += [f"## {table.name}", "", table.description, "", "| column | type | says |"]
        lines.append("|---|---|---|")
        for column in table.columns:
            name = f"**{column.name}**" if column.name in table.key else column.name
            lines.append(f"| {name} | {column.type} | {_cell(column.description)} |")
        lines.append("")
    return "\n".join(lines)


def _table(entry: dict[str, Any]) -> ExportTable:
    columns = tuple(
        TableColumn(column["name"], column["type"], column["null"], _description(column))
        for column in entry["columns"]
    )
    key = tuple(entry["key"])
    return ExportTable(entry["name"], entry["description"], key, entry.get("parent", ""), columns)


def _description(column: dict[str, Any]) -> str:
    """What a column says: its own text, or that of the field it comes from. One text, not two."""
    if "source" not in column:
        return str(column["description"])
    kind, _, pointer = column["source"].partition("#/")
    part = read_json(f"{kind}.json")
    for step in pointer.split("/"):
        part = part[step]
    return str(part.get("description") or part.get("title"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
