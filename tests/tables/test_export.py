"""The 24 tables: what they say, in every format, and what happens when an export goes wrong."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pmlint.cli import commands
from pmlint.tables import collect
from pmlint.tables.dictionary import tables
from tests.outside import outside

ROOT = Path(__file__).parents[2]
NOW = "2026-11-28"
QUERIES = [
    path
    for path in sorted((ROOT / "docs" / "queries").glob("*.sql"))
    if ".duckdb" not in path.suffixes
]


def export(*options: str) -> Result:
    return CliRunner().invoke(commands, ["export", "--now", NOW, *options])


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    path = tmp_path_factory.mktemp("export") / "reviews.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        done = export("-o", str(path))
    assert (done.exit_code, done.stderr) == (0, f"wrote {path}: 24 tables\n")
    return sqlite3.connect(path)


def rows(table: str) -> list[dict[str, Any]]:
    """The rows of a table, by JSON lines."""
    return [json.loads(line) for line in export("--tables", table).stdout.splitlines()]


@pytest.fixture(scope="module")
def all_rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of this repository by table, from one export."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        lines = map(json.loads, export().stdout.splitlines())
    found: dict[str, list[dict[str, Any]]] = {table.name: [] for table in tables()}
    for line in lines:
        found[line["table"]].append(line)
    return found


def test_sqlite_is_whole_and_its_keys_hold(base: sqlite3.Connection) -> None:
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("SELECT count(*) FROM postmortems").fetchone() == (10,)


def test_every_column_is_described_and_no_name_is_reserved() -> None:
    for table in tables():
        assert table.description
        assert set(table.key) <= set(table.names)
        for column in table.columns:
            assert column.description, (table.name, column.name)
            assert column.name not in ("at", "on", "commit", "column", "order", "group")


FIELDS = {
    "postmortems": "postmortem#/properties",
    "clocks": "postmortem#/$defs/clock/properties",
    "timeline": "postmortem#/properties/timeline/items/properties",
    "agent_path": "postmortem#/properties/agent_path/items/properties",
    "evidence": "postmortem#/$defs/piece/properties",
    "findings": "postmortem#/properties/findings/items/properties",
    "failed_controls": "postmortem#/properties/failed_controls/items/properties",
    "actions": "postmortem#/$defs/action/properties",
    "proofs": "postmortem#/$defs/proof/properties",
    "amendments": "postmortem#/$defs/amendment/properties",
    "conditions": "postmortem#/properties/restart/properties/conditions/items/properties",
    "waivers": "postmortem#/properties/waivers/items/properties",
    "routes": "route#/properties",
    "route_controls": "route#/properties/controls/items/properties",
}
"""Where the fields are of which a table's columns have the names."""
DERIVED = {
    ("actions", "after_restart"),  # whether somebody independent approved it
    ("failed_controls", "absent"),  # whether, and not its name
    ("failed_controls", "control"),  # the name of either
    ("routes", "restart"),  # any flag, also one of another platform
}
"""Columns that have the name of a field, and do not hold what is written there."""


def described(source: str) -> dict[str, Any]:
    kind, _, pointer = source.partition("#/")
    part: dict[str, Any] = json.loads((ROOT / "schema" / f"{kind}.json").read_text())
    for step in pointer.split("/"):
        part = part[step]
    return part


def test_a_column_that_is_a_field_says_what_its_schema_says() -> None:
    """One text and not two: the second had grown apart in thirty columns."""
    contract = json.loads((ROOT / "schema" / "tables.json").read_text())["tables"]
    known = {(table.name, one.name): one.description for table in tables() for one in table.columns}
    text = export("--dictionary").stdout
    assert "apostrophe" in text
    assert text.rstrip() in (ROOT / "docs" / "reference" / "tables.md").read_text()
    sources = 0
    for table in contract:
        fields = described(FIELDS[table["name"]]) if table["name"] in FIELDS else {}
        for column in table["columns"]:
            place = (table["name"], column["name"])
            if "source" in column:
                sources += 1
                words = described(column["source"])["description"]
                assert known[place] == words
                assert words.replace("|", "\\|") in text
            elif column["name"] in fields:
                assert place in DERIVED, place
    assert sources > 60
    assert json.loads(export("--dictionary", "--output-format", "json").stdout)["schema"] == 1


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_each_query_of_the_docs_runs(base: sqlite3.Connection, query: Path) -> None:
    assert query.read_text().startswith("-- ")
    base.execute(query.read_text()).fetchall()


