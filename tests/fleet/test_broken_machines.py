"""What a machine does to a fleet: signals in each phase, a full disk, hosts that never answer."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pmlint.fleet import store
from tests.fleet.conftest import Fleet
from tests.fleet.test_fleet import ROOT, until

SAID = "interrupted: what was finished is in the store\n"


@pytest.fixture
def hanging() -> Iterator[dict[str, Any]]:
    """A line of a host that takes connections and says nothing."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        yield {"url": f"https://127.0.0.1:{port}/acme/hangs", "name": "example.org/acme/hangs"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


def start(fleet: Fleet, place: Path, *more: str) -> subprocess.Popen[str]:
    """A run as a program of its own, whose temporary folders are below ``place``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place)}
    words = [sys.executable, "-m", "pmlint", *fleet.words(*more)]
    return subprocess.Popen(
        words,
        env=environment,
        cwd=fleet.folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


def programs_below(place: Path) -> list[str]:
    """The commands of the processes that were started with the temporary folder ``place``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={place}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def wait_for_tasks(place: Path, begun: int, running: int) -> None:
    """Wait until so many tasks have begun, and so many of them are not done."""
    seen: set[Path] = set()

    def is_there() -> bool:
        now = set(place.glob("pmlint-fleet-*/pmlint-fleet-*/git"))
        seen.update(now)
        return len(seen) >= begun and len(now) == running

    end = time.monotonic() + 120
    while not is_there() and time.monotonic() < end:
        time.sleep(0.005)
    assert len(seen) >= begun


# One signal each: `pmlint.cli.process` makes the same of both, and each run costs 3 s.
@pytest.mark.slow
def test_ctrl_c_while_tasks_run_keeps_what_is_finished(
    fleet: Fleet, hanging: dict[str, Any], place: Path
) -> None:
    fleet.write([hanging, *fleet.lines])
    driver = start(fleet, place)
    wait_for_tasks(place, begun=7, running=1)
    driver.send_signal(signal.SIGINT)
    said = driver.communicate(timeout=60)[1]
    assert (driver.returncode, said) == (2, SAID)
    assert until(lambda: not programs_below(place))
    assert list(place.iterdir()) == []
    # the last one may have been on its way to the driver
    assert len(fleet.statuses()) >= 5
    fleet.write(fleet.lines[1:])
    assert fleet.run()[0] == 0
    assert set(fleet.statuses().values()) == {"judged"}
    assert fleet.ask("SELECT count(*) AS n FROM postmortems") == [{"n": 18}]


