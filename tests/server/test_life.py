"""The server ends as the protocol has it, and an editor's log never shows a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def message(method: str, number: int | None = None, **params: object) -> bytes:
    """A request with a number, or a notification without one."""
    told = {"jsonrpc": "2.0", "method": method, "params": params} | (
        {"id": number} if number else {}
    )
    body = json.dumps(told).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def opened() -> bytes:
    """A postmortem of this repository, opened."""
    file = next(iter(sorted((ROOT / "postmortems").glob("PM-*.md"))))
    document = {
        "uri": file.as_uri(),
        "languageId": "markdown",
        "version": 1,
        "text": file.read_text(encoding="utf-8"),
    }
    return message("textDocument/didOpen", textDocument=document)


BEGIN = message("initialize", 1, processId=None, rootUri=None, capabilities={}) + message(
    "initialized"
)
END = message("shutdown", 2) + message("exit")


@pytest.mark.parametrize(
    "sent",
    [
        BEGIN + END,
        BEGIN + opened() + END,  # while a run waits
        BEGIN,  # the editor is gone: standard input is closed
        BEGIN + opened(),
        b"",
        BEGIN + message("exit"),
        BEGIN + b"Content-Length: 100\r\n\r\n{",
        b"hello\r\n\r\n",
    ],
    ids=[
        "shutdown",
        "shutdown with an open document",
        "closed",
        "closed with an open document",
        "nothing",
        "exit",
        "half",
        "rubbish",
    ],
)
def test_it_ends_with_0_and_without_a_word(sent: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pmlint", "server"],
        input=sent,
        capture_output=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_editor_that_closes_both_pipes_at_once() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pmlint", "server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write(BEGIN + opened() + END)
        process.stdin.close()
        assert (process.wait(60), process.stderr.read()) == (0, b"")
