"""A repository with real git in which verbs are run as the command line runs them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError
from tests.git_folder import GitFolder, git_environment

BASE = Path(__file__).parents[1] / "cases" / "base"
FILE = "postmortems/PM-2026-001-refunds.md"
PEOPLE = ("dana", "maria", "tom", "Ines")
ALERT = "deploy/alerts/refund-rescues.yaml"


class Ran(NamedTuple):
    """What came of a command: its exit code, its output, and what was wrong with the usage."""

    code: int
    output: str
    error: str = ""
    help: str = ""


class Desk(GitFolder):
    """A folder with the valid repository of the cases, committed on ``main``."""

    environment = git_environment("Dana", "dana@example.org", day="")

    def __init__(self, root: Path, template: Path | None = None) -> None:
        super().__init__(root)
        if template is not None:  # three runs of git are most of what a small test costs
            shutil.copytree(template, root, dirs_exist_ok=True)
            return
        shutil.copytree(BASE, root, dirs_exist_ok=True)
        people = "".join(f'- {{handle: "@{name}"}}\n' for name in PEOPLE)
        self.write("people.yaml", people)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("The incident and its review")

    def read(self, path: str = FILE) -> str:
        return super().read(path)

    def edit(self, before: str, after: str, path: str = FILE) -> None:
        text = self.read(path)
        assert before in text, before
        self.write(path, text.replace(before, after))

    def run(self, *arguments: str, now: str = "2026-10-15", text: str | None = None) -> Ran:
        """Run a verb in the root of the repository."""
        done = CliRunner().invoke(commands, arguments, input=text, env={"PMLINT_NOW": now})
        error = done.exception
        if isinstance(error, UsageError):
            return Ran(2, done.stdout, error.message, error.help)
        if error is not None and not isinstance(error, SystemExit):
            raise error
        return Ran(done.exit_code, done.stdout_bytes.decode(), done.stderr)

    def land_alert(self) -> str:
        """The fix of A2, in a commit of its own; its full id."""
        self.write(ALERT, "signal: rescues\nthreshold: 3 in 10 minutes\nreceiver: '@maria'\n")
        return self.commit("Page the owner above 3 rescues in 10 minutes")

    def forget_git(self) -> None:
        """Leave a folder without history: the gate is not asked there."""
        shutil.rmtree(self.root / ".git")

    def blob(self, path: str) -> str:
        """The git id of a file of HEAD."""
        return self.git("rev-parse", f"HEAD:{path}")
