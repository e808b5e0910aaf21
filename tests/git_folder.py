"""A real repository in a folder, for tests: git with a name, and without the settings of the
machine.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

DAY = "2026-10-01T00:00:00Z"
"""When commits are made, so that their ids are the same on each day."""


def git_environment(name: str, address: str, day: str = DAY) -> dict[str, str]:
    """The variables of the machine without those of git, which a hook may have set, and a person
    who commits; without a ``day`` at the time that it is.
    """
    own = {
        variable: text for variable, text in os.environ.items() if not variable.startswith("GIT_")
    }
    own |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TEMPLATE_DIR": ""}
    for role in ("AUTHOR", "COMMITTER"):
        own |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": address}
        if day:
            own[f"GIT_{role}_DATE"] = day
    return own


CLEAN = git_environment("a", "a@example.org")


class GitFolder:
    """A folder in which git runs, and files are read and written byte for byte."""

    environment: Mapping[str, str] = CLEAN

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *words: str, input: str = "", **more: str) -> str:
        """What git prints for an ``input``; ``more`` are further variables."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env={**self.environment, **more},
            check=True,
            capture_output=True,
            text=True,
            input=input,
        )
        return done.stdout.strip()

    def commit(self, message: str = "change", **more: str) -> str:
        """Commit everything that is there; the full id."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, **more)
        return self.git("rev-parse", "HEAD")

    def read(self, path: str) -> str:
        return self.read_bytes(path).decode()

    def write(self, path: str, text: str) -> None:
        self.write_bytes(path, text.encode())

    def read_bytes(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def write_bytes(self, path: str, data: bytes) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)