def test_routes_actions_and_holds_say_what_the_verbs_say() -> None:
    said = json.loads(
        CliRunner().invoke(commands, ["routes", "--output-format", "json", "--now", NOW]).stdout
    )["routes"]
    ours = {row["route"]: row for row in rows("routes")}
    assert {
        route["route"]: (route["held"], route["open_actions"], route["oldest_deadline"])
        for route in said
    } == {
        name: (row["held"], row["open_actions"], row["oldest_deadline"])
        for name, row in ours.items()
    }
    holds = [
        (hold["postmortem"], hold["kind"], hold["reason"])
        for route in said
        for hold in route["held_by"]
    ]
    assert sorted(holds) == sorted(
        (row["postmortem"], row["kind"], row["reason"]) for row in rows("holds")
    )


def asked(*words: str) -> str:
    done = CliRunner().invoke(commands, [*words, "--now", NOW])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_verbs_print_what_the_rows_say_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = next(row["route"] for row in rows("routes") if row["held"])
    assert "held by" in asked("why", held)
    monkeypatch.setattr(collect, "route_rows", lambda *given: ())
    monkeypatch.setattr(collect, "postmortem_rows", lambda *given: ())
    assert asked("routes") == "no routes\n"
    assert asked("actions") == "no open actions\n"
    assert "free: nothing holds it" in asked("why", held)


