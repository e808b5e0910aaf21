"""From a keystroke to its findings, at the protocol: ``python -m bench keystrokes``."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import Failed, run
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
    """A server in a repository, without anything that an earlier run remembers."""
    command = stage.pmlint(corpus, "server")
    with TemporaryDirectory() as cache, subprocess.Popen(
        command.words, cwd=corpus, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, **command.environment, "XDG_CACHE_HOME": cache},
    ) as process:  # fmt: skip
        client = Client(process)
        client.send("initialize", 1, processId=None, rootUri=corpus.as_uri(), capabilities={})
        client.receive()
        client.send("initialized")
        yield client
        client.send("shutdown", 2)
        client.send("exit")


def suite(stage: Stage) -> Outcome:
    """From the start of a server to the findings of the document that is opened first, and a
    sentence typed into it, letter by letter; each waits for the findings of the letter before.
    """
    outcome = Outcome()
    few, many = stage.corpus(1), stage.corpus(stage.documents)
    for corpus in (few, many):
        (corpus / "pmlint.toml").touch()  # by which the server knows the root
    rounds = [
        (_library(stage, few), _first(stage, few), _first(stage, many)) for _ in range(stage.rounds)
    ]
    outcome.figures |= {
        "server-start": round(1_000 * median(one for _, one, _ in rounds)),
        "server-start-many": median(many / one for _, one, many in rounds),
        "server-start-library": median(many / bare for bare, _, many in rounds),
    }
    for documents, corpus in ((1, few), (stage.documents, many)):
        keys = [round(1_000 * seconds, 1) for seconds in _typed(stage, corpus)]
        cuts = quantiles(keys, n=100)
        half, most = round(cuts[49], 1), round(cuts[98], 1)
        outcome.notes.append(
            f"of {documents:,} postmortems, one is open: {len(keys)} keystrokes to findings, "
            f"p50 {half} ms, p99 {most} ms"
        )
    outcome.figures |= {"keystroke-p50": half, "keystroke-p99": most}
    return outcome


def _library(stage: Stage, corpus: Path) -> float:
    """How long the library of the protocol takes to be imported, in seconds of wall time."""
    return run(stage.python(corpus, "import pygls.lsp.server")).wall


def _first(stage: Stage, corpus: Path) -> float:
    """How long a server takes from its start to its first findings, in seconds."""
    started = time.perf_counter()
    with _served(stage, corpus) as client:
        _opened(client, corpus)
        return time.perf_counter() - started


def _opened(client: Client, corpus: Path) -> Path:
    """The first postmortem of a repository, opened, with its findings there."""
    file = sorted((corpus / "postmortems").iterdir())[0]
    document = {
        "uri": file.as_uri(), "languageId": "markdown", "version": 1, "text": file.read_text(),
    }  # fmt: skip
    client.send("textDocument/didOpen", textDocument=document)
    client.findings(1)
    return file


def _typed(stage: Stage, corpus: Path) -> list[float]:
    """How long the findings of each keystroke took, in seconds."""
    waited = []
    with _served(stage, corpus) as client:
        file = _opened(client, corpus)
        text = file.read_text()
        at = text.index("\n", text.index("\nsummary:") + 1)
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
