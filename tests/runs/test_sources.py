"""Rows in every form give one statement; what cannot be right is refused at its row."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from click.testing import CliRunner, Result

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.runs import engine
from pmlint.runs.counts import CountRow, CountTable
from pmlint.runs.event import OUTCOMES, TraceRun
from pmlint.runs.reading import TraceInput
from pmlint.runs.rows import read_rows
from pmlint.runs.series import SERIES
from pmlint.runs.sql import DIALECTS, count_query
from pmlint.runs.writers import RUN_WRITERS
from tests.runs.test_due import ROUTE

NOW = "2026-11-28T06:00:00Z"


def rows(seed: int = 7, number: int = 800) -> list[dict[str, Any]]:
    """A month of runs of two routes, with everything that a row may say."""
    draw = random.Random(seed)
    found = []
    for n in range(number):
        minute = draw.randrange(30 * 24 * 60)
        day, rest = divmod(minute, 24 * 60)
        at = f"2026-{10 if day < 3 else 11}-{(29 + day) if day < 3 else day - 2:02}T{rest // 60:02}:{rest % 60:02}:{draw.randrange(60):02}Z"
        found.append({
            "run": f"r{n}", "route": draw.choice(["mail-desk", "mail-desk", "faq-bot"]), "started": at,
            "outcome": draw.choices([*OUTCOMES, "unknown"], [90, 2, 3, 1, 1, 1, 2])[0],
            "rescues": draw.choice([0] * 20 + [1]), "corrections": draw.choice([0] * 10 + [2]), "approvals": draw.choice([0, 1]),
            **({"ended": at} if draw.random() < 0.9 else {}), **({"autonomy": draw.choice(["act", "suggest"])} if draw.random() < 0.5 else {}),
        })  # fmt: skip
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("routes", "postmortems"):
        (tmp_path / name).mkdir()
    (tmp_path / "routes" / "mail-desk.yaml").write_text(ROUTE.format(state="running"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def due(*words: str) -> Result:
    return CliRunner().invoke(commands, ["due", "--now", NOW, *words])


def statement(*words: str) -> dict[str, Any]:
    """What the statement says, without the names and digests of its files."""
    done = due("--output-format", "json", *words)
    assert done.exit_code in (0, 1), (done.output, done.exception)
    data: dict[str, Any] = json.loads(done.stdout)
    return {name: value for name, value in data.items() if name != "sources"}


def lines(found: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in found)


def test_every_form_gives_one_statement(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.jsonl").write_text(lines(rows()))
    with TraceInput("a.jsonl") as file:
        runs = list(read_rows(file))
    for suffix, write in RUN_WRITERS.items():
        with Path(f"b{suffix}").open("wb") as stream:
            write(runs, stream)
    expected = statement("a.jsonl")
    assert expected["routes"][0]["runs"] > 300
    assert expected["unassigned"] > 100
    for name in ("b.jsonl", "b.csv", "b.parquet"):
        assert statement(name) == expected, name
    monkeypatch.setattr("pmlint.runs.sources.has_engine", lambda: False)
    for name in ("a.jsonl", "b.csv"):
        assert statement(name) == expected, f"{name} in plain Python"


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_answer_of_a_warehouse_gives_the_same_statement(project: Path, suffix: str) -> None:
    Path("a.jsonl").write_text(lines(rows()))
    base = duckdb.connect()
    base.execute(
        "create view runs as select * replace (started::timestamptz as started, ended::timestamptz as ended) from 'a.jsonl'"
    )
    base.execute(
        f"copy ({count_query('duckdb')}) to 'counts{suffix}'"
        + (" (format json)" if suffix == ".jsonl" else "")
    )
    assert statement("--counts", f"counts{suffix}") == statement("a.jsonl")


def test_sqlite_counts_as_duckdb_does(project: Path) -> None:
    found = rows()
    base = sqlite3.connect(":memory:")
    names = ("route", "started", "ended", "outcome", "autonomy", "rescues", "corrections")
    base.execute(f"create table runs ({', '.join(names)})")
    base.executemany(
        f"insert into runs values ({', '.join('?' * len(names))})",
        [[row.get(name) for name in names] for row in found],
    )
    Path("a.jsonl").write_text(lines(found))
    ours, theirs = CountTable(["mail-desk", "faq-bot"]), CountTable(["mail-desk", "faq-bot"])
    for row in base.execute(count_query("sqlite")):
        theirs.add_row(CountRow(*row))
    assert engine.count_file("a.jsonl", "jsonl", 2_000_000_000, ours) is not None
    for route, rescued_by in product(("mail-desk", "faq-bot"), (["rescues"], ["corrections"], [])):
        series = [table.series(route, rescued_by, 6_000_000) for table in (ours, theirs)]
        for name in SERIES:
            assert series[0].counted(name) == series[1].counted(name) != {}, (route, name)


@pytest.mark.parametrize("name", DIALECTS)
def test_the_query_parses_in_its_dialect(name: str) -> None:
    text = count_query(name)
    assert text.startswith("-- not executed by us\n") == (not DIALECTS[name].is_executed)
    assert len(sqlglot.parse(text, dialect=name)) == 1
    assert CliRunner().invoke(commands, ["due", "--sql", name]).stdout == text


COUNT = {"route": "mail-desk", "step": 5_970_000, "autonomy": "", "runs": 3, "failed": 1, "near_miss": 0, "customer_visible_defect": 0,
         "control_breach": 0, "unsafe_action": 0, "ok": 2, "rescued": 1, "corrected": 1, "touched": 2}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"runs": 2}, "'runs' is 2, below the sum of its outcomes"),
        ({"failed": -1}, "'-1' in 'failed' is not a count"),
        ({"ok": 1.5}, "'1.5' in 'ok' is not a count"),
        ({"rescued": None}, "the column 'rescued' is missing"),
        ({"touched": 0}, "'touched' is 0, which cannot be"),
        ({"touched": 3}, "'touched' is 3, which cannot be"),
        ({"step": 845_000_000}, "step 845000000 is after the year 9999"),
        ({"step": -1}, "'-1' in 'step' is not a count"),
        ({"runs": 10**18}, f"'{10**18}' in 'runs' is not a count"),
    ],
)
def test_a_count_that_cannot_be_is_refused(
    project: Path, change: dict[str, Any], message: str
) -> None:
    Path("counts.jsonl").write_text(lines([COUNT, {**COUNT, "step": 5_970_001, **change}]))
    done = due("--counts", "counts.jsonl")
    assert str(done.exception) == f"run-unreadable: {message}"
    assert done.exception.span.row == 2  # type: ignore[union-attr]


def test_a_step_that_is_there_twice_is_refused(project: Path) -> None:
    Path("counts.jsonl").write_text(lines([COUNT, COUNT]))
    assert "step 5970000 of 'mail-desk' is there twice" in str(
        due("--counts", "counts.jsonl").exception
    )


BAD_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"outcome": "fine"}, "'fine' in 'outcome' is not an outcome"),
    ({"rescues": -1}, "'-1' in 'rescues' is not a count"),
    (
        {"started": "2026-11-27T12:00:00"},
        "'2026-11-27T12:00:00' in 'started' is not a time with an offset",
    ),
    ({"ended": "soon"}, "'soon' in 'ended' is not a time with an offset"),
    ({"corrections": None}, "the column 'corrections' is missing"),
    ({"rescues": "9" * 5_000}, f"'{'9' * 40}' in 'rescues' is not a count"),
]


@pytest.mark.parametrize(("change", "message"), BAD_ROWS)
@pytest.mark.parametrize("plain", [False, True])
def test_a_row_that_cannot_be_is_refused_with_and_without_the_engine(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    message: str,
    plain: bool,
) -> None:
    if plain:
        monkeypatch.setattr("pmlint.runs.sources.has_engine", lambda: False)
    good = rows(number=1)[0]
    Path("a.jsonl").write_text(lines([good, {**good, "run": "x", **change}]))
    done = due("a.jsonl")
    assert str(done.exception) == f"run-unreadable: {message}"


@pytest.mark.parametrize(("letters", "refused"), [(131_073, False), (2_000_001, True)])
@pytest.mark.parametrize("plain", [False, True])
def test_a_field_of_csv_without_an_end_is_refused(
    project: Path, monkeypatch: pytest.MonkeyPatch, letters: int, refused: bool, plain: bool
) -> None:
    """The reader of CSV has a limit; a quote that nobody closes takes the rest of the file."""
    if plain:
        monkeypatch.setattr("pmlint.runs.sources.has_engine", lambda: False)
    good = rows(number=1)[0]
    text = ",".join(good) + "\n" + ",".join(map(str, {**good, "run": "x" * letters}.values()))
    Path("a.csv").write_text(text + "\n")
    said = str(due("a.csv").exception)
    assert ("run-unreadable: " in said) == refused, said


def test_parquet_says_which_row_and_value(project: Path) -> None:
    good = rows(number=1)[0]
    Path("a.jsonl").write_text(lines([good, {**good, "outcome": "fine"}]))
    duckdb.connect().execute("copy (select * from 'a.jsonl') to 'a.parquet'")
    assert str(due("a.parquet").exception) == "run-unreadable: row 2: 'fine' in 'outcome' cannot be"


def test_the_same_bytes_count_once(project: Path) -> None:
    Path("a.jsonl").write_text(lines(rows()))
    Path("b.jsonl").write_text(lines(rows()))
    done = due("--output-format", "json", "a.jsonl", "b.jsonl", "a.jsonl")
    assert [one["file"] for one in json.loads(done.stdout)["sources"]] == ["a.jsonl"]
    assert done.stderr.count("the file has the bytes of a.jsonl, and counts once") == 2
    assert (
        json.loads(done.stdout)["routes"]
        == json.loads(due("--output-format", "json", "a.jsonl").stdout)["routes"]
    )


def test_rows_after_now_are_left_out_and_many_of_them_name_the_clock(project: Path) -> None:
    late = [
        {**row, "started": "2026-12-05T00:00:00Z", "ended": "2026-12-05T00:00:00Z"}
        for row in rows(number=20)
    ]
    Path("a.jsonl").write_text(lines([*rows(), *late]))
    done = due("a.jsonl")
    assert "error runs-stale: 20 of 820 rows are after now; help: correct the clock" in done.stderr
    Path("b.jsonl").write_text(lines([*rows(), *late[:3]]))
    assert "after now" not in due("b.jsonl").stderr


def test_order_of_files_and_lines_changes_nothing(project: Path) -> None:
    found = rows()
    Path("a.jsonl").write_text(lines(found[:300]))
    Path("b.jsonl").write_text(lines(found[300:]))
    Path("c.jsonl").write_text(lines(found[::-1]))
    assert (
        statement("a.jsonl", "b.jsonl") == statement("b.jsonl", "a.jsonl") == statement("c.jsonl")
    )


@pytest.mark.parametrize(
    "attack",
    [
        lambda base, other: base.execute(f"select * from read_csv('{other}')"),
        lambda base, other: base.execute(
            f"select * from read_csv('{other.parent}/x/../other.csv')"
        ),
        lambda base, other: base.execute(f"copy (select 1) to '{other}'"),
        lambda base, other: base.execute(f"attach '{other}' as o"),
        lambda base, other: base.execute("install httpfs"),
        lambda base, other: base.execute("load httpfs"),
        lambda base, other: base.execute("set enable_external_access = true"),
        lambda base, other: base.execute(f"set allowed_paths = ['{other}']"),
    ],
)
def test_the_engine_is_closed_to_the_outside(
    tmp_path: Path, attack: Callable[[Any, Path], object]
) -> None:
    (tmp_path / "ours.csv").write_text("a\n1\n")
    other = tmp_path / "other.csv"
    other.write_text("secret\n1\n")
    base = engine._opened(str(tmp_path / "ours.csv"))
    assert base.execute("select a from read_csv(?)", [str(tmp_path / "ours.csv")]).fetchall() == [
        (1,)
    ]
    with pytest.raises(duckdb.Error):
        attack(base, other)
    assert other.read_text() == "secret\n1\n"


def test_parquet_without_the_extra_says_what_to_install(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.parquet").write_bytes(b"PAR1 and more")
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    done = due("a.parquet")
    assert isinstance(done.exception, UsageError)
    assert (done.exception.message, done.exception.help) == (
        "parquet needs an extra",
        "pip install 'pmlint[runs]'",
    )


def test_rescued_by_names_the_counts() -> None:
    table = CountTable(["a"])
    for number, (rescues, corrections) in enumerate(((1, 0), (0, 1), (1, 1), (0, 0))):
        table.count(TraceRun(str(number), "a", 10**9, None, "ok", rescues, corrections))
    for names, rescued in (
        (("rescues",), 2),
        (("corrections",), 2),
        (("rescues", "corrections"), 3),
    ):
        assert table.series("a", names, 10).window(0, 10) == (4, 0, rescued, 0)


@pytest.mark.parametrize(
    "now", [NOW, "2026-11-28T05:47:31Z", "2026-11-21T00:00:00Z", "2026-12-27T13:05:00Z"]
)
def test_the_windows_of_one_moment_are_counted_alike_by_fewer_rows(
    project: Path, monkeypatch: pytest.MonkeyPatch, now: str
) -> None:
    pairs = 'pairs = [{share = 0.05, long = "25h", short = "55m", severity = "page"}]'
    Path("pmlint.toml").write_text(
        f'[runs]\nmax_age = "90d"\n[due]\nrepeated = {{within = "95m", count = 1}}\n{pairs}\n'
    )
    Path("routes/faq-bot.yaml").write_text(
        ROUTE.format(state="running").replace("id: mail-desk", "id: faq-bot")
    )
    moment = datetime.fromisoformat(now)
    burning = [
        {
            **row,
            "route": "mail-desk",
            "outcome": "unsafe-action" if n == 1 else "failed",
            "ended": (moment - timedelta(minutes=4 * n)).isoformat(),
        }
        for n, row in enumerate(rows(number=60))
    ]
    Path("a.jsonl").write_text(lines([*rows(number=4_000), *burning]))
    words = ("a.jsonl", "--no-history", "--output-format", "json", "--now", now)
    few = due(*words)
    monkeypatch.setattr("pmlint.runs.sources.has_engine", lambda: False)
    assert due(*words).stdout == few.stdout
    assert '"severity": "page"' in few.stdout


@pytest.mark.parametrize(("ahead", "code", "answer"), [(0, 0, "within"), (1, 0, "within"), (9, 1, "within")])  # fmt: skip
def test_counted_steps_after_now_are_left_out_and_many_of_them_name_the_clock(
    project: Path, ahead: int, code: int, answer: str
) -> None:
    step = int(datetime.fromisoformat(NOW).timestamp()) // 300
    now = {**COUNT, "step": step - 1, "runs": 500, "ok": 499}
    later = {**COUNT, "step": step + 1, "runs": ahead, "failed": 0, "ok": ahead, "rescued": 0, "corrected": 0, "touched": 0}  # fmt: skip
    Path("counts.jsonl").write_text(lines([now, *([later] if ahead else [])]))
    done = due("--counts", "counts.jsonl", "--output-format", "json")
    (route,) = json.loads(done.stdout)["routes"]
    assert (done.exit_code, route["answer"], route["runs"]) == (code, answer, 500)
    assert ("9 of 509 rows are after now" in done.stderr) == (ahead == 9)


def test_a_step_that_is_still_to_come_makes_no_old_counts_new(project: Path) -> None:
    Path("counts.jsonl").write_text(lines([COUNT, {**COUNT, "step": 6_980_000}]))
    done = due("--counts", "counts.jsonl", "--now", "2027-11-28")
    assert (done.exit_code, "unjudged" in done.stdout) == (2, True)


def test_runs_of_traces_after_now_name_the_clock(project: Path) -> None:
    begin = int(datetime.fromisoformat("2026-11-28T09:00:00Z").timestamp()) * 10**9
    spans = [{"traceId": "5b" * 16, "spanId": "a1" * 8, "name": "mail-desk", "startTimeUnixNano": str(begin), "endTimeUnixNano": str(begin + 10**9)}]  # fmt: skip
    Path("a.jsonl").write_text(
        json.dumps({"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": spans}]}]}) + "\n"
    )
    assert "1 of 1 rows are after now" in due("a.jsonl").stderr
    assert "after now" not in due("a.jsonl", "--now", "2026-11-28T10:00:00Z").stderr
