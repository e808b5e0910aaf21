"""Stores that are damaged, copied by half, or written by somebody else, written before any was
tried.

Each has an honest twin. What is not there must not look like "nothing is held".
"""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from pmlint import __version__
from pmlint.fleet.listing import Listed
from pmlint.fleet.store import Store
from pmlint.fleet.task import FleetResult
from pmlint.tables.dictionary import of_repository, tables
from tests.fleet.conftest import NOW, Fleet, invoke

OWNER = "@tom"
Attack = Callable[[Path], object]


def rows(repo: str, route: str) -> bytes:
    """One hold of a route, as a task returns it."""
    [table] = [of_repository(one) for one in tables() if one.name == "holds"]
    known = {"repo": repo, "route": route, "reason": "open", "owner": OWNER}
    samples: dict[str, Any] = {"int": 1, "real": 1.0, "bool": True}
    values = tuple(
        known.get(one.name, None if one.nullable else samples.get(one.type, "x"))
        for one in table.columns
    )
    return pickle.dumps([("holds", values)])


def write(folder: Path, *names: str, route: str = "desk", at: datetime | None = None) -> None:
    """A batch with one hold of each repository."""
    results = [
        FleetResult(
            Listed(f"example.org/acme/{name}", f"https://example.org/acme/{name}"),
            "judged",
            commit="0" * 40,
            judged_at=at or datetime.now(UTC),
            rows=rows(f"example.org/acme/{name}", route),
        )
        for name in names
    ]
    Store(str(folder)).write(results, __version__, "")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two batches of one repository each."""
    write(tmp_path / "store", "mail")
    write(tmp_path / "store", "desk")
    return tmp_path / "store"


def first(store: Path) -> Path:
    return min(store.glob("batch=*"))


def ask(store: Path, text: str, *more: str) -> tuple[int, str]:
    return invoke("fleet", "ask", str(store), text, "--now", NOW, *more)


def holds(store: Path) -> list[str]:
    """The repositories that hold something, by the store."""
    code, text = ask(store, "SELECT repo FROM holds ORDER BY ALL", "--output-format", "json")
    return [row["repo"].rpartition("/")[2] for row in json.loads(text)] if code == 0 else [text]


def without(name: str) -> Attack:
    return lambda store: (first(store) / f"{name}.parquet").unlink()


def cut(name: str) -> Attack:
    def attack(store: Path) -> None:
        file = first(store) / f"{name}.parquet"
        file.write_bytes(file.read_bytes()[:-40])

    return attack


def of_holds(change: Callable[[pyarrow.Table], pyarrow.Table]) -> Attack:
    def attack(store: Path) -> None:
        file = first(store) / "holds.parquet"
        parquet.write_table(change(parquet.read_table(file, partitioning=None)), file)

    return attack


DAMAGES: dict[str, Attack] = {
    "a batch without its holds": without("holds"),
    "a batch without its repositories": without("repositories"),
    "holds that were cut": cut("holds"),
    "repositories that were cut": cut("repositories"),
    "an empty file of holds": lambda store: (first(store) / "holds.parquet").write_bytes(b""),
    "a batch that is a file": lambda store: (store / "batch=9").write_text("x"),
    "a batch that is empty": lambda store: (store / "batch=9").mkdir(),
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("verb", ["ask", "run", "compact"])
def test_a_damaged_store_is_refused(name: str, verb: str, store: Path, tmp_path: Path) -> None:
    assert holds(store) == ["desk", "mail"]
    DAMAGES[name](store)
    batches = sorted(path.name for path in store.iterdir())
    words = {
        "ask": ("fleet", "ask", str(store), "held"),
        "run": ("fleet", "run", str(tmp_path / "list"), "-o", str(store)),
        "compact": ("fleet", "compact", str(store)),
    }
    (tmp_path / "list").write_text("https://127.0.0.1:1/acme/mail\n")
    code, said = invoke(*words[verb])
    assert (code, "batch=" in said) == (2, True), said
    assert sorted(path.name for path in store.iterdir()) == batches


def test_a_column_that_an_older_version_did_not_have(store: Path) -> None:
    """Its batches stay readable, and what it did not write is NULL."""
    of_holds(lambda table: table.drop_columns(["owner"]))(store)
    code, text = ask(store, "SELECT owner FROM holds ORDER BY ALL", "--output-format", "json")
    assert (code, json.loads(text)) == (0, [{"owner": OWNER}, {"owner": None}])


def test_a_list_that_has_nothing_of_a_store_deletes_nothing(store: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("https://example.org/acme/other\n")
    code, said = invoke("fleet", "compact", str(store), "--list", str(tmp_path / "list"))
    assert (code, "no repository of the store" in said) == (2, True)
    assert holds(store) == ["desk", "mail"]
    (tmp_path / "list").write_text("https://example.org/acme/mail\n")
    assert invoke("fleet", "compact", str(store), "--list", str(tmp_path / "list"))[0] == 0
    assert holds(store) == ["mail"]


def test_a_row_of_tomorrow_does_not_stay_the_newest(fleet: Fleet) -> None:
    """A machine whose clock was wrong once would keep its rows the newest for as long."""
    fleet.write(fleet.lines[:1])
    fleet.run()
    name = fleet.lines[0]["name"].rpartition("/")[2]
    write(fleet.store, name, at=datetime.now(UTC) + timedelta(days=300))
    assert fleet.run()[0] == 0
    assert "desk" not in [row["route"] for row in fleet.ask("SELECT route FROM holds")]


def test_what_a_line_says_now_is_in_the_answer(fleet: Fleet, tmp_path: Path) -> None:
    """A repository that moved to another team, or a mirror to another address, at the commit that
    it was judged at.
    """
    line = {**fleet.lines[0], "team": "before"}
    fleet.write([line])
    fleet.run()
    assert fleet.run()[1].startswith("1 repository: 1 not changed")
    shutil.copytree(line["url"].removeprefix("file://"), tmp_path / "moved.git")
    moved = {"url": f"file://{tmp_path}/moved.git"}
    for more in ({"team": "after"}, moved, {"ref": "refs/heads/main"}):
        line |= more
        fleet.write([line])
        assert fleet.run()[1].startswith("1 repository: 1 judged")
        [(name, value)] = more.items()
        assert fleet.ask(f"SELECT {name} FROM repositories") == [{name: value}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{store}/../secret')",
        "SELECT * FROM read_blob('{store}/batch=x/../../secret')",
        "SELECT * FROM '{store}/../secret.csv'",
        "SELECT * FROM glob('{store}/../*')",
        "SELECT getenv('HOME')",
        "FROM query('COPY (SELECT 1) TO ''{store}/x.csv'' ')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "WITH x AS (SELECT 1) INSERT INTO holds SELECT * FROM x",
        "PRAGMA database_list; SELECT 1",
    ],
)
def test_sql_that_reads_or_writes_elsewhere(sql: str, store: Path, tmp_path: Path) -> None:
    for name in ("secret", "secret.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    before = sorted(tmp_path.rglob("*"))
    code, said = ask(store, sql.format(store=store))
    assert code == 2, said
    assert sorted(tmp_path.rglob("*")) == before


def test_a_hostile_name_moves_no_terminal_and_no_spreadsheet(store: Path) -> None:
    write(store, "evil", route="\x1b[2J=1+1\u202e")
    code, text = ask(store, "SELECT route FROM holds WHERE repo LIKE '%evil'")
    assert (code, "\x1b" in text, "\u202e" in text) == (0, False, False)
    write(store, "sheet", route="=cmd|' /C calc'!A0")
    sheet = "SELECT route FROM holds WHERE repo LIKE '%sheet'"
    code, text = ask(store, sheet, "--output-format", "csv")
    assert (code, text.splitlines()[1].strip('"').startswith("=")) == (0, False)


def test_a_batch_that_leads_elsewhere(store: Path, tmp_path: Path) -> None:
    """A link is not followed: what lies elsewhere is no part of a store."""
    shutil.move(first(store), tmp_path / "elsewhere")
    (store / "batch=1").symlink_to(tmp_path / "elsewhere")
    [said] = holds(store)
    assert "batch=1" in said