@pytest.mark.slow
def test_sigterm_while_remotes_are_asked_waits_for_none_of_them(
    fleet: Fleet, hanging: dict[str, Any], place: Path
) -> None:
    fleet.write(fleet.lines[:1])
    assert fleet.run()[0] == 0
    # it is known by its name, so its commit is asked for, of a host that never answers
    fleet.write([{**fleet.lines[0], **hanging, "name": fleet.lines[0]["name"]}])
    driver = start(fleet, place)
    assert until(lambda: any("ls-remote" in command for command in programs_below(place)))
    driver.send_signal(signal.SIGTERM)
    said = driver.communicate(timeout=60)[1]
    assert (driver.returncode, said) == (2, SAID)
    assert until(lambda: not programs_below(place))
    assert list(place.iterdir()) == []
    assert list(fleet.statuses().values()) == ["judged"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_ctrl_c_while_a_batch_is_written_loses_and_doubles_nothing(
    moment: str, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def interrupted(source: str, target: str) -> None:
        monkeypatch.undo()
        if moment == "after":
            rename(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr("pmlint.fleet.drive.BATCH", 2)
    fleet.write(fleet.lines[:2])
    monkeypatch.setattr(os, "rename", interrupted)
    assert fleet.run()[0] == 2
    assert not [path for path in fleet.store.iterdir() if path.name.startswith(".tmp-")]
    assert list(fleet.statuses().values()) == ["judged"] * 2
    assert fleet.ask("SELECT count(*) AS n FROM postmortems") == [{"n": 6}]


def test_a_full_disk_leaves_no_part_of_a_batch(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(place))

    def write(self: object, folder: str, *more: object) -> None:
        (Path(folder) / "actions.parquet").write_text("PAR1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    fleet.write(fleet.lines[:1])
    with monkeypatch.context() as full:
        full.setattr(store.Parquet, "write", write)
        said = "cannot be written: no space left on device; help: make room, then run it again: what was written before is kept"
        assert fleet.run() == (2, f"the store '{fleet.store}' {said}")
    assert list(fleet.store.iterdir()) == []
    assert list(place.iterdir()) == []
    assert fleet.run()[0] == 0


@pytest.mark.slow
def test_a_shard_that_was_killed_is_repeated(fleet: Fleet, place: Path) -> None:
    driver = start(fleet, place, "--shard", "1/2")
    wait_for_tasks(place, begun=1, running=1)
    driver.kill()
    driver.communicate()
    assert until(lambda: not programs_below(place))
    assert until(lambda: list(place.iterdir()) == [])
    for shard in ("2/2", "1/2"):
        assert fleet.run("--shard", shard)[0] == 0
    assert list(fleet.statuses().values()) == ["judged"] * 6
    assert fleet.ask(
        "SELECT count(*) AS n, count(DISTINCT (repo, postmortem)) AS d FROM postmortems"
    ) == [{"n": 18, "d": 18}]


def test_an_address_that_nobody_answers(fleet: Fleet) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        fleet.write([{"url": f"https://127.0.0.1:{port}/acme/nobody"}, *fleet.lines[:1]])
        assert fleet.run()[0] == 2
    assert fleet.statuses() == {
        "127.0.0.1/acme/nobody": "unreachable",
        fleet.lines[1]["name"]: "judged",
    }
    [row] = fleet.ask("SELECT error FROM repositories WHERE status = 'unreachable'")
    assert row["error"].startswith(
        f"fatal: unable to access 'https://127.0.0.1:{port}/acme/nobody/'"
    )


def test_a_mirror_that_went_away_inside_another_repository(fleet: Fleet, tmp_path: Path) -> None:
    """Its own folder is asked, and not the repository around it."""
    around = tmp_path / "around"
    shutil.copytree(fleet.lines[0]["url"].removeprefix("file://"), around / ".git")
    shutil.copytree(around / ".git", around / "mirror.git")
    fleet.write([{**fleet.lines[0], "url": f"file://{around}/mirror.git"}])
    assert fleet.run()[1].startswith("1 repository: 1 judged\n")
    assert fleet.run()[1].startswith("1 repository: 1 not changed\n")
    shutil.rmtree(around / "mirror.git")
    assert fleet.run()[1].startswith("1 repository: 1 unreachable\n")


def test_a_tag_that_did_not_move_is_not_judged_again(fleet: Fleet, tmp_path: Path) -> None:
    """Behind an annotated tag is an id of its own, and a commit is what was judged."""
    from bench import fleet_world

    mirror = tmp_path / "tagged.git"
    shutil.copytree(fleet.lines[0]["url"].removeprefix("file://"), mirror)
    fleet_world.git(mirror, "tag", "-a", "v1", "-m", "v1")
    fleet.write([{**fleet.lines[0], "url": f"file://{mirror}", "ref": "refs/tags/v1"}])
    assert fleet.run()[1].startswith("1 repository: 1 judged\n")
    assert fleet.run()[1].startswith("1 repository: 1 not changed\n")


def test_a_long_history_is_not_fetched(fleet: Fleet, tmp_path: Path) -> None:
    """2,000 commits of 2 kB that no compression makes smaller; a megabyte is all that may be
    written.
    """
    from bench import fleet_world

    mirror = tmp_path / "long.git"
    fleet_world.git(tmp_path, "init", "-q", "--bare", "-b", "main", str(mirror))
    fleet_world.git(mirror, "config", "uploadpack.allowFilter", "true")
    commits = []
    for number in range(2_000):
        data = os.urandom(1_000).hex()
        commits.append(
            f"commit refs/heads/main\ncommitter a <a@example.org> {number} +0000\ndata 1\nx\nM 644 inline log\ndata {len(data)}\n{data}\n"
        )
    commits.append(
        "commit refs/heads/main\ncommitter a <a@example.org> 2000 +0000\ndata 1\nx\nM 644 inline routes/a.yaml\ndata 6\nid: a\n\n"
    )
    subprocess.run(
        ["git", "fast-import", "--quiet"], input="".join(commits), text=True, cwd=mirror, check=True
    )
    fleet.write([{"url": f"file://{mirror}", "name": "example.org/acme/long"}])
    assert fleet.run("--max-fetch", "1")[0] == 0
    assert fleet.statuses() == {"example.org/acme/long": "judged"}


def test_a_mirror_with_a_pipe_for_a_branch(fleet: Fleet, tmp_path: Path) -> None:
    """Reading it would wait for ever; git is asked, which has the timeout of the repository."""
    mirror = tmp_path / "pipe.git"
    shutil.copytree(fleet.lines[0]["url"].removeprefix("file://"), mirror)
    fleet.write([{**fleet.lines[0], "url": f"file://{mirror}"}])
    assert fleet.run()[0] == 0
    (mirror / "refs/heads").mkdir(parents=True, exist_ok=True)
    (mirror / "refs/heads/main").unlink(missing_ok=True)
    (mirror / "packed-refs").unlink(missing_ok=True)
    os.mkfifo(mirror / "refs/heads/main")
    assert fleet.run("--timeout", "2") == (
        2,
        "1 repository: 1 unjudged\nproofs were judged as written: a fleet fetches no history\n",
    )


def test_a_task_on_dask_works_in_the_folder_of_its_worker(
    fleet: Fleet, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask deletes that folder when another worker starts after a kill; nobody deletes others."""
    distributed = pytest.importorskip("distributed")
    from pmlint.fleet import engines
    from pmlint.fleet.listing import read_list
    from pmlint.fleet.task import FleetTask

    monkeypatch.setattr(
        distributed, "get_worker", lambda: SimpleNamespace(local_directory=str(place))
    )
    monkeypatch.setattr(engines, "carry_out", lambda task: task)
    [one] = read_list(fleet.list.read_text().splitlines()[0], "x", allow_file=True)
    task = FleetTask(one, 60, 100, None)
    assert engines.carry_out_on_dask(task) == task._replace(place=str(place))


def test_a_task_leaves_its_folder_alone_behind(
    fleet: Fleet, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is killed deletes nothing: all that it made must be where somebody looks."""
    from pmlint.fleet.judging import judge_repository
    from pmlint.fleet.listing import read_list
    from pmlint.fleet.task import FleetTask

    monkeypatch.setattr("tempfile.tempdir", str(place / "nowhere"))
    [one] = read_list(fleet.list.read_text().splitlines()[0], "x", allow_file=True)
    result = judge_repository(FleetTask(one, 60, 100, None, str(place)))
    assert (result.status, result.error) == ("judged", "")
    assert list(place.iterdir()) == []
