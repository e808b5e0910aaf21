"""What lies beside a target: removed when its run was killed, and left alone in each other case."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pmlint.parsing import beside
from pmlint.parsing.writing import replacing_folder, write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs the start of the machine")

OLD, NEW = {"a.txt": "old"}, {"b.txt": "new"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def folder_of(path: Path, files: dict[str, str]) -> Path:
    path.mkdir(parents=True)
    for name, text in files.items():
        (path / name).write_text(text)
    return path


def replaced(target: Path) -> None:
    with replacing_folder(str(target)) as new:
        for name, text in NEW.items():
            Path(new, name).write_text(text)


def abandoned(folder: Path, *, as_file: bool = False) -> Path:
    """What a killed run left."""
    path = Path(beside.new_name(str(folder)))
    if as_file:
        path.write_text("half")
    else:
        folder_of(path / "new", OLD)
    return path


def writer(target: Path) -> subprocess.Popen[str]:
    """Another process that writes a folder until it is killed."""
    code = (
        "import sys, time; from pmlint.parsing.writing import replacing_folder\n"
        f"with replacing_folder({str(target)!r}) as new:\n"
        "    print(new, flush=True); time.sleep(60)"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    child = writer(tmp_path / "site")
    assert child.stdout is not None
    child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    assert len(names(tmp_path)) == 1
    replaced(tmp_path / "site")
    assert names(tmp_path) == ["site"]


def test_what_a_living_run_writes_stays(tmp_path: Path) -> None:
    child = writer(tmp_path / "site")
    assert child.stdout is not None
    new = Path(child.stdout.readline().strip())
    try:
        replaced(tmp_path / "site")
        assert new.is_dir()
        # Stopped is not dead.
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.1)
        replaced(tmp_path / "site")
        assert new.is_dir()
    finally:
        child.kill()
        child.wait(30)


@pytest.mark.parametrize("as_file", [False, True], ids=["folder", "file"])
def test_a_file_that_is_replaced_takes_what_is_abandoned_along(
    tmp_path: Path, *, as_file: bool
) -> None:
    (tmp_path / "out.json").write_text("old")
    abandoned(tmp_path, as_file=as_file)
    write(str(tmp_path / "out.json"), b"new")
    assert names(tmp_path) == ["out.json"]


@pytest.mark.parametrize(
    "name",
    [
        ".pmlint-0123456789abcdef",  # of a version before, or of a system without a start
        ".pmlint-0123456789abcdef-0123456789abcdef",  # of another machine, or before a restart
        ".pmlint-report",
        ".pmlint-export",
        ".pmlint-mine",
        "pmlint-0123456789abcdef",
    ],
)
def test_what_is_not_surely_ours_stays(tmp_path: Path, name: str) -> None:
    folder_of(tmp_path / name, OLD)
    replaced(tmp_path / "site")
    assert texts(tmp_path / name) == OLD


def test_a_link_with_a_name_of_ours_leads_nowhere(tmp_path: Path) -> None:
    theirs = folder_of(tmp_path / "theirs", OLD)
    Path(beside.new_name(str(tmp_path))).symlink_to(theirs)
    os.mkfifo(beside.new_name(str(tmp_path)))
    replaced(tmp_path / "site")
    assert texts(theirs) == OLD


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another user")
def test_what_another_user_left_stays(tmp_path: Path) -> None:
    left = abandoned(tmp_path)
    os.chown(left, 65534, 65534)
    replaced(tmp_path / "site")
    assert left.is_dir()


def test_two_names_change_places_in_one_step(tmp_path: Path) -> None:
    first, second = folder_of(tmp_path / "1", OLD), folder_of(tmp_path / "2", NEW)
    assert beside.exchange(str(first), str(second))
    assert (texts(first), texts(second)) == (NEW, OLD)
    assert not beside.exchange(str(first), str(tmp_path / "missing"))


def test_without_such_a_step_the_old_folder_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the two renames: the next run finds the old folder aside."""
    left = abandoned(tmp_path)
    folder_of(left / "old" / "site", OLD)
    beside.remove_abandoned(str(tmp_path))
    assert names(tmp_path) == ["site"]
    assert texts(tmp_path / "site") == OLD
    monkeypatch.setattr(beside, "exchange", lambda first, second: False)
    replaced(tmp_path / "site")
    assert names(tmp_path) == ["site"]
    assert texts(tmp_path / "site") == NEW


def test_what_was_put_aside_takes_no_place_that_is_taken(tmp_path: Path) -> None:
    folder_of(tmp_path / "site", NEW)
    folder_of(abandoned(tmp_path) / "old" / "site", OLD)
    beside.remove_abandoned(str(tmp_path))
    assert names(tmp_path) == ["site"]
    assert texts(tmp_path / "site") == NEW


def test_a_name_that_was_taken_away_is_not_written_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run cleans up between the making of a folder and its lock."""
    make, made = os.mkdir, list[str]()

    def hasty(path: str, mode: int = 0o777) -> None:
        make(path, mode)
        if not made:
            made.append(path)
            beside.remove_abandoned(str(tmp_path))

    monkeypatch.setattr(os, "mkdir", hasty)
    replaced(tmp_path / "site")
    assert texts(tmp_path / "site") == NEW
    assert not Path(made[0]).exists()
