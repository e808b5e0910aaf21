"""The settings of docs/editors.md in Helix itself, on a terminal: what is typed is what it saves,
and findings arrive.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.test_editors import LINES, settings
from tests.server.editor import repository

pty = pytest.importorskip("pty", reason="Windows has no terminal of this kind")

HELIX = os.environ.get("PMLINT_HELIX") or shutil.which("hx") or ""
CONFIGURATION = """
[editor]
# Helix would close each bracket and quote by itself.
auto-pairs = false
"""
NOT_CLOSED = "the front matter is not closed: no second line '---'"


class Terminal:
    """A program on a terminal of its own, whose screen nobody looks at."""

    def __init__(self, words: list[str], root: Path, environment: dict[str, str]) -> None:
        self._here, there = pty.openpty()
        self._program = subprocess.Popen(
            words, cwd=root, env=environment, stdin=there, stdout=there, stderr=there
        )
        os.close(there)

    def wait(self, seconds: float, is_done: Callable[[], bool] = lambda: False) -> None:
        """Read what is drawn, which a program waits for, until something comes about."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not is_done():
            if select.select([self._here], [], [], 0.02)[0]:
                os.read(self._here, 65536)

    def press(self, keys: str) -> None:
        os.write(self._here, keys.encode())
        self.wait(0.03)

    def close(self) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._here)


@pytest.mark.skipif(not HELIX, reason="Helix is not installed")
def test_helix_keeps_what_is_typed(tmp_path: Path) -> None:
    root = repository(tmp_path / "repository")
    (root / ".helix").mkdir()
    (root / ".helix" / "languages.toml").write_text(settings("toml", "Helix"), encoding="utf-8")
    (tmp_path / "config.toml").write_text(CONFIGURATION, encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    file, log = root / "postmortems" / "PM-2026-002-new.md", tmp_path / "helix.log"
    configured = ["--config", str(tmp_path / "config.toml"), "-vv", "--log", str(log)]
    terminal = Terminal([HELIX, *configured, str(file)], root, environment)
    try:
        terminal.wait(60, lambda: "the file is empty" in findings(log))
        terminal.press("i")
        for before, line in zip(["", *LINES], LINES, strict=False):
            terminal.press("\r" if line is not LINES[0] else "")
            if before.startswith(" "):
                terminal.press("\x15")  # Ctrl-U takes back the indent of a new line
            for letter in line:
                terminal.press(letter)
        terminal.press("\x1b")
        terminal.press(":w\r")
        terminal.wait(60, lambda: file.exists() and NOT_CLOSED in findings(log))
    finally:
        terminal.close()
    assert NOT_CLOSED in findings(log)
    assert file.read_text(encoding="utf-8").splitlines() == LINES
    # suggestions were asked for, and changed nothing
    assert log.read_text(encoding="utf-8").count('"textDocument/completion"') > 10


def findings(log: Path) -> set[str]:
    """The facts of all findings that came over the protocol."""
    found: set[str] = set()
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    for line in text.splitlines():
        _, is_answer, message = line.partition("pmlint <- ")
        # the last line may be half written
        if is_answer and "publishDiagnostics" in message and message.endswith("}"):
            params = json.loads(message)["params"]
            found |= {one["message"].partition("\n")[0] for one in params["diagnostics"]}
    return found
