"""Runs commands and counts: CPU time, wall time, peak memory, instructions, and ratios between runs
of one round.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

_LAUNCH = str(Path(__file__).with_name("launch.py"))


class Command(NamedTuple):
    """What to run where, and which exit codes mean that it did its work."""

    words: tuple[str, ...]
    folder: Path
    codes: tuple[int, ...] = (0,)
    environment: Mapping[str, str] = {}


class Run(NamedTuple):
    """CPU (user and system) and wall time in seconds, peak resident memory in bytes (nothing below
    a bare Python can be seen).
    """

    cpu: float
    wall: float
    memory: int


class Ratio(NamedTuple):
    """The median of the ratios of runs of the same round, and the smallest and largest."""

    median: float
    low: float
    high: float


class Failed(Exception):
    """A command did not do its work; the text is what it said."""


def run(command: Command) -> Run:
    """Run a command with a scrubbed environment, output thrown away. Raises `Failed`."""
    with tempfile.TemporaryDirectory() as folder:
        counted, said = Path(folder, "counted"), Path(folder, "said")
        with said.open("wb") as errors:
            subprocess.run(
                (sys.executable, "-I", "-S", _LAUNCH, str(counted), *command.words),
                cwd=command.folder, env=environment(command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                check=False,
            )  # fmt: skip
        code, cpu, wall, memory = (
            counted.read_text().split() if counted.exists() else ("127", "0", "0", "0")
        )
        if int(code) not in command.codes:
            text = said.read_text(errors="replace")[-1_000:]
            raise Failed(f"'{' '.join(command.words)[:200]}' left with exit code {code}: {text}")
    return Run(float(cpu), float(wall), int(memory))


def environment(command: Command) -> dict[str, str]:
    """What a command sees: the path, a home without settings, no CI, no colours, one hash seed."""
    home = str(command.folder)
    fixed = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "XDG_CACHE_HOME": f"{home}/.cache",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
    }
    return {**fixed, **command.environment}


def interleave(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Run]]:
    """Run each command once a round, so that a busy minute of the machine hits all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return runs


def cpu(one: Run) -> float:
    """The CPU time of a run."""
    return one.cpu


def wall(one: Run) -> float:
    """The wall time of a run."""
    return one.wall


def memory(one: Run) -> float:
    """The peak memory of a run."""
    return one.memory


def ratio(runs: list[Run], against: list[Run], of: Callable[[Run], float] = cpu) -> Ratio:
    """How much a command needs of what another needs."""
    each = [of(one) / max(of(other), 1e-9) for one, other in zip(runs, against, strict=True)]
    return Ratio(median(each), min(each), max(each))


def instructions(command: Command) -> int | None:
    """How many instructions a command executes, the same on any load; None without valgrind.

    Raises `Failed`.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    words = (
        valgrind,
        "--tool=cachegrind",
        "--cache-sim=no",
        "--cachegrind-out-file=/dev/null",
        *command.words,
    )
    done = subprocess.run(
        words,
        cwd=command.folder,
        env=environment(command),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"I\s+refs:\s+([0-9,]+)", done.stderr)
    if done.returncode not in command.codes or found is None:
        raise Failed(
            f"valgrind of '{' '.join(command.words)[:200]}' left with exit code {done.returncode}: {done.stderr[-1_000:]}"
        )
    return int(found[1].replace(",", ""))
