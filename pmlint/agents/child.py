"""One call of a tool is one run of the command line, in a child process (docs/spec/agents.md).

A child is what makes the answer the same as a person's, and what ends a run that takes too long.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
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


def run(root: str, *words: str, text: str | None = None) -> Ran:
    """Run a verb in a repository. Raises `UsageError` for a text that is too long, and where the
    run takes longer than a minute.
    """
    given = b"" if text is None else text.encode("utf-8", "surrogatepass")
    if len(given) > MAX_INPUT:
        raise UsageError(f"the text has {len(given):,} bytes, more than {MAX_INPUT:,}")
    # No variable of the client decides: PMLINT_* are options, and CI says what to compare.
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    started = time.monotonic()
    try:
        done = subprocess.run(
            (sys.executable, "-I", "-m", "pmlint", *words),
            cwd=root, env=environment, input=given, capture_output=True, timeout=MAX_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UsageError(f"stopped after {MAX_SECONDS} seconds") from None
    seconds = time.monotonic() - started
    # The verb alone: arguments are the text of a client, and may be anything.
    print(f"{words[0]} {seconds:.2f} s, exit code {done.returncode}", file=sys.stderr)
    return Ran(done.returncode, _decoded(done.stdout), _decoded(done.stderr))


def check(root: str, path: str, text: str) -> dict[str, Any]:
    """The findings of a text as if it were the file at ``path``; of the repository where ``path``
    is empty.
    """
    words = ["check", "--output-format", "json", "--no-cache"]
    if path:
        words += ["--stdin-filename", path, "-"]
    ran = run(root, *words, text=text if path else None)
    if ran.code not in (0, 1):
        error = ran.error.strip().removeprefix("error: ")
        return {"judged": False, "error": error, "from_repository": True}
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
