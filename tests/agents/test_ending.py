"""However the client goes away in the middle of a call, no child stays behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.server.editor import repository

HELLO = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
MESSAGES = [
    {"id": 1, "method": "initialize", "params": HELLO},
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/call", "params": {"name": "check_repository", "arguments": {}}},
]


def children(process: int) -> set[int]:
    """The processes that a process has started and that have not ended."""
    found: set[int] = set()
    for thread in Path(f"/proc/{process}/task").iterdir():
        found |= {int(child) for child in (thread / "children").read_text().split()}
    return found


def is_running(process: int) -> bool:
    """Whether a process does work: one that ended may stay in the list until it is asked for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(
    not os.path.isdir("/proc/self/task"), reason="there is no /proc to count processes in"
)
@pytest.mark.parametrize("way", ["the input ends", "SIGTERM"])
def test_no_child_stays(tmp_path: Path, way: str) -> None:
    words = [sys.executable, "-I", "-m", "pmlint", "mcp", "--root", str(repository(tmp_path))]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as server:
        assert server.stdin
        assert server.stdout
        assert server.stderr
        for message in MESSAGES:
            server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
            server.stdin.flush()
        assert b'"id":1' in server.stdout.readline()
        started, until = children(server.pid), time.monotonic() + 30
        while not started and time.monotonic() < until:
            started = children(server.pid)
        assert started
        time.sleep(0.05)  # the child is a process of pmlint by now, and has not answered yet
        if way == "SIGTERM":
            server.send_signal(signal.SIGTERM)
        else:
            server.stdin.close()
        assert server.wait(30) == 0
        assert b"Traceback" not in server.stderr.read()
        until = time.monotonic() + 5
        while any(map(is_running, started)) and time.monotonic() < until:
            time.sleep(0.01)
        assert [child for child in started if is_running(child)] == []
