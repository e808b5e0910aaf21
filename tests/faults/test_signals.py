"""A signal at any moment: every file is as it was or as it should be, and nothing lies beside it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.world import COMMANDS, FILE, ROOT, calm, environment, files, repository, run

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def moments(total: int, number: int) -> list[int]:
    """Most of them at the end, where files are written, and some before."""
    last = list(range(max(1, total - number // 2), total + 1))
    return sorted({*last, *(1 + total * step // number for step in range(number // 2))})


@pytest.mark.parametrize("verb", COMMANDS)
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_at_any_moment(verb: str, number: signal.Signals, tmp_path: Path) -> None:
    before = files(repository(tmp_path / "before"))
    whole = repository(tmp_path / "whole")
    total = int(run(whole, *COMMANDS[verb], wrapped=("count", "0")).stderr.split()[-1])
    plain = run(repository(tmp_path / "plain"), *COMMANDS[verb])
    after = files(whole)
    litter = 0
    for at in moments(total, 24 if verb == "fix" and number == signal.SIGKILL else 8):
        folder = repository(tmp_path / str(at))
        done = run(folder, *COMMANDS[verb], wrapped=(str(int(number)), str(at)))
        calm(done)
        if (
            done.returncode != -number and done.stderr != plain.stderr
        ):  # killed or not yet ready for signals; too late for them
            assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "interrupted")
        for name, data in files(folder).items():
            if (
                ".pmlint-" in name and number == signal.SIGKILL
            ):  # between its new name and its last: whole, and of no harm
                assert data in after.values()
                litter += 1
                continue
            assert data in (before.get(name), after.get(name)), f"{name} at moment {at} of {total}"
    assert litter <= (verb in ("fix", "close")), (
        "only where a file is replaced, and only at one moment"
    )


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name
)
def test_a_signal_by_the_clock(number: signal.Signals, tmp_path: Path) -> None:
    folder = repository(tmp_path)
    before = (folder / FILE).read_text()
    for step in range(8):
        (folder / FILE).write_text(before)
        words = [sys.executable, "-m", "pmlint", "check", "--fix"]
        child = subprocess.Popen(
            words,
            cwd=folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(0.06 + step * 0.03)
        child.send_signal(number)
        said = child.communicate(timeout=60)[1]
        # Python makes it SIGINT where the exception came up in a class that it was just building
        assert child.returncode in (0, 1, 2, -number, -signal.SIGINT)
        assert "Traceback" not in said or str(ROOT / "pmlint") not in said, (
            "unless Python itself was not ready"
        )
        assert (folder / FILE).read_text() in (
            before,
            before.replace("owner: tom", 'owner: "@tom"'),
        )
        assert not list(folder.rglob(".pmlint-*"))


def listening(child: subprocess.Popen[str]) -> None:
    """Wait until a process has its own answer to SIGTERM: before that, a signal meets Python alone."""
    status = Path(f"/proc/{child.pid}/status")
    if not status.exists():
        time.sleep(5)
        return
    caught = 1 << (signal.SIGTERM - 1)
    while not int(re.search(r"^SigCgt:\s*(\w+)", status.read_text(), re.MULTILINE)[1], 16) & caught:  # type: ignore[index]
        time.sleep(0.02)


def test_a_second_signal_does_not_hinder_tidying_up(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    words = [
        sys.executable,
        "-m",
        "pmlint",
        "check",
        "-",
        "--stdin-filename",
        FILE,
    ]  # waits for its input
    child = subprocess.Popen(
        words,
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    listening(child)
    for _ in range(5):
        child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert (child.returncode, said.strip()) == (2, "interrupted")


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    done = run(
        folder,
        "check",
        wrapped=("1", "150"),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    calm(done)
    assert done.returncode == 1
