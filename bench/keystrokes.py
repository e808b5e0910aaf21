"""From a keystroke to its findings, at the protocol: ``python -m bench keystrokes``."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench.measure import Failed
from bench.stage import Outcome, Stage

KEYSTROKES = 200
SENTENCE = " The desk paid a refund twice, and nobody saw it before the evening."
PATIENCE = 0.12
"""Seconds between two keystrokes: a hundred words a minute."""


class Client:
    """An editor in its smallest form: it sends messages and waits for the findings of a version."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, method: str, number: int | None = None, **params: Any) -> None:
        """A request where it has a number, else a notification."""
        said = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(said | ({"id": number} if number else {})).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next message. Raises `Failed` where the server has ended."""
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise Failed("the language server has ended")
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message

    def findings(self, version: int) -> list[Any]:
        """The findings of a version of the document, as soon as they come."""
        while True:
            message = self.receive()
            params = message.get("params") or {}
            if params.get("version") == version and "diagnostics" in params:
                found: list[Any] = params["diagnostics"]
                return found


@contextmanager
def _served(stage: Stage, corpus: Path) -> Iterator[Client]:
    command = stage.pmlint(corpus, "server")
    with subprocess.Popen(
        command.words, cwd=corpus, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, **command.environment},
    ) as process:  # fmt: skip
        client = Client(process)
        client.send("initialize", 1, processId=None, rootUri=corpus.as_uri(), capabilities={})
        client.receive()
        client.send("initialized")
        yield client
        client.send("shutdown", 2)
        client.send("exit")


def suite(stage: Stage) -> Outcome:
    """A sentence typed into a postmortem, letter by letter, in one repository of one postmortem and
    one of many; each waits for the findings of the letter before.
    """
    outcome = Outcome()
    for documents in (1, stage.documents):
        waited = _typed(stage, stage.corpus(documents))
        first, *keys = (round(1_000 * seconds, 1) for seconds in waited)
        cuts = quantiles(keys, n=100)
        half, most = round(cuts[49], 1), round(cuts[98], 1)
        outcome.notes.append(
            f"of {documents:,} postmortems, one is open: first findings after {first:,} ms; "
            f"{len(keys)} keystrokes to findings p50 {half} ms, p99 {most} ms"
        )
        if documents == stage.documents:
            outcome.figures |= {"keystroke-p50": half, "keystroke-p99": most}
        else:
            outcome.figures["server-start"] = first
    return outcome


def _typed(stage: Stage, corpus: Path) -> list[float]:
    """How long the findings took, in seconds: of the opened document, then of each keystroke."""
    (corpus / "pmlint.toml").touch()  # by which the server knows the root
    file = sorted((corpus / "postmortems").iterdir())[0]
    text, waited = file.read_text(), []
    at = text.index("\n", text.index("\nsummary:") + 1)
    started = time.perf_counter()
    with _served(stage, corpus) as client:
        document = {"uri": file.as_uri(), "languageId": "markdown", "version": 1, "text": text}
        client.send("textDocument/didOpen", textDocument=document)
        client.findings(1)
        waited.append(time.perf_counter() - started)
        for number in range(KEYSTROKES):
            time.sleep(PATIENCE)
            letter = SENTENCE[number % len(SENTENCE)]
            text, at = text[:at] + letter + text[at:], at + 1
            started = time.perf_counter()
            client.send(
                "textDocument/didChange",
                textDocument={"uri": file.as_uri(), "version": number + 2},
                contentChanges=[{"text": text}],
            )
            client.findings(number + 2)
            waited.append(time.perf_counter() - started)
    return waited
