"""The folders that tasks work in: made, and deleted with the git that may still run in them.

1. Each task has a folder of its own. Those of one run on this machine are in its *place*, which the
   workers make and the driver deletes while they are there: of a driver that is killed at any
   moment they clean up.
2. A process that was killed may be within a call that makes a file, so what is deleted is looked at
   again.
3. Nothing is made anew with its parents: a folder that was deleted stays away.
"""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pmlint.git.clone import end_noted, end_running

_PAUSES = (0.01, 0.1, 1, 5)
"""Seconds between attempts to delete a folder in which something is still written."""


@contextmanager
def own_folder(place: str) -> Iterator[str]:
    """A folder for the clone of one repository, below ``place`` or that of the system; it is
    deleted in the end, also after a failure.
    """
    top = tempfile.mkdtemp(prefix="pmlint-fleet-", dir=place or None)
    try:
        os.mkdir(_clone(top))
        yield _clone(top)
    finally:
        _delete_task(top)


def new_place() -> str:
    """The path of a place that nobody has; workers make it (`use_place`)."""
    return os.path.join(tempfile.gettempdir(), f"pmlint-fleet-{secrets.token_hex(8)}")


def use_place(place: str) -> None:
    """In a worker: make temporary files and folders below ``place``."""
    with suppress(FileExistsError):
        os.mkdir(place, 0o700)
    tempfile.tempdir = place


def clean_up(place: str) -> None:
    """End what tasks of dead workers left behind, and delete the place with all that is in it."""
    # Of a killed driver every worker cleans up, and one of them is the first to be done.
    with suppress(FileNotFoundError):
        for name in os.listdir(place):
            _delete_task(os.path.join(place, name))
    _delete(place)


def clean_up_for_good(place: str) -> None:
    """In a worker whose driver was killed, right before it ends: end its git, and delete the folder
    of all tasks.
    """
    # Git makes its folder anew when somebody deletes it.
    end_running()
    # Taken away in one step: the main thread goes on to its next task, whose folder was made
    # behind the deletion and stayed, after 4 of 22 kills on a busy machine.
    with suppress(OSError):
        os.rename(place, f"{place}.{os.getpid()}")
    # Those of the other workers, too: the last one to come here finds no git that writes.
    for folder in (place, *glob.glob(f"{glob.escape(place)}.*")):
        clean_up(folder)


def _delete_task(top: str) -> None:
    end_noted(_clone(top))
    _delete(top)


def _delete(folder: str) -> None:
    """Delete a folder, in which a program that was just killed may still make a file."""
    for pause in _PAUSES:
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.lexists(folder):
            return
        time.sleep(pause)


def _clone(top: str) -> str:
    return os.path.join(top, "git")
