"""Folders of tasks: what a dead worker left in them is ended and deleted, and nothing else."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmlint.fleet import folders
from pmlint.git.clone import Clone, FetchBudget, Unreachable
from tests.fleet.conftest import PATIENCE


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """The folder of a clone, in that of a task, in a place."""
    made = tmp_path / "place" / "task" / "git"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def program(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A program that does not end by itself, with a process group of its own."""
    started = subprocess.Popen(
        ["sleep", "3600"], cwd=tmp_path / request.param, start_new_session=True
    )
    yield started
    started.kill()
    started.wait()


def note(task: Path, text: object) -> None:
    (task.parent / "git.git.pid").write_text(f"{text}\n")


@pytest.mark.parametrize("program", ["place/task/git"], indirect=True)
def test_a_git_of_a_dead_worker_is_ended(task: Path, program: subprocess.Popen[bytes]) -> None:
    note(task, program.pid)
    folders.clean_up(str(task.parents[1]))
    assert program.wait(PATIENCE) < 0
    assert not task.parents[1].exists()


@pytest.mark.parametrize("program", ["."], indirect=True)
def test_another_program_that_has_the_number_by_now_is_not(
    task: Path, program: subprocess.Popen[bytes]
) -> None:
    note(task, program.pid)
    folders.clean_up(str(task.parents[1]))
    assert program.poll() is None
    assert not task.parents[1].exists()


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "1", "99999999999999999999"])
def test_a_note_that_names_no_git(task: Path, text: str) -> None:
    note(task, text)
    folders.clean_up(str(task.parents[1]))
    assert not task.parents[1].exists()


def test_no_git_starts_that_nobody_could_end(task: Path) -> None:
    """Where its note cannot be written, a worker that is killed would leave it behind."""
    (task.parent / "git.git.pid").mkdir()
    clone = Clone(str(task), "file:///", FetchBudget(time.monotonic() + PATIENCE, 100))
    with pytest.raises(Unreachable, match=r"git\.git\.pid"):
        clone.fetch_commit("")


def test_the_driver_makes_no_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would stay where the driver is killed before a worker is there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    place = folders.new_place()
    assert (os.path.dirname(place), list(tmp_path.iterdir())) == (str(tmp_path), [])
