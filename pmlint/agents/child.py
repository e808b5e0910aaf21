"""One call of a tool is one run of the command line, in a child process (docs/spec/agents.md).

A child is what makes the answer the same as a person's, and what ends a run that takes too long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from subprocess import PIPE
from typing import Any, NamedTuple

from pmlint.errors import UsageError

MAX_INPUT = 256 * 1024
"""Bytes of text that a tool takes, as much as a document may have."""
MAX_SECONDS = 60
MAX_ANSWER = 100_000
"""Characters of findings in an answer: a client gives all of it to a model."""
_KEPT = ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL", "TZ")


class Ran(NamedTuple):
    """What a run of the command line printed, and its exit code."""

    code: int
    output: str
    error: str


class ChildRunner:
    """Runs verbs in the repository at ``root``, one at a time."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, *words: str, text: str | None = None) -> Ran:
        """Run a verb. Raises `UsageError` for a text that is too long, and where the run takes
        longer than a minute.
        """
        given = b"" if text is None else text.encode("utf-8", "surrogatepass")
        if len(given) > MAX_INPUT:
            raise UsageError(f"the text has {len(given):,} bytes, more than {MAX_INPUT:,}")
        # No variable of the client decides: PMLINT_* are options, and CI says what to compare.
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        command = (sys.executable, "-I", "-m", "pmlint", *words)
        started = time.monotonic()
        with subprocess.Popen(
            command, cwd=self.root, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE
        ) as child:
            self._running = child
            try:
                output, error = child.communicate(given, MAX_SECONDS)
            except subprocess.TimeoutExpired:
                raise UsageError(f"stopped after {MAX_SECONDS} seconds") from None
            finally:
                # Before the block waits for its end, which a hanging child has not.
                self.stop()
        seconds = time.monotonic() - started
        # The verb alone: arguments are the text of a client, and may be anything.
        print(f"{words[0]} {seconds:.2f} s, exit code {child.returncode}", file=sys.stderr)
        return Ran(child.returncode, _decoded(output), _decoded(error))

    def stop(self) -> None:
        """End the child that runs, where one does: its client went away."""
        child, self._running = self._running, None
        if child is not None:
            child.kill()

    def check(self, path: str, text: str) -> dict[str, Any]:
        """The findings of a text as if it were the file at ``path``; of the repository where
        ``path`` is empty.
        """
        words = ["check", "--output-format", "json", "--no-cache"]
        if path:
            words += ["--stdin-filename", path, "-"]
        ran = self.run(*words, text=text if path else None)
        if ran.code not in (0, 1):
            error = ran.error.strip().removeprefix("error: ")
            return {"judged": False, "error": error, "from_repository": True}
        return _shortened(ran)


def _shortened(ran: Ran) -> dict[str, Any]:
    """What a check answers, cut between findings where it is long."""
    report = json.loads(ran.output)
    findings, room = [], MAX_ANSWER
    for finding in report["findings"]:
        room -= len(json.dumps(finding))
        if room < 0:
            break
        findings.append(finding)
    is_cut = len(findings) < len(report["findings"])
    head = {"judged": True, "exit": ran.code, "from_repository": True, "cut": is_cut}
    return {**head, **report, "findings": findings}


def _decoded(output: bytes) -> str:
    return output.decode("utf-8", "replace").replace("\r\n", "\n")