def test_the_verbs_that_print_rows_start_neither_the_check_nor_a_writer() -> None:
    for words in (("routes",), ("actions",), ("why", rows("routes")[0]["route"])):
        code = (
            "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); sys.argv[0] = 'pmlint'\n"
            "from pmlint.cli import main; main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )
        found = set(done.stderr.split())
        assert "pmlint.tables.collect" in found, words
        assert not found & {
            "pmlint.tables.writers",
            "sqlite3",
            "pyarrow",
            "pmlint.tables.judged",
            "jinja2",
        }, words


def test_an_id_that_is_taken_and_a_mark_at_the_start_lose_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pmlint.toml").write_text("")
    (tmp_path / "postmortems").mkdir()
    text = "---\nid: PM-2026-001\nroutes: [desk]\nactions: [{id: A1, title: %s, owner: '@ana', deadline: 2026-10-01}]\n---\n"
    (tmp_path / "postmortems/PM-2026-001-a.md").write_text(
        "\ufeff" + text % "First", encoding="utf-8"
    )
    (tmp_path / "postmortems/PM-2026-001-b.md").write_text(text % "Second")
    found = [(row["postmortem"], row["title"], row["overdue"]) for row in rows("actions")]
    assert found == [("PM-2026-001", "First", True), ("PM-2026-001~2", "Second", True)]
    assert [row["readable"] for row in rows("postmortems")] == [True, True]
    listed = json.loads(asked("actions", "--output-format", "json"))["actions"]
    assert [(one["postmortem"], one["title"]) for one in listed] == [row[:2] for row in found]


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems have no such name")
@pytest.mark.parametrize("suffix", ["parquet", "sqlite", "json", "csv"])
def test_a_file_name_that_is_not_utf8_is_written_out(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One such name ended an export with a traceback, and a fleet with it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pmlint.toml").touch()
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "postmortems" / "PM-2026-009-\udcff.md").write_text("---\n")
    (tmp_path / "out").mkdir()
    assert export("-o", f"out/x.{suffix}").exit_code == 0
    assert {row["file"] for row in rows("problems")} == {"postmortems/PM-2026-009-\\udcff.md"}


def test_csv_has_the_rows_of_json_lines(
    tmp_path: Path, all_rows: dict[str, list[dict[str, Any]]]
) -> None:
    assert export("-o", str(tmp_path / "out"), "--output-format", "csv").exit_code == 0
    for table in tables():
        with open(tmp_path / "out" / f"{table.name}.csv", encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        expected = [
            {name: cell(value) for name, value in row.items() if name != "table"}
            for row in all_rows[table.name]
        ]
        assert found == expected, table.name


def cell(value: object) -> str:
    """A value as it stands in CSV: no null, truth as 0 and 1, no formula."""
    if value is None:
        return ""
    text = str(int(value)) if isinstance(value, bool) else str(value)
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") and isinstance(value, str) else text


def test_json_is_one_object_with_the_same_rows(all_rows: dict[str, list[dict[str, Any]]]) -> None:
    data = json.loads(export("--output-format", "json").stdout)
    assert data["tables"] == {
        table: [{name: value for name, value in row.items() if name != "table"} for row in found]
        for table, found in all_rows.items()
    }


def test_rows_come_in_the_order_of_their_keys(all_rows: dict[str, list[dict[str, Any]]]) -> None:
    for table in tables():
        keys = [[row[name] for name in table.key] for row in all_rows[table.name]]
        assert keys == sorted(keys), table.name


def test_the_same_tree_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        export("-o", str(tmp_path / f"{name}.jsonl"))
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_an_unreadable_postmortem_is_a_row_a_problem_and_a_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "tests" / "cases" / "base", tmp_path / "base")
    monkeypatch.chdir(tmp_path / "base")
    (file,) = Path("postmortems").glob("*.md")
    file.write_text("no front matter")
    (row,) = rows("postmortems")
    assert (row["postmortem"], row["readable"], row["title"]) == ("PM-2026-001", False, None)
    assert "syntax" in {problem["code"] for problem in rows("problems")}


def test_every_text_survives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = outside("report", "hostile.json")
    if hostile is None:
        pytest.skip("the data beside the checkout is not there")
    shutil.copytree(ROOT / "tests" / "cases" / "base", tmp_path / "base")
    monkeypatch.chdir(tmp_path / "base")
    data = json.loads(hostile.read_text(encoding="utf-8"))
    texts = [
        text for text in _texts(data) if text.strip() and all(char.isprintable() for char in text)
    ][:40]
    (file,) = Path("postmortems").glob("*.md")
    lines = file.read_text().splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("title:"))
    for text in texts:
        lines[number] = f"title: {json.dumps(text, ensure_ascii=False)}"
        file.write_text("\n".join(lines) + "\n")
        (row,) = rows("postmortems")
        assert row["title"] == text


def _texts(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    items = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for item in items for text in _texts(item)]


WRONG = {
    ("--tables", "acitons"): "there is no table 'acitons' (--tables)",
    ("-o", "reviews.txt"): "the name 'reviews.txt' does not say a format",
    (
        "-o",
        "reviews.json",
        "--output-format",
        "sqlite",
    ): "'reviews.json' ends in .json, and --output-format is sqlite",
    ("--output-format", "csv"): "24 tables in csv need a folder",
    (
        "--output-format",
        "csv",
        "-o",
        "-",
        "--tables",
        "holds,actions",
    ): "2 tables in csv need a folder",
    ("--output-format", "csv", "-o", "/dev/stdout"): "24 tables in csv need a folder",
    ("--output-format", "sqlite"): "sqlite needs a file or a folder",
    ("--output-format", "sqlite", "-o", "/dev/stdout"): "sqlite needs a file or a folder",
    ("--output-format", "parquet", "--tables", "actions"): "parquet needs a file or a folder",
}


