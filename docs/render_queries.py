"""Writes `docs/queries/README.md`: each query with its answer for the ten postmortems of this
repository: ``python docs/render_queries.py [--check]``.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from page_text import escaped
from written_folder import write_folder

from pmlint.tables.dictionary import tables

HERE = Path(__file__).parent / "queries"
ROOT = HERE.parents[1]
NOW = "2026-11-24"
HEAD = f"""\
# Queries to begin with

<!-- Written by `python docs/render_queries.py`. -->

Each is a file beside this page, and answers for the ten postmortems of this repository, as of {NOW}. A test runs all on SQLite and, over
Parquet, on DuckDB; a query for one of the two says so in its first line. [The dictionary](../reference/tables.md) has the columns.

```sh
pmlint export -o reviews.sqlite
sqlite3 -header -column reviews.sqlite < owners.sql
```
"""


def page() -> str:
    """The page: for each query its question, its text and its answer."""
    with TemporaryDirectory() as folder:
        sqlite, duck = bases(Path(folder))
        parts = [section(query, duck if ".duckdb" in query.name else sqlite) for query in queries()]
    return "\n".join([HEAD, *parts])


def queries() -> Iterator[Path]:
    """The files of the queries; of two that differ in the words of an engine that of SQLite."""
    for query in sorted(HERE.glob("*.sql")):
        if not query.with_name(query.name.replace(".duckdb.", ".sqlite.")).exists() or (
            ".duckdb." not in query.name
        ):
            yield query


def bases(folder: Path) -> tuple[Any, Any]:
    """This repository as a base of SQLite, and as one of DuckDB over Parquet."""
    for words in (["-o", "base.sqlite"], ["-o", "out", "--output-format", "parquet"]):
        target = [words[0], str(folder / words[1]), *words[2:]]
        command = [sys.executable, "-m", "pmlint", "export", "--now", NOW, *target]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    duck = duckdb.connect()
    for table in tables():
        files = folder / "out" / f"{table.name}.parquet"
        duck.execute(f"CREATE TABLE {table.name} AS SELECT * FROM read_parquet('{files}')")
    return sqlite3.connect(folder / "base.sqlite"), duck


def section(query: Path, base: Any) -> str:
    """A query as the page shows it."""
    question, _, text = query.read_text(encoding="utf-8").removeprefix("-- ").partition("\n")
    title, _, note = question.partition(" (")
    asked = base.execute(text)
    names = [column[0] for column in asked.description]
    rows = [row(values) for values in asked.fetchall()]
    answer = [row(names), f"|{'---|' * len(names)}", *rows] if rows else ["No row."]
    lines = [f"## {title}", f"[{query.name}]({query.name}){f': {note[:-1]}' if note else ''}"]
    lines += [f"```sql\n{text.rstrip()}\n```", "\n".join(answer)]
    return "\n\n".join(lines) + "\n"


def row(values: Any) -> str:
    """A row of a table in Markdown; an absent value is an empty cell."""
    cells = ("" if value is None else escaped(str(value)).replace("|", r"\|") for value in values)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(write_folder(HERE, {"README.md": page()}))
