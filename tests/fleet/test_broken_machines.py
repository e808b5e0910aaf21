"""What a machine does to a fleet: signals in each phase, a full disk, hosts that never answer."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmlint import __version__
from pmlint.fleet import store
from pmlint.fleet.listing import Listed
from pmlint.fleet.store import Store
from pmlint.fleet.task import FleetResult
from pmlint.git import process
from pmlint.git.repository import Repository
from pmlint.parsing.beside import folder_in
from tests.fleet.conftest import PATIENCE, Fleet, Hanging, programs_below, until, worker_below

SAID = "interrupted: what was finished is in the store\n"
VICTIMS = {
    "worker": (),
    "driver of a shard": ("--shard", "1/2"),
    "driver without its folder": (),
}


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_kill_loses_and_doubles_nothing(
    victim: str, fleet: Fleet, hanging: Hanging, place: Path
) -> None:
    """By process id, while a repository is fetched; then the same command once more."""
    fleet.write([hanging.line("hangs"), *fleet.lines])
    driver = fleet.start(place, *VICTIMS[victim])
    try:
        hanging.wait()
        if victim == "driver without its folder":
            # as one worker leaves it that cleaned up before another did
            shutil.rmtree(next(place.glob("pmlint-fleet-*")), ignore_errors=True)
        os.kill(worker_below(place) if victim == "worker" else driver.pid, signal.SIGKILL)
        hanging.close()
        driver.communicate(timeout=PATIENCE)
    finally:
        driver.kill()
    assert until(lambda: not programs_below(place))
    assert list(place.iterdir()) == []
    if victim == "worker":
        assert driver.returncode == 2
    else:
        for shard in ("1/2", "2/2"):
            fleet.run("--shard", shard)
    names = sorted(line["name"] for line in fleet.lines)
    expected = dict.fromkeys(names, "judged") | {"example.org/acme/hangs": "unreachable"}
    assert fleet.statuses() == expected
    assert fleet.ask(
        "SELECT count(*) AS n, count(DISTINCT (repo, postmortem)) AS d FROM postmortems"
    ) == [{"n": 18, "d": 18}]


# One signal each: `pmlint.cli.process` makes the same of both.
def test_ctrl_c_while_tasks_run_keeps_what_is_finished(
    fleet: Fleet, hanging: Hanging, place: Path
) -> None:
    """One worker hangs, and the other one judges what is between, hangs, and leaves a third."""
    lines = fleet.lines
    fleet.write([hanging.line("first"), *lines, hanging.line("second"), hanging.line("third")])
    driver = fleet.start(place)
    hanging.wait()
    hanging.wait()
    driver.send_signal(signal.SIGINT)
    said = driver.communicate(timeout=PATIENCE)[1]
    assert (driver.returncode, said) == (2, SAID)
    assert list(place.iterdir()) == []
    assert until(lambda: not programs_below(place))
    # A worker that took the signal for the answer of its task began the next one.
    assert not hanging.is_asked()
    # Four are at work or waited for, so the last two may have been on their way to the driver.
    assert len(fleet.statuses()) >= 4
    fleet.write(lines)
    assert fleet.run()[0] == 0
    assert set(fleet.statuses().values()) == {"judged"}
    assert fleet.ask("SELECT count(*) AS n FROM postmortems") == [{"n": 18}]


def test_sigterm_while_remotes_are_asked_waits_for_none_of_them(
    fleet: Fleet, hanging: Hanging, place: Path
) -> None:
    line = hanging.line("known")
    known = FleetResult(Listed(**line), "judged", commit="0" * 40, judged_at=datetime.now(UTC))
    Store(str(fleet.store)).write([known], __version__, "")
    fleet.write([line])
    driver = fleet.start(place)
    hanging.wait()
    assert any("ls-remote" in command for command in programs_below(place).values())
    driver.send_signal(signal.SIGTERM)
    said = driver.communicate(timeout=PATIENCE)[1]
    assert (driver.returncode, said) == (2, SAID)
    assert until(lambda: not programs_below(place))
    assert list(place.iterdir()) == []
    assert fleet.statuses() == {line["name"]: "judged"}


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
    monkeypatch.setattr(tempfile, "tempdir", str(place))

    def write(self: object, folder: str, *more: object) -> None:
        (Path(folder) / "actions.parquet").write_text("PAR1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    fleet.write(fleet.lines[:1])
    with monkeypatch.context() as full:
        full.setattr(store.Parquet, "write_into", write)
        said = "cannot be written: no space left on device; help: make room, then run it again: what was written before is kept"
        assert fleet.run_in_pool() == (2, f"the store '{fleet.store}' {said}")
    assert list(fleet.store.iterdir()) == []
    assert list(place.iterdir()) == []
    assert fleet.run()[0] == 0


def test_a_host_that_hangs_costs_its_own_time(fleet: Fleet, hanging: Hanging) -> None:
    fleet.write([hanging.line("hangs")])
    assert fleet.run("--timeout", "1")[0] == 2
    assert fleet.ask("SELECT status, error FROM repositories") == [
        {"status": "unjudged", "error": "it took longer than --timeout"}
    ]


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
    assert fleet.run("--timeout", "1") == (
        2,
        "1 repository: 1 unjudged\nproofs were judged as written: a fleet fetches no history\n",
    )


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


def test_a_folder_that_was_taken_away_is_not_made_anew(
    tmp_path: Path, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two steps of a worker another one cleans up: the folder for its git stays away."""
    place = tmp_path / "place"
    place.mkdir()
    repository = Repository(fleet.lines[0]["url"].removeprefix("file://"), place=str(place))

    def taken(above: str) -> AbstractContextManager[str]:
        shutil.rmtree(above)
        return folder_in(above)

    monkeypatch.setattr(process, "folder_in", taken)
    with pytest.raises(FileNotFoundError), repository:
        pass
    assert not place.exists()
