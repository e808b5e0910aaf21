"""Small repositories for a fleet, made once: bare, and reached by addresses of files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import fleet_world
from pmlint.cli import commands
from pmlint.errors import UsageError

NOW = "2026-10-15"


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
        return [
            "fleet",
            "run",
            str(self.list),
            "-o",
            str(self.store),
            "--allow-file",
            "-j",
            "2",
            "--now",
            NOW,
            *more,
        ]

    def run(self, *more: str) -> tuple[int, str]:
        return invoke(*self.words(*more))

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
    return (
        done.return_value if isinstance(done.return_value, int) else done.exit_code
    ), done.stdout


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of a list of six repositories."""
    listing = fleet_world.write(tmp_path_factory.mktemp("world"), 6, documents=3, routes=2)
    return [json.loads(line) for line in listing.read_text().splitlines()]


@pytest.fixture
def fleet(tmp_path: Path, world: list[dict[str, Any]]) -> Fleet:
    return Fleet(tmp_path, world)


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
