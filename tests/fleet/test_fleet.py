"""A fleet by the real command line: what is judged, skipped, kept and asked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import fleet_world
from pmlint.git.repository import Repository
from tests.fleet.conftest import NOW, Fleet, invoke

ROOT = Path(__file__).parents[2]
WITHOUT_TIMES = "SELECT * EXCLUDE (fetch_s, check_s, judged_at) FROM repositories ORDER BY ALL"


def rows(fleet: Fleet) -> str:
    """Every row of a store but what differs from run to run, as text."""
    from pmlint.fleet.batches import all_tables

    names = [table.name for table in all_tables() if table.name != "repositories"]
    found = [
        fleet.ask(f"SELECT '{name}' AS of_table, * FROM {name} ORDER BY ALL") for name in names
    ]
    return json.dumps([fleet.ask(WITHOUT_TIMES), *found], default=str)


def test_what_a_run_says(fleet: Fleet) -> None:
    said = "6 repositories: 6 judged\nproofs were judged as written: a fleet fetches no history\n"
    assert fleet.run() == (0, said)
    assert [path.name for path in fleet.folder.iterdir() if "tmp" in path.name] == []
    batches = list(fleet.store.iterdir())
    assert len(batches) == 1
    assert len(list(batches[0].iterdir())) == 26


def test_a_second_run_judges_nothing(fleet: Fleet) -> None:
    fleet.run()
    assert fleet.run()[1].startswith("6 repositories: 6 not changed\n")
    assert len(list(fleet.store.iterdir())) == 1
    assert fleet.run("--refresh")[1].startswith("6 repositories: 6 judged\n")
    assert fleet.run("--max-age", "1m")[1].startswith("6 repositories: 6 not changed\n")
    assert len(fleet.statuses()) == 6


def test_a_second_run_loads_nothing_that_judges(fleet: Fleet) -> None:
    """At 100 repositories three quarters of what it took were imports."""
    fleet.run()
    code = (
        "import atexit, sys; atexit.register(lambda: print('MODULES', *sys.modules))\n"
        "from pmlint.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *fleet.words()], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("6 repositories: 6 not changed\n")
    loaded = set(done.stdout.partition("MODULES ")[2].split())
    assert "pyarrow.parquet" in loaded
    judging = {"yaml", "duckdb", "multiprocessing", "pyarrow.dataset", "pmlint.check.engine"}
    assert loaded & judging == set()


@pytest.mark.parametrize("age", ["-7d", " 7d", "7_0d", "\u0661d", "7", "", "99999999d"])
def test_what_is_not_an_age(fleet: Fleet, age: str) -> None:
    said = f"'{age}' is not an age (--max-age); help: write 7d, 12h or 30m"
    assert fleet.run("--max-age", age) == (2, said)


def test_an_age_beyond_the_calendar(fleet: Fleet) -> None:
    fleet.run()
    assert fleet.run("--max-age", "999999d")[1].startswith("6 repositories: 6 not changed\n")


def test_the_rows_are_those_of_an_export(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judged without a work tree, and with the files that it needs alone: the same as of a full
    clone.
    """
    fleet.write(fleet.lines[:1])
    fleet.run()
    line = fleet.lines[0]
    subprocess.run(["git", "clone", "-q", line["url"], str(tmp_path / "full")], check=True)
    monkeypatch.chdir(tmp_path / "full")
    code, text = invoke("export", "--now", NOW, "--repository", line["name"])
    assert code == 0
    expected: dict[str, list[dict[str, Any]]] = {}
    for entry in map(json.loads, text.splitlines()):
        expected.setdefault(entry.pop("table"), []).append(entry)
    for table, wanted in expected.items():
        if table == "meta":
            continue
        found = fleet.ask(f"SELECT * FROM {table}")
        key = [json.dumps(list(row.values()), default=str) for row in wanted]
        assert len(found) == len(wanted), table
        if table in ("holds", "links", "problems", "routes"):
            assert sorted(json.dumps(list(row.values()), default=str) for row in found) == sorted(
                key
            ), table


