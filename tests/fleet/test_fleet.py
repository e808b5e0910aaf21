"""A fleet by the real command line: what is judged, skipped, kept and asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import fleet_world
from tests.fleet.conftest import NOW, Fleet, invoke, rows


def test_what_a_run_says(
    fleet: Fleet, judged: Fleet, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    said = "6 repositories: 6 judged\nproofs were judged as written: a fleet fetches no history\n"
    assert fleet.run_in_pool() == (0, said)
    assert list(place.iterdir()) == []
    batches = list(fleet.store.iterdir())
    assert len(batches) == 1
    assert len(list(batches[0].iterdir())) == 26
    assert rows(fleet) == rows(judged)


def test_a_second_run_judges_nothing(fleet: Fleet) -> None:
    fleet.write(fleet.lines[:2])
    fleet.run()
    assert fleet.run()[1].startswith("2 repositories: 2 not changed\n")
    assert len(list(fleet.store.iterdir())) == 1
    assert fleet.run("--refresh")[1].startswith("2 repositories: 2 judged\n")
    assert fleet.run("--max-age", "1d")[1].startswith("2 repositories: 2 not changed\n")
    assert len(fleet.statuses()) == 2


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


def test_an_age_beyond_the_calendar(judged: Fleet) -> None:
    assert judged.run("--max-age", "999999d")[1].startswith("6 repositories: 6 not changed\n")


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


def test_shards_in_one_store_are_the_whole(fleet: Fleet, judged: Fleet) -> None:
    for number in range(1, 9):
        assert fleet.run("--shard", f"{number}/8")[0] == 0
    assert rows(fleet) == rows(judged)


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
        "hooks/post-checkout": "#!/bin/sh\ntouch {marker}\n",
        "config": "[core]\n\tfsmonitor = touch {marker}\n",
    },
    "bad-names": {"postmortems/PM-2026-009-\udcff.md": "---\n", "routes/\x1b[2J.yaml": "id: a\n"},
    "wrong-configuration": {"pmlint.toml": "postmortems = 7\n"},
}


def test_hostile_repositories_cost_themselves_alone(
    publish: Callable[..., dict[str, Any]], world: list[dict[str, Any]], tmp_path: Path
) -> None:
    marker = tmp_path / "was-here"
    lines = []
    for name, files in HOSTILE.items():
        own = {
            path: text.replace("{marker}", str(marker)) if isinstance(text, str) else text
            for path, text in files.items()
        }
        lines.append(publish(name, own))
    fleet = Fleet(tmp_path, [*lines, *world[:2]])
    assert fleet.run_in_pool()[0] == 2
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
    assert fleet.ask("SELECT error FROM repositories WHERE error IS NOT NULL") == [
        {"error": "pmlint.toml: 'postmortems' is 7, but must be a text or a list"}
    ]


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


def test_fail_on_a_question(judged: Fleet) -> None:
    assert judged.run("--fail-on", "overdue")[0] == 1
    assert judged.run("--fail-on", "unowned")[0] == 0
    assert judged.run("--fail-on", "overdu") == (
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
def test_only_one_select_over_the_store(sql: str, judged: Fleet) -> None:
    assert invoke("fleet", "ask", str(judged.store), sql)[0] == 2


def test_overdue_is_asked_of_the_day_and_not_of_the_column(judged: Fleet) -> None:
    assert judged.ask("overdue")
    day = "--now", "2020-01-01"
    assert invoke("fleet", "ask", str(judged.store), "overdue", *day) == (0, "no rows\n")


def test_compact_keeps_what_a_store_says(fleet: Fleet) -> None:
    fleet.write(fleet.lines[:2])
    fleet.run()
    fleet.run("--refresh")
    before = rows(fleet)
    assert invoke("fleet", "compact", str(fleet.store))[0] == 0
    assert len(list(fleet.store.iterdir())) == 1
    assert rows(fleet) == before
    fleet.write(fleet.lines[:1])
    words = "--list", str(fleet.list), "--allow-file"
    assert invoke("fleet", "compact", str(fleet.store), *words)[0] == 0
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
