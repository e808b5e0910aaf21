"""A repository to be disturbed, the commands that write into it, and what must be true of it
afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("driver.py")
FILE = "postmortems/PM-2026-001-refunds.md"
CLOSE = ("close", "PM-2026-001", "A2", "--proof", "people.yaml", "--verified-by", "@eva")
COMMANDS = {
    "check": ("check",),
    "fix": ("check", "--fix"),
    "output": ("check", "--output-format", "json", "-o", "out.json"),
    "baseline": ("baseline",),
    "close": CLOSE,
    "new": ("new", "Another title"),
}


def repository(folder: Path) -> Path:
    """A small repository with something to fix, to close and to report."""
    shutil.copytree(ROOT / "tests" / "cases" / "base", folder, dirs_exist_ok=True)
    file = folder / FILE
    file.write_text(file.read_text().replace('owner: "@tom"', "owner: tom"))
    return folder


def environment(**more: str) -> dict[str, str]:
    """What a command sees."""
    fixed = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PMLINT_NOW": "2026-10-15",
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
    }
    return {**fixed, "PYTHONDONTWRITEBYTECODE": "1", **more}


def run(
    folder: Path, *words: str, wrapped: tuple[str, ...] = (), **options: object
) -> subprocess.CompletedProcess[str]:
    """Run pmlint in a folder, below the driver where ``wrapped`` says what it is to do."""
    command = (
        [sys.executable, str(DRIVER), *wrapped, *words]
        if wrapped
        else [sys.executable, "-m", "pmlint", *words]
    )
    given: dict[str, object] = {
        "cwd": folder,
        "env": environment(),
        "capture_output": True,
        "text": True,
        "timeout": 60,
        "check": False,
    }
    return subprocess.run(command, **{**given, **options})  # type: ignore[call-overload, no-any-return]


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def calm(done: subprocess.CompletedProcess[str]) -> None:
    """No traceback, and no success that is none."""
    assert "Traceback" not in done.stderr + (done.stdout or ""), done.stderr
    assert "fault of pmlint" not in done.stderr, done.stderr