@pytest.mark.parametrize("options", WRONG, ids=" ".join)
def test_what_cannot_be_told_is_refused(options: tuple[str, ...]) -> None:
    assert str(export(*options).exception) == WRONG[options]


def test_a_folder_of_somebody_else_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = export("-o", str(tmp_path), "--output-format", "csv")
    assert str(done.exception) == f"the folder '{tmp_path}' holds other files"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_link_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for name in ("link", "link/"):
        done = export("-o", f"{tmp_path}/{name}", "--output-format", "csv")
        assert str(done.exception) == f"'{tmp_path}/{name}' is a symbolic link"
    assert (tmp_path / "link").is_symlink()


ONE = ("--tables", "actions", "--output-format", "csv")


def test_one_table_is_printed_as_csv(tmp_path: Path) -> None:
    file = tmp_path / "actions.csv"
    assert export(*ONE, "-o", str(file)).exit_code == 0
    for place in ((), ("-o", "-"), ("-o", "/dev/stdout")):
        assert export(*ONE, *place).stdout == file.read_text()


def test_a_file_is_written_through_a_link_and_keeps_its_rights(tmp_path: Path) -> None:
    for name in ("rows.sqlite", "rows.jsonl", "actions.csv"):
        real, link = tmp_path / f"real-{name}", tmp_path / name
        real.touch(0o600)
        link.symlink_to(real)
        assert export("--tables", "actions", "-o", str(link)).exit_code == 0
        assert link.is_symlink()
        assert real.stat().st_size > 0
        assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_a_pipe_gets_all_rows_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "rows"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    words = ("--tables", "actions", "-o", str(pipe), "--output-format")
    assert export(*words, "jsonl").exit_code == 0
    assert reader.communicate(timeout=30)[0] == export("--tables", "actions").stdout_bytes
    assert pipe.is_fifo()
    assert str(export(*words, "sqlite").exception) == f"'{pipe}' is not a file"
    assert pipe.is_fifo()