def test_shards_in_one_store_are_the_whole(fleet: Fleet, tmp_path: Path) -> None:
    fleet.run()
    other = (
        Fleet(tmp_path / "other", fleet.lines) if (tmp_path / "other").mkdir() is None else fleet
    )
    for number in range(1, 4):
        other.run("--shard", f"{number}/3")
    assert rows(other) == rows(fleet)


def test_an_executor_of_somebody_else(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.run()
    (tmp_path / "own_executor.py").write_text(
        "from concurrent.futures import ThreadPoolExecutor\ndef make(): return ThreadPoolExecutor(2)\nnumber = 7\ndef wrong(): return 7\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "other").mkdir()
    other = Fleet(tmp_path / "other", fleet.lines)
    assert other.run("--executor", "own_executor:make")[0] == 0
    assert rows(other) == rows(fleet)
    for text, says in (
        ("own_executor:missing", "cannot be imported"),
        ("no_such_module:make", "cannot be imported"),
        ("own_executor:number", "is not callable"),
        ("own_executor:wrong", "returned int, not an Executor"),
    ):
        code, said = other.run("--executor", text, "--refresh")
        assert (code, says in said) == (2, True)


@pytest.mark.slow
def test_a_dask_cluster_of_programs(fleet: Fleet, tmp_path: Path) -> None:
    fleet.run()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    scheduler_file = tmp_path / "scheduler.json"
    programs = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dask",
                "scheduler",
                "--port",
                "0",
                "--no-dashboard",
                "--scheduler-file",
                str(scheduler_file),
            ],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    ]
    try:
        while not scheduler_file.exists() or not scheduler_file.read_text():
            assert programs[0].poll() is None
            time.sleep(0.1)
        address = json.loads(scheduler_file.read_text())["address"].replace("tcp://", "dask://")
        words = [
            "worker",
            "--scheduler-file",
            str(scheduler_file),
            "--nthreads",
            "1",
            "--no-dashboard",
            "--nworkers",
            "2",
        ]
        programs.append(
            subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                env=environment,
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        (tmp_path / "other").mkdir()
        other = Fleet(tmp_path / "other", fleet.lines)
        for _ in range(100):
            code, said = other.run("--executor", address)
            if "has no workers" not in said:
                break
            time.sleep(0.2)
        assert code == 0, said
        assert rows(other) == rows(fleet)
    finally:
        for program in reversed(programs):
            program.terminate()
            program.wait()


@pytest.mark.slow
def test_no_scheduler_is_exit_2(fleet: Fleet) -> None:
    code, said = fleet.run("--executor", "dask://127.0.0.1:9")
    assert (code, "no scheduler answers at 'dask://127.0.0.1:9'" in said) == (2, True)


@pytest.mark.parametrize("victim", ["worker", "driver", "driver without its folder"])
def test_a_kill_loses_and_doubles_nothing(victim: str, fleet: Fleet) -> None:
    """By process id, in the middle; then the same command once more."""
    place = fleet.folder / "tmp"
    place.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place)}
    driver = subprocess.Popen(
        [sys.executable, "-m", "pmlint", *fleet.words()],
        env=environment,
        cwd=fleet.folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        while not list(place.glob("pmlint-fleet-*/pmlint-fleet-*/git")) and driver.poll() is None:
            time.sleep(0.01)
        workers = workers_of(driver.pid)
        if victim == "driver without its folder":
            # as one worker leaves it that cleaned up before another did
            shutil.rmtree(next(place.glob("pmlint-fleet-*")), ignore_errors=True)
        os.kill(workers[0] if victim == "worker" else driver.pid, signal.SIGKILL)
        code = driver.wait(120)
    finally:
        if driver.poll() is None:
            driver.kill()
    if victim == "worker":
        assert code == 0
    else:
        fleet.run()
    until(lambda: not list(place.iterdir()))
    assert list(place.rglob("*")) == []
    assert until(lambda: not any(map(is_alive, workers)))
    assert fleet.statuses() == dict.fromkeys(sorted(line["name"] for line in fleet.lines), "judged")
    assert fleet.ask(
        "SELECT count(*) AS n, count(DISTINCT (repo, postmortem)) AS d FROM postmortems"
    ) == [{"n": 18, "d": 18}]


def test_a_folder_that_was_taken_away_is_not_made_anew(
    tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two steps of a worker another one cleans up: the folder for its git stays away."""
    place = tmp_path / "place"
    place.mkdir()
    repository = Repository(fleet.lines[0]["url"].removeprefix("file://"), place=str(place))

    class Taken(tempfile.TemporaryDirectory[str]):
        def __enter__(self) -> str:
            shutil.rmtree(place)
            return super().__enter__()

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Taken)
    with pytest.raises(FileNotFoundError), repository:
        pass
    assert not place.exists()


def until(is_done: Callable[[], bool]) -> bool:
    """Whether something comes about within a while."""
    for _ in range(200):
        if is_done():
            return True
        time.sleep(0.1)
    return False


def is_alive(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return words[0] != "Z"


def workers_of(pid: int) -> list[int]:
    """The processes that a driver started for tasks."""
    found = []
    for _ in range(500):
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = entry.read_text().rpartition(")")[2].split()
                command = (entry.parent / "cmdline").read_bytes()
            except OSError:
                continue
            if int(words[1]) == pid and b"spawn_main" in command:
                found.append(int(entry.parent.name))
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("no worker")


def test_a_task_that_kills_its_worker_takes_no_other_with_it(fleet: Fleet, tmp_path: Path) -> None:
    """Which one it was is found by trying each alone; three times, then its row says why."""
    from pmlint.fleet import engines
    from pmlint.fleet.listing import read_list
    from pmlint.fleet.task import FleetTask
    from tests.fleet import deadly

    listed = read_list(fleet.list.read_text(), "x", allow_file=True)
    tasks = [FleetTask(one, 60, 100, NOW) for one in listed]
    engine = engines.local_engine(2, str(tmp_path / "place"))
    (tmp_path / "place").mkdir()
    results = engines.judge_all(tasks, engine._replace(carry_out=deadly.judge))
    found = {result.listed.name: result for result in results}
    assert len(found) == 6
    errors = {name: result.error for name, result in found.items() if result.error}
    assert errors == {"example.org/acme/repo-00002": "its worker died 3 times"}


def test_what_cannot_be_reached_keeps_the_rows_of_before(
    publish: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    line = publish("moved", {"pmlint.toml": "", "routes/a.yaml": "id: a\n"})
    fleet = Fleet(tmp_path, [line])
    assert fleet.run()[0] == 0
    (tmp_path / "moved.git").rename(tmp_path / "gone.git")
    code, said = fleet.run()
    assert (code, said.split("\n")[0]) == (2, "1 repository: 1 unreachable")
    assert fleet.run("--allow-unjudged", "1")[0] == 0
    assert fleet.statuses() == {"example.org/acme/moved": "unreachable"}
    assert fleet.ask("SELECT repo, route FROM routes") == [
        {"repo": "example.org/acme/moved", "route": "a"}
    ]
    assert [row["status"] for row in fleet.ask("unjudged")] == ["unreachable"]


HOSTILE: dict[str, dict[str, bytes | str]] = {
    "filters": {
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = file:///etc\n',
    },
    "not-yaml": {
        "postmortems/PM-2026-009-x.md": b"\xff\xfe\x00---\n",
        "routes/x.yaml": "a: &a [*a, *a]\n",
    },
    "many-brackets": {"routes/x.yaml": "[" * 200_000},
    "own-git": {
        "hooks/post-checkout": "#!/bin/sh\ntouch /tmp/pmlint-was-here\n",
        "config": "[core]\n\tfsmonitor = touch /tmp/pmlint-was-here\n",
    },
    "bad-names": {"postmortems/PM-2026-009-\udcff.md": "---\n", "routes/\x1b[2J.yaml": "id: a\n"},
    "wrong-configuration": {"pmlint.toml": "postmortems = 7\n"},
}


def test_hostile_repositories_cost_themselves_alone(
    publish: Callable[..., dict[str, Any]], world: list[dict[str, Any]], tmp_path: Path
) -> None:
    marker = Path("/tmp/pmlint-was-here")
    lines = [publish(name, files) for name, files in HOSTILE.items()]
    fleet = Fleet(tmp_path, [*lines, *world[:2]])
    assert fleet.run("--timeout", "30")[0] == 2
    statuses = {name.rpartition("/")[2]: status for name, status in fleet.statuses().items()}
    assert statuses == {
        "filters": "empty",
        "not-yaml": "judged",
        "many-brackets": "judged",
        "own-git": "empty",
        "bad-names": "judged",
        "wrong-configuration": "unjudged",
        "repo-00000": "judged",
        "repo-00001": "judged",
    }
    assert not marker.exists()
    errors = fleet.ask("SELECT error FROM repositories WHERE error IS NOT NULL")
    assert errors == [{"error": "pmlint.toml: must be a text, not a number"}] or len(errors) == 1


def test_links_lead_nowhere(publish: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    source = tmp_path / "source-links"
    source.mkdir()
    (source / "postmortems").symlink_to("/etc")
    (source / "pmlint.toml").symlink_to("/etc/passwd")
    line = publish("links", {"README.md": "x"})
    fleet = Fleet(tmp_path, [line])
    assert fleet.run()[0] == 2
    [row] = fleet.ask("SELECT status, error FROM repositories")
    assert row["status"] == "unjudged"
    assert "root:" not in json.dumps(row)


def test_a_file_that_is_too_large_is_not_fetched(
    publish: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """Nothing names it, so nobody fetches it; named as a record it is over the budget."""
    big = os.urandom(3 << 20)
    fleet = Fleet(
        tmp_path,
        [
            publish("beside", {"routes/a.yaml": "id: a\n", "big.bin": big}),
            publish("within", {"routes/a.yaml": big}),
        ],
    )
    fleet.run("--max-fetch", "1")
    rows = {
        row["repo"].rpartition("/")[2]: (row["status"], row["error"])
        for row in fleet.ask("SELECT * FROM repositories")
    }
    assert rows["beside"] == ("judged", None)
    assert rows["within"][0] == "unjudged"
    assert "--max-fetch" in rows["within"][1]


def test_a_host_that_hangs_costs_its_own_time(
    world: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        fleet = Fleet(tmp_path, [{"url": f"https://127.0.0.1:{port}/acme/hangs"}, *world[:1]])
        code, _ = fleet.run("--timeout", "3")
    assert code == 2
    assert fleet.statuses() == {"127.0.0.1/acme/hangs": "unjudged", world[0]["name"]: "judged"}
    assert fleet.ask("SELECT error FROM repositories WHERE error IS NOT NULL") == [
        {"error": "it took longer than --timeout"}
    ]


def test_fail_on_a_question(fleet: Fleet) -> None:
    assert fleet.run("--fail-on", "overdue")[0] == 1
    assert fleet.run("--fail-on", "unowned")[0] == 0
    assert fleet.run("--fail-on", "overdu") == (
        2,
        "there is no question 'overdu'; help: did you mean 'overdue'?",
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; SELECT 2",
        "COPY (SELECT 1) TO 'x.csv'",
        "CREATE TABLE x AS SELECT 1",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
        "SET lock_configuration = false",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "SELECT * FROM '/etc/passwd'",
        "PRAGMA database_list ;",
        "SELECT * FROM nothing",
        "SELEC 1 FROM x",
    ],
)
def test_only_one_select_over_the_store(sql: str, fleet: Fleet) -> None:
    fleet.write(fleet.lines[:1])
    fleet.run()
    assert invoke("fleet", "ask", str(fleet.store), sql)[0] == 2


def test_every_question_that_ships_has_an_answer(fleet: Fleet) -> None:
    from pmlint.fleet.ask import questions

    fleet.run()
    assert sorted(questions()) == sorted(
        [
            "held",
            "running-while-held",
            "overdue",
            "owners",
            "repeats",
            "loosened",
            "unjudged",
            "stale",
            "waivers",
            "unowned",
        ]
    )
    for name, question in questions().items():
        assert question.says.endswith("?"), name
        assert invoke("fleet", "ask", str(fleet.store), name, "--now", NOW)[0] == 0
    code, text = invoke("fleet", "ask", str(fleet.store), "--now", NOW)
    assert (code, text.split("\n")[:3]) == (
        0,
        ["repositories:", "status  repositories", "judged  6"],
    )


def test_overdue_is_asked_of_the_day_and_not_of_the_column(fleet: Fleet) -> None:
    fleet.run()
    late = len(fleet.ask("overdue"))
    code, text = invoke(
        "fleet",
        "ask",
        str(fleet.store),
        "overdue",
        "--output-format",
        "json",
        "--now",
        "2020-01-01",
    )
    assert (code, json.loads(text)) == (0, [])
    assert late


def test_compact_keeps_what_a_store_says(fleet: Fleet) -> None:
    fleet.run()
    fleet.run("--refresh")
    before = rows(fleet)
    assert invoke("fleet", "compact", str(fleet.store))[0] == 0
    assert len(list(fleet.store.iterdir())) == 1
    assert rows(fleet) == before
    fleet.write(fleet.lines[:2])
    assert (
        invoke("fleet", "compact", str(fleet.store), "--list", str(fleet.list), "--allow-file")[0]
        == 0
    )
    assert sorted(fleet.statuses()) == [line["name"] for line in fleet.lines]


def test_an_old_unfinished_batch_is_removed_and_a_young_one_is_not(fleet: Fleet) -> None:
    fleet.store.mkdir()
    for name, age in ((".tmp-old", 2 * 86_400), (".tmp-young", 60)):
        (fleet.store / name).mkdir()
        moment = time.time() - age
        os.utime(fleet.store / name, (moment, moment))
    fleet.run()
    assert [path.name for path in fleet.store.iterdir() if path.name.startswith(".")] == [
        ".tmp-young"
    ]


def test_a_commit_of_the_list_is_judged(fleet: Fleet, tmp_path: Path) -> None:
    line = fleet.lines[0]
    commit = fleet_world.git(Path(line["url"].removeprefix("file://")), "rev-parse", "HEAD")
    fleet.write([{**line, "commit": commit}])
    assert fleet.run()[0] == 0
    assert fleet.ask("SELECT commit_id FROM repositories") == [{"commit_id": commit}]
    assert fleet.run()[1].startswith("1 repository: 1 not changed")


def test_what_an_organisation_demands(
    fleet: Fleet, publish: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    """A repository that ignores a required rule has its findings all the same, and a row that says
    how it tried.
    """
    fleet.write(fleet.lines[2:3])
    source = tmp_path / "source-loose"
    subprocess.run(["git", "clone", "-q", fleet.lines[0]["url"], str(source)], check=True)
    shutil.rmtree(source / ".git")
    fleet.write([publish("loose", {"pmlint.toml": 'ignore = ["overdue-action"]\n'})])
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "org.toml").write_text('version = 1\nrequired_rules = ["overdue-action"]\n')
    fleet.run()
    assert fleet.ask("SELECT * FROM problems WHERE code = 'overdue-action'") == []
    # other demands are another question, though no repository has a new commit
    code, said = fleet.run("--policies", str(tmp_path / "org"))
    assert (code, said.split("\n")[0]) == (0, "1 repository: 1 judged")
    problems = fleet.ask(
        "SELECT DISTINCT code, demanded_by FROM problems WHERE code = 'overdue-action'"
    )
    assert problems == [{"code": "overdue-action", "demanded_by": "organisation"}]
    [row] = fleet.ask("loosened")
    assert (row["rule"], row["how"], row["file"], row["row"]) == (
        "overdue-action",
        "ignore",
        "pmlint.toml",
        1,
    )
    assert row["findings"] > 0
    assert fleet.run("--policies", str(tmp_path / "org"))[1].startswith(
        "1 repository: 1 not changed"
    )
    (tmp_path / "org" / "org.toml").write_text('version = 1\nrequired_rules = ["overdue-actoin"]\n')
    assert fleet.run("--policies", str(tmp_path / "org"))[0] == 2
