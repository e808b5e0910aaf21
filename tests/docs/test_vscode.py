"""VS Code itself with the extension of this repository: findings, a quick fix, the outline, and
what is typed is what its file has.

What is installed is the part of VS Code that runs on a server and shows its window in a browser.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.docs.test_editors import LINES, WHOLE
from tests.node import needs_node, node
from tests.server.editor import POSTMORTEM, repository

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editors" / "vscode"
VSCODE = os.environ.get("PMLINT_VSCODE", "")
SETTINGS = {
    "security.workspace.trust.enabled": False,
    # VS Code would indent each line and close each bracket by itself.
    "editor.autoIndent": "none",
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "workbench.startupEditor": "none",
}


def packed(folder: Path) -> Path:
    """The extension as its packer packs it."""
    for words in (
        ["npm", "run", "build"],
        ["npx", "vsce", "package", "--no-dependencies", "--out", str(folder / "pmlint.vsix")],
    ):
        done = subprocess.run(words, cwd=EXTENSION, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "pmlint.vsix"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """VS Code with the extension in it, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "server"
    for name in ("User", "Machine"):
        (data / "data" / name).mkdir(parents=True)
        (data / "data" / name / "settings.json").write_text(json.dumps(SETTINGS))
    # Without its own logger, which would have to be compiled, it makes no folder for its logs.
    (data / "data" / "logs").mkdir()
    words = {
        "host": "127.0.0.1",
        "port": str(port),
        "server-data-dir": str(data),
        "extensions-dir": str(folder / "extensions"),
        "install-extension": str(packed(folder)),
    }
    flags = ["--start-server", "--without-connection-token", "--accept-server-license-terms"]
    options = [part for name, value in words.items() for part in (f"--{name}", value)]
    address = f"http://127.0.0.1:{port}/"
    with (folder / "vscode.log").open("w") as log:
        process = subprocess.Popen(
            ["node", "out/server-main.js", *options, *flags],
            cwd=VSCODE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_for(address, process, folder / "vscode.log")
        yield address
    finally:
        # With the hosts of extensions, each of which is a process of its own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(address, timeout=10):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.mark.slow
@pytest.mark.timeout(900)
@needs_node("playwright-core", "chromium")
@pytest.mark.skipif(not VSCODE, reason="VS Code is not installed: no PMLINT_VSCODE, see .ci/run")
@pytest.mark.skipif(
    not (EXTENSION / "node_modules").exists() or not shutil.which("npm"),
    reason="npm ci was not run in editors/vscode",
)
def test_vs_code_shows_what_is_wrong_and_keeps_what_is_typed(tmp_path: Path) -> None:
    root = repository(tmp_path / "repository")
    wrong = root / POSTMORTEM
    right = wrong.read_text(encoding="utf-8")
    wrong.write_text(right.replace("status: accepted", "status: acceptd", 1), encoding="utf-8")
    # The extension looks for pmlint in the environment of the folder first.
    program = root / ".venv" / "bin" / "pmlint"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pmlint "$@"\n')
    program.chmod(0o755)
    typings = []
    for number, (lines, pause) in enumerate(((LINES, 40), (WHOLE.splitlines(), 0)), start=2):
        file = root / "postmortems" / f"PM-2026-00{number}-new.md"
        file.touch()
        typings.append({"file": str(file), "lines": lines, "pause": pause})
    plan = tmp_path / "plan.json"
    with served(tmp_path) as address:
        plan.write_text(
            json.dumps(
                {
                    "address": address,
                    "folder": str(root),
                    "wrong": str(wrong),
                    "typings": typings,
                }
            )
        )
        script = Path(__file__).with_name("vscode_typing.mjs")
        done = node(str(script), str(plan), timeout=800)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)

    repair = seen["repair"]
    assert any("'status' is 'acceptd'" in one for one in repair["findings"])
    assert repair["fixes"][-1] == "Write 'accepted'"
    assert repair["text"] == right
    assert any("statusaccepted" in one for one in repair["outline"])
    assert any("severity" in one for one in repair["outline"])
    half, whole = seen["typed"]
    assert half["text"].splitlines() == LINES
    assert whole["text"] == WHOLE.removesuffix("\n")
    # Suggestions were shown all the same.
    assert half["lists"] > 10
