"""No room, no rights, other writers: the original is intact, the reason is said, and nothing lies
beside it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.driver import CHANGES
from tests.faults.world import COMMANDS, FILE, calm, environment, files, repository, run

WRITING = [verb for verb in COMMANDS if verb != "check"]


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own, where that is allowed."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("verb", WRITING)
def test_a_full_disk(verb: str, tmp_path: Path) -> None:
    if shutil.which("mount") is None:
        pytest.skip("there is no mount")
    with small_disk(tmp_path / "disk", "256k") as disk:
        folder = repository(disk / "repository")
        with open(disk / "rest", "wb", buffering=0) as rest:
            while True:
                try:
                    rest.write(b"x" * 512)
                except OSError:
                    break
        before = files(disk)
        done = run(folder, *COMMANDS[verb])
        calm(done)
        assert done.returncode == 2
        assert "no space left on device" in done.stderr
        assert files(disk) == before


@pytest.mark.parametrize("verb", WRITING)
def test_a_quota(verb: str, tmp_path: Path) -> None:
    folder = repository(tmp_path)
    before = files(folder)
    done = run(
        folder,
        *COMMANDS[verb],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)),
    )
    calm(done)
    assert (done.returncode, done.stderr.splitlines()[-1].split(": ")[-1]) == (2, "file too large")
    assert files(folder) == before


def without_rights() -> None:
    """Let root be bound by permissions as everybody is: take the rights away that pass over them
    (capabilities 1 and 2).
    """
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):
            if libc.prctl(24, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "no right to give up rights")


def read_only(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize("verb", COMMANDS)
def test_a_read_only_tree_and_home(verb: str, tmp_path: Path) -> None:
    folder = repository(tmp_path)
    before = files(folder)
    read_only(folder)
    done = run(
        folder,
        *COMMANDS[verb],
        preexec_fn=without_rights,
        env=environment(HOME=str(folder), XDG_CACHE_HOME=str(folder)),
    )
    writable(folder)
    calm(done)
    assert files(folder) == before
    if verb == "check":
        assert done.returncode == 1
        assert done.stderr == ""
    else:
        assert done.returncode == 2
        assert done.stderr.endswith(": permission denied\n")
        assert ".pmlint-" not in done.stderr


def test_a_file_and_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / FILE).chmod(0)
    (folder / "routes").chmod(0)
    done = run(folder, "check", preexec_fn=without_rights)
    writable(folder)
    calm(done)
    assert done.returncode == 1
    assert f"{FILE}:1:1: error syntax: the file can't be read: permission denied" in done.stdout
    assert "routes:1:1: error syntax" in done.stdout


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("verb", ["check", "fix", "close"])
def test_a_file_that_changes_while_it_is_read(
    verb: str, change: str, at: int, tmp_path: Path
) -> None:
    folder = repository(tmp_path)
    done = run(folder, *COMMANDS[verb], wrapped=(change, str(at)))
    calm(done)
    assert done.returncode in (0, 1, 2)
    assert "root:" not in done.stdout + done.stderr, "what a link leads to was read"
    assert not list(folder.rglob(".pmlint-*"))


def test_a_file_that_breaks_before_its_places_are_looked_up(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    (folder / FILE).write_text(
        (folder / FILE)
        .read_text()
        .replace("owner: tom", 'owner: "@tom"')
        .replace("[refund-triage]", "[nothing]")
    )
    done = run(folder, "check", wrapped=("breaks", "2"))
    calm(done)
    assert done.returncode == 1
    assert "there is no route 'nothing'" in done.stdout


@pytest.mark.parametrize("verb", ["fix", "close"])
def test_what_somebody_else_has_written_stays(verb: str, tmp_path: Path) -> None:
    refused = 0
    for at in range(1, 6):
        folder = repository(tmp_path / str(at))
        done = run(folder, *COMMANDS[verb], wrapped=("grows", str(at)))
        if "the file changed while pmlint was running" in done.stderr:
            refused += 1
            assert done.returncode == 2
            assert (folder / FILE).read_text() == (
                repository(tmp_path / "new") / FILE
            ).read_text() + "More.\n"
    assert refused


@pytest.mark.parametrize("verb", WRITING)
def test_many_at_once(verb: str, tmp_path: Path) -> None:
    folder, alone = repository(tmp_path / "many"), repository(tmp_path / "alone")
    run(alone, *COMMANDS[verb])
    words = [sys.executable, "-m", "pmlint", *COMMANDS[verb]]
    children = [
        subprocess.Popen(
            words,
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    said = [child.communicate(timeout=60)[1] for child in children]
    assert not any("Traceback" in text for text in said)
    assert {child.returncode for child in children} <= {0, 1, 2}
    expected = files(alone)
    found = files(folder)
    assert {name: found.get(name) for name in expected} == expected
    assert not [name for name in found if ".pmlint-" in name]
