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
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.test_editors import Typing, each_typing, settings
from tests.server.editor import repository

pty = pytest.importorskip("pty", reason="Windows has no terminal of this kind")

HELIX = os.environ.get("PMLINT_HELIX") or shutil.which("hx") or ""
CONFIGURATION = """
[editor]
# Helix would close each bracket and quote by itself.
auto-pairs = false
[keys.insert]
# Escape and the key behind it are one key to a program that was busy when both came.
F2 = ":write"
"""
SAVE = "\x1bOQ"
"""F2, as a terminal sends it."""
LANGUAGES = """
[[language]]
name = "markdown"
# So that a backspace takes back one column of a new line's indent.
indent = {tab-width = 1, unit = " "}
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
            if select.select([self._here], [], [], min(seconds, 0.02))[0]:
                os.read(self._here, 65536)

    def press(self, keys: str, pause: float) -> None:
        os.write(self._here, keys.encode())
        self.wait(pause)

    def close(self) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._here)


@pytest.mark.skipif(not HELIX, reason="Helix is not installed")
@each_typing
def test_helix_keeps_what_is_typed(tmp_path: Path, typing: Typing) -> None:
    root = repository(tmp_path / "repository")
    (root / ".helix").mkdir()
    (root / ".helix" / "languages.toml").write_text(settings("toml", "Helix"), encoding="utf-8")
    (tmp_path / "helix").mkdir()
    (tmp_path / "helix" / "config.toml").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "helix" / "languages.toml").write_text(LANGUAGES, encoding="utf-8")
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    file, log = root / "postmortems" / "PM-2026-002-new.md", tmp_path / "helix.log"
    terminal = Terminal([HELIX, "-vv", "--log", str(log), str(file)], root, environment)

    def saved() -> list[str]:
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []

    try:
        terminal.wait(120, lambda: "the file is empty" in findings(log))
        for key in ("i", *keys_of(typing.lines), SAVE):
            terminal.press(key, typing.pause / 1000)
        terminal.wait(120, lambda: saved() == typing.lines and NOT_CLOSED in findings(log))
    finally:
        terminal.close()
    assert saved() == typing.lines
    # findings came, and suggestions were asked for and changed nothing
    assert NOT_CLOSED in findings(log)
    assert log.read_text(encoding="utf-8").count('"textDocument/completion"') > 10


def keys_of(lines: list[str]) -> Iterator[str]:
    """The keys that a person presses for some lines: a new line has the indent of the one before,
    and a backspace takes back a column of it.
    """
    for before, line in zip([None, *lines], lines, strict=False):
        there = len(before) - len(before.lstrip(" ")) if before else 0
        wanted = len(line) - len(line.lstrip(" "))
        if before is not None:
            yield "\r"
        yield from ["\x7f"] * (there - wanted)
        yield from line[min(there, wanted) :]


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
