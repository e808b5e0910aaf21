"""The five files of a pack, as JSON lines (docs/spec/runs.md, *An event*)."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model import People
from pmlint.parsing.source import INVISIBLE
from pmlint.place import Span
from pmlint.runs.event import TraceEvent, TraceRun, TraceSource
from pmlint.runs.pack.gather import Gathered
from pmlint.runs.pack.privacy import PersonNames, error_type, secret_in
from pmlint.runs.reading import TraceRefused

PACK_KINDS = ("instructions", "retrieval", "tool_log", "interventions", "outcome")
_FILE_OF = {
    "model": "instructions",
    "retrieval": "retrieval",
    "tool": "tool_log",
    "decision": "interventions",
    "agent": "outcome",
    "evaluation": "outcome",
}
MAX_PACK = 64 << 20


class SecretInEvidence(UsageError):
    """A text of the traces looks like a key or a password; ``findings`` name the places."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("the traces hold what looks like a secret")
        self.findings = tuple(findings)


class PackLine(NamedTuple):
    """One row of a file: its number from 1, and the event or run that it is of."""

    number: int
    of: TraceEvent | TraceRun


class PackFile(NamedTuple):
    """One of the five files: ``path`` below the root of the project, its bytes and their digest."""

    kind: str
    path: str
    data: bytes
    lines: tuple[PackLine, ...]

    @property
    def sha256(self) -> str:
        """The digest that the front matter names."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def name(self) -> str:
        """The file without its folder."""
        return os.path.basename(self.path)


def pack_files(
    gathered: Gathered, folder: str, people: People | None, *, content: bool = False
) -> tuple[PackFile, ...]:
    """All five files below ``folder``, in the order of `PACK_KINDS`; a kind that the traces don't
    carry is an empty file.

    Raises `SecretInEvidence`, and `TraceRefused` for a file above 64 MiB.
    """
    names = PersonNames(people)
    things: dict[str, list[TraceEvent | TraceRun]] = {kind: [] for kind in PACK_KINDS}
    for event in gathered.events:
        shown = event._replace(by=names.shown(event.by), error=error_type(event.error))
        things[_FILE_OF[event.kind]].append(shown if content else shown._replace(text=""))
    things["outcome"] += gathered.runs
    files, secrets = [], []
    for kind in PACK_KINDS:
        rows = [_row(thing) for thing in things[kind]]
        secrets += [
            _secret(thing, found)
            for thing, row in zip(things[kind], rows, strict=True)
            if (found := secret_in(row))
        ]
        data = "".join(map(_line, rows)).encode()
        if len(data) > MAX_PACK:
            text = f"the file '{kind}' of the pack is larger than 64 MiB"
            help = "name fewer runs, or leave out --content"
            raise TraceRefused("trace-too-large", text, f"{folder}/{kind}.jsonl", help)
        lines = tuple(PackLine(n, thing) for n, thing in enumerate(things[kind], start=1))
        files.append(PackFile(kind, f"{folder}/{kind}.jsonl", data, lines))
    if secrets:
        raise SecretInEvidence(secrets)
    return tuple(files)


def _row(thing: TraceEvent | TraceRun) -> Mapping[str, Any]:
    row = thing.row()
    if isinstance(thing, TraceEvent):
        # The folder that a file lay in is somebody's machine, and would change the bytes.
        row["source"] = {**thing.source._asdict(), "file": os.path.basename(thing.source.file)}
    return row


def _line(row: Mapping[str, Any]) -> str:
    """A row as JSON. Texts are written by models: what no reviewer sees is escaped."""
    text = json.dumps(row, ensure_ascii=False, default=str)
    return re.sub(INVISIBLE, lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def _secret(thing: TraceEvent | TraceRun, kind: str) -> Finding:
    """Where a secret is, and never the secret itself."""
    where = TraceSource("", 1, "")
    what = f"run '{thing.run}'"
    if isinstance(thing, TraceEvent):
        where, what = thing.source, f"the {thing.kind} of '{thing.run}'"
    return Finding(
        "secret-in-evidence",
        Level.ERROR,
        f"{what} holds what looks like {kind}",
        where.file,
        Span(where.line, 1, where.line, 1),
        help="take it out of the trace and revoke it, or leave out --content",
    )
