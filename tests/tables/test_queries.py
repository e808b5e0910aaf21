"""The queries of the docs give the same rows on SQLite and, over Parquet, on DuckDB; every table
has rows somewhere.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from bench import corpus
from pmlint.cli import commands
from pmlint.tables.dictionary import tables
from tests.report.hostile import write_hostile_repository

pytestmark = pytest.mark.slow
QUERIES = Path(__file__).parents[2] / "docs" / "queries"
NOW = "2026-11-28"


@pytest.fixture(scope="module", params=["spread", "hostile"])
def bases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[sqlite3.Connection, duckdb.DuckDBPyConnection]:
    """One repository, exported as SQLite and as Parquet."""
    project = tmp_path_factory.mktemp(request.param) / "project"
    project.mkdir()
    if request.param == "spread":
        corpus.write(project, 60, 8, spread=True)
    else:
        write_hostile_repository(project)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        for words in (["-o", "base.sqlite"], ["-o", "out", "--output-format", "parquet"]):
            assert CliRunner().invoke(commands, ["export", "--now", NOW, *words]).exit_code == 0
    duck = duckdb.connect()
    for table in tables():
        duck.execute(
            f"CREATE VIEW {table.name} AS SELECT * FROM read_parquet('{project}/out/{table.name}.parquet')"
        )
    return sqlite3.connect(project / "base.sqlite"), duck


def plain(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows as texts: truth is 0 and 1 in SQLite, dates are texts, and sums of DuckDB are wide
    integers.
    """
    return [
        tuple(str(int(value)) if isinstance(value, bool) else str(value) for value in row)
        for row in rows
    ]


@pytest.mark.parametrize(
    "query",
    [path for path in sorted(QUERIES.glob("*.sql")) if path.suffixes == [".sql"]],
    ids=lambda path: path.stem,
)
def test_both_give_the_same_rows(bases: tuple[Any, Any], query: Path) -> None:
    sqlite, duck = bases
    text = query.read_text()
    assert text.startswith("-- ")
    assert plain(sqlite.execute(text).fetchall()) == plain(duck.execute(text).fetchall())


@pytest.mark.parametrize("engine", [sqlite3, duckdb])
def test_a_deadline_is_moved_by_its_last_approver(engine: Any) -> None:
    """Of two amendments the last one counts, and not the handle that sorts last."""
    base = engine.connect(":memory:")
    columns = "kind TEXT, record TEXT, subject TEXT, n INTEGER, field TEXT, approved_by TEXT"
    base.execute(f"CREATE TABLE amendments ({columns})")
    for action, n, approver in (("A1", 1, "@zoe"), ("A1", 2, "@amy"), ("A2", 1, "@zoe")):
        row = ("action", "PM-2026-001", action, n, "deadline", approver)
        base.execute("INSERT INTO amendments VALUES (?, ?, ?, ?, ?, ?)", row)
    text = (QUERIES / "moved-deadlines.sql").read_text()
    assert base.execute(text).fetchall() == [("PM-2026-001", "A1", 2, "@amy")]


def test_what_needs_other_words_says_the_same(bases: tuple[Any, Any]) -> None:
    sqlite, duck = bases
    ending = [(QUERIES / f"ending-waivers.{name}.sql").read_text() for name in ("sqlite", "duckdb")]
    found = plain(sqlite.execute(ending[0]).fetchall())
    assert found == plain(duck.execute(ending[1]).fetchall())
    (known,) = duck.execute((QUERIES / "quantiles.duckdb.sql").read_text()).fetchall()
    assert (
        known[0] == sqlite.execute("SELECT count(warning_to_containment) FROM gaps").fetchone()[0]
    )


def test_duckdb_reads_every_table_as_sqlite_does(bases: tuple[Any, Any]) -> None:
    sqlite, duck = bases
    for table in tables():
        texts = [column.name for column in table.columns if column.type in ("text", "int", "bool")]
        asked = f"SELECT {', '.join(texts)} FROM {table.name} ORDER BY {', '.join(table.key)}"
        assert plain(duck.execute(asked).fetchall()) == plain(sqlite.execute(asked).fetchall()), (
            table.name
        )


def test_the_page_of_queries_shows_what_they_answer() -> None:
    script = QUERIES.parent / "render_queries.py"
    done = subprocess.run([sys.executable, str(script), "--check"], check=False)
    assert done.returncode == 0, "run: python docs/render_queries.py"


def test_some_repository_fills_every_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled: set[str] = set()
    for number, build in enumerate(
        (lambda folder: corpus.write(folder, 12, 3, spread=True), write_hostile_repository)
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        build(folder)
        monkeypatch.chdir(folder)
        assert (
            CliRunner().invoke(commands, ["export", "--now", NOW, "-o", "base.sqlite"]).exit_code
            == 0
        )
        ask = sqlite3.connect("base.sqlite").execute
        filled |= {
            table.name
            for table in tables()
            if ask(f"SELECT count(*) FROM {table.name}").fetchone()[0]
        }
    assert {table.name for table in tables()} - filled == set()
