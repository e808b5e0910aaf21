"""Small repositories for a fleet, made once: bare, and reached by addresses of files."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import fleet_world
from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.fleet.ask import Asking
from pmlint.fleet.batches import all_tables

ROOT = Path(__file__).parents[2]
NOW = "2026-10-15"
TIMES = "EXCLUDE (fetch_s, check_s, judged_at)"
PATIENCE = 300
"""Seconds that something may take on the busiest machine; nothing waits for them otherwise."""


class Fleet:
    """A list of repositories and a store beside it."""

    def __init__(self, folder: Path, lines: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.list = folder / "fleet.jsonl"
        self.write(lines)

    def write(self, lines: list[dict[str, Any]]) -> None:
        self.lines = lines
        self.list.write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    def words(self, *more: str) -> list[str]:
        """The words of a run over the list."""
        where = "--allow-file", "-j", "2", "--now", NOW
        return ["fleet", "run", str(self.list), "-o", str(self.store), *where, *more]

    def run(self, *more: str) -> tuple[int, str]:
        """A run that judges in this process."""
        return invoke(*self.words("--executor", "tests.fleet.here:Here", *more))

    def run_in_pool(self, *more: str) -> tuple[int, str]:
        """A run as users have it, with processes of its own."""
        return invoke(*self.words(*more))

    def start(self, place: Path, *more: str) -> subprocess.Popen[str]:
        """A run as a program of its own, whose temporary folders are below ``place``."""
        return subprocess.Popen(
            [sys.executable, "-m", "pmlint", *self.words(*more)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(place)},
            cwd=self.folder,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, sql: str) -> list[dict[str, Any]]:
        code, text = invoke(
            "fleet", "ask", str(self.store), sql, "--output-format", "json", "--now", NOW
        )
        assert code == 0, text
        rows: list[dict[str, Any]] = json.loads(text)
        return rows

    def statuses(self) -> dict[str, str]:
        return {
            row["repo"]: row["status"]
            for row in self.ask("SELECT repo, status FROM repositories ORDER BY repo")
        }


def invoke(*words: str) -> tuple[int, str]:
    """Run the command line; its exit code and what it prints, or says of a wrong use."""
    done = CliRunner().invoke(commands, list(words), standalone_mode=False)
    if isinstance(done.exception, UsageError):
        place = f"{done.exception.file}:{done.exception.span.row}: " if done.exception.span else ""
        return 2, f"{place}{done.exception.message}; help: {done.exception.help}"
    if done.exception is not None:
        raise done.exception
    code = done.return_value if isinstance(done.return_value, int) else done.exit_code
    return code, done.stdout


def rows(fleet: Fleet) -> str:
    """Every row of a store but what differs from run to run, as text."""
    # One for all: each makes 26 views.
    asking = Asking(str(fleet.store), date.fromisoformat(NOW))
    found = {}
    for table in all_tables():
        left_out = TIMES if table.name == "repositories" else ""
        answer = asking.ask(f"SELECT * {left_out} FROM {table.name} ORDER BY ALL")
        found[table.name] = answer.columns, answer.rows
    return json.dumps(found, default=str)


def until(is_done: Callable[[], bool]) -> bool:
    """Whether something comes about; nobody waits longer than for the slowest machine."""
    end = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def programs_below(place: Path) -> dict[int, str]:
    """The commands of the processes that were started with the temporary folder ``place``."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"TMPDIR={place}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(entry.name)] = command
    return found


def worker_below(place: Path) -> int:
    """The process id of one of the workers of a fleet."""
    return next(pid for pid, said in programs_below(place).items() if "spawn_main" in said)


class Hanging:
    """A host that takes connections and says nothing, until it is closed."""

    def __init__(self, listening: socket.socket) -> None:
        self._open = [listening]
        self._port = listening.getsockname()[1]

    def line(self, name: str) -> dict[str, Any]:
        """A line of a list, whose repository this host never gives out."""
        address = f"https://127.0.0.1:{self._port}/acme/{name}"
        return {"url": address, "name": f"example.org/acme/{name}"}

    def wait(self) -> None:
        """Wait until one more git waits for an answer."""
        self._open[0].settimeout(PATIENCE)
        self._open.append(self._open[0].accept()[0])

    def is_asked(self) -> bool:
        """Whether one more git waits for an answer by now."""
        self._open[0].settimeout(0)
        with suppress(BlockingIOError):
            self._open.append(self._open[0].accept()[0])
            return True
        return False

    def close(self) -> None:
        """Whoever waits, or asks again, is refused."""
        for one in self._open:
            one.close()


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        found = Hanging(listening)
        yield found
        found.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder for what is temporary."""
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a list of six repositories."""
    listing = fleet_world.write(tmp_path_factory.mktemp("world"), 6, documents=3, routes=2)
    return [json.loads(line) for line in listing.read_text().splitlines()]


@pytest.fixture
def fleet(tmp_path: Path, world: list[dict[str, Any]]) -> Fleet:
    return Fleet(tmp_path, world)


@pytest.fixture(scope="session")
def judged(world: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """A fleet that was judged, for tests that only read its store."""
    found = Fleet(tmp_path_factory.mktemp("judged"), world)
    assert found.run()[0] == 0
    return found


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Publish files as a bare repository, and return its line of a list."""

    def made(name: str, files: dict[str, bytes | str]) -> dict[str, Any]:
        source = tmp_path / f"source-{name}"
        for path, content in files.items():
            target = source / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        fleet_world.bare(source, tmp_path / f"{name}.git")
        return {"url": f"file://{tmp_path}/{name}.git", "name": f"example.org/acme/{name}"}

    return made