def test_a_folder_of_ours_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        assert export("-o", str(out), "--output-format", "csv").exit_code == 0
    assert len(list(out.glob("*.csv"))) == 24
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_parquet_has_the_rows_of_json_lines(
    tmp_path: Path, all_rows: dict[str, list[dict[str, Any]]]
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra 'parquet' is not installed")
    assert export("-o", str(tmp_path / "out"), "--output-format", "parquet").exit_code == 0
    for table in tables():
        found = parquet.read_table(tmp_path / "out" / f"{table.name}.parquet")
        assert found.schema.names == list(table.names)
        assert found.num_rows == len(all_rows[table.name])


def test_a_name_of_the_repository_comes_first_in_rows_and_keys(tmp_path: Path) -> None:
    assert export("-o", str(tmp_path / "a.db"), "--repository", "acme/mail").exit_code == 0
    base = sqlite3.connect(tmp_path / "a.db")
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert base.execute("SELECT DISTINCT repo FROM clocks").fetchall() == [("acme/mail",)]
    keys = [row[1] for row in base.execute("PRAGMA table_info(clocks)") if row[5]]
    assert keys == ["repo", "postmortem", "clock"]
    parents = {tuple(row[3:5]) for row in base.execute("PRAGMA foreign_key_list(clocks)")}
    assert parents == {("repo", "repo"), ("postmortem", "postmortem")}


def test_meta_names_the_commit_and_whether_records_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meta() -> dict[str, Any]:
        return {row["key"]: row["value"] for row in rows("meta")}

    for name in ("postmortems", "routes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert (meta()["commit"], meta()["dirty"]) == (None, None)
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=M", "-c", "user.email=m@x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    assert (meta()["commit"], meta()["dirty"]) == (head, "false")
    (tmp_path / "notes.txt").write_text("no record")
    review = next((tmp_path / "postmortems").glob("PM-*.md"))
    review.write_bytes(review.read_bytes().replace(b"\n", b"\r\n"))
    assert meta()["dirty"] == "false", "another file, and line ends alone"
    review.unlink()
    assert meta()["dirty"] == "true"


def test_proofs_are_looked_up_on_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postmortems").mkdir()
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "mail.yaml").write_text(
        "id: mail\ntitle: m\nowner: '@maria'\nstate: paused\nrestart: false\nautonomy: suggest\n"
        "tools: {read: [a], write: []}\ncontrols: []\n"
    )
    (tmp_path / "postmortems" / "PM-2026-001.md").write_text(
        "---\nid: PM-2026-001\nstatus: accepted\nopened: 2026-11-01\nroutes: [mail]\nactions:\n"
        "  - {id: A1, title: t, layer: permissions, findings: [F1], owner: '@tom', deadline: 2026-11-20, status: done,\n"
        "     proof: [{path: never-written.py}], verified_by: '@maria'}\n---\n"
    )
    monkeypatch.chdir(tmp_path)
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=M", "-c", "user.email=m@x", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *words], check=True)
    asked = ("routes", "actions", "meta")
    written, landed = (
        [
            json.loads(line)
            for line in export("--tables", ",".join(asked), *more).stdout.splitlines()
        ]
        for more in ((), ("--proofs",))
    )
    assert [row["open"] for row in written if row["table"] == "actions"] == [False]
    (action,) = [row for row in landed if row["table"] == "actions"]
    assert (action["open"], action["overdue"]) == (True, True)
    assert "never-written.py" in action["open_reason"]
    assert [(row["held"], row["open_actions"]) for row in landed if row["table"] == "routes"] == [
        (True, 1)
    ]
    assert {
        row["value"] for row in landed if row["table"] == "meta" and row["key"] == "proofs"
    } == {"landed"}


def test_no_other_verb_imports_it() -> None:
    from tests.repository.test_project import loaded

    assert not {name for name in loaded("check") if name.startswith(("pmlint.tables", "sqlite3"))}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tables", ""], "no table is named (--tables)"),
        (["--tables", " , "], "no table is named (--tables)"),
        (
            ["--dictionary", "--output-format", "csv"],
            "the dictionary is markdown or json, not csv (--output-format)",
        ),
        (["--dictionary", "-o", "d.md"], "--dictionary prints what all tables say"),
        (["--dictionary", "--tables", "meta"], "--dictionary prints what all tables say"),
        (["--repository", " "], "the name of the repository is empty (--repository)"),
        (["--output-format", "markdown"], "rows are not written as markdown (--output-format)"),
    ],
)
def test_what_cannot_be_written_is_refused(
    words: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert str(CliRunner().invoke(commands, ["export", *words]).exception) == message


@pytest.mark.parametrize(
    "words",
    [
        ["export", "-o", "gone/rows.sqlite"],
        ["export", "-o", "taken.csv", "--tables", "meta"],
        ["export", "-o", "taken.csv/", "--output-format", "sqlite"],
        ["report", "file/site"],
    ],
)
def test_an_error_names_the_place_that_was_asked_for(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postmortems", "routes", "taken.csv"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    error = CliRunner().invoke(commands, words).exception
    assert isinstance(error, OSError)
    assert error.filename == next(word for word in words if "." in word or "/" in word)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "file",
        "postmortems",
        "routes",
        "taken.csv",
    ]


def test_a_full_disk_is_an_error_of_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has errors of its own, which ended an export with a traceback."""
    connect = sqlite3.connect

    def small(path: str) -> sqlite3.Connection:
        base = connect(path)
        base.execute("PRAGMA max_page_count = 2")
        return base

    monkeypatch.setattr(sqlite3, "connect", small)
    error = export("-o", str(tmp_path / "x.sqlite")).exception
    assert isinstance(error, OSError)
    assert (error.errno, error.filename) == (errno.ENOSPC, str(tmp_path / "x.sqlite"))
    assert list(tmp_path.iterdir()) == []
