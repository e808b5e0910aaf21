"""Files of traces: a target for each reader.

The first byte of an input chooses: the rest is a file as it is, or a list of changes to rows that
the reader knows, so that what is fuzzed is the reader and not only JSON.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path as File
from typing import Any

from pmlint.errors import UsageError
from pmlint.model.dates import parse_moment
from pmlint.runs.event import TraceEvent
from pmlint.runs.fold import Fold
from pmlint.runs.pack import Gathered, pack_files, proposal
from pmlint.runs.pack.files import SecretInEvidence
from pmlint.runs.readers import READERS, TraceReader
from pmlint.runs.reading import TraceInput

ROWS = File(__file__).with_name("traces")
KNOWN = frozenset(path.stem for path in ROWS.iterdir())
"""The formats of which there are rows; protobuf has none."""
NOON = 1_795_780_800 * 10**9
"""2026-11-28T00:00:00Z: the day of the rows, so that their times can be."""
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, "", " ", "x", "ERROR", "\u202e\ud800\n", "0" * 16),
    *("TODO", "2026-11-28T00:00:01Z", "1e400", "-", "[]", '{"a": ', [], [[]], {}, {"": {}}, [None]),
    *({"value": {"intValue": "-x"}}, {"stringValue": 1}, [{"key": None}], float("nan")),
)


def mutated(rows: list[Any], program: bytes) -> list[Any]:
    """Rows with a value of another type, without a field, with a field twice, or in another order:
    four bytes a change.
    """
    rows = json.loads(json.dumps(rows))  # a third of the time of a deep copy
    for at in range(0, len(program) - 3, 4):
        places = list(_places(rows))
        if not places:
            break
        number = int.from_bytes(program[at : at + 2], "big")
        holder, key = places[number % len(places)]
        match program[at + 2] % 5:
            case 0 | 1:
                holder[key] = deepcopy(VALUES[program[at + 3] % len(VALUES)])
            case 2:
                del holder[key]
            case 3:
                # Ids of another row, a name in the place of a number: what is twice or swapped.
                other, name = places[(number + program[at + 3]) % len(places)]
                holder[key] = deepcopy(other[name]) if name in _keys(other) else None
            case _ if isinstance(holder, list):
                holder.insert(program[at + 3] % (len(holder) + 1), deepcopy(holder[key]))
    return rows


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in _keys(value):
        yield value, key
        yield from _places(value[key])


def _keys(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


@cache
def rows_of(name: str) -> list[Any]:
    """Rows that a reader knows, small and made by hand after real ones."""
    path = ROWS / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read(reader: TraceReader, data: bytes) -> None:
    """What comes out of a file is a refusal with a message, or runs and events that fit."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        events: list[TraceEvent] = []
        fold = Fold(("refund-triage",), sink=events.append)
        try:
            with TraceInput(file.name, NOON) as trace:
                for span in reader.read(trace):
                    fold.add(span)
        except UsageError as error:
            said(error.message)
            return
        for finding in trace.findings:
            said(finding.message)
            assert finding.span.row > 0
    fits(fold, events)


def said(message: str) -> None:
    """What is refused or reported has a message."""
    assert message


def fits(fold: Fold, events: list[TraceEvent]) -> None:
    """Each run and event has the shape of its schema, and a pack of them can be made."""
    runs = tuple(fold.finish())
    if not runs:
        return  # the command says that there is no run, and makes no pack
    for run in runs:
        assert run.run
        assert run.ended is None or (run.started or 0) <= run.ended
        assert min(run.rescues, run.corrections, run.approvals) >= 0
    for event in events:
        assert event.run
        assert all(isinstance(name, str) for name in (event.name, event.id, event.call, event.by))
        assert all(isinstance(name, str) for name in (event.error, event.decision, event.text))
    try:
        files = pack_files(Gathered(runs, tuple(events), ()), "evidence/PM-2026-002", None)
    except SecretInEvidence:
        return
    for file in files:
        for line in file.data.decode().split("\n")[:-1]:
            row = json.loads(line)
            assert all(parse_moment(row[name]) for name in ("at", "ended") if name in row)
    json.dumps(proposal(files, instructed=False), allow_nan=False)


def target_of(reader: TraceReader) -> Callable[[bytes], None]:
    """The target of one reader."""

    def target(data: bytes) -> None:
        if data[:1] == b"\x01" and reader.name in KNOWN:
            changed = mutated(rows_of(reader.name), data[1:])
            data = "".join(f"{json.dumps(row)}\n" for row in changed).encode()
        read(reader, data)

    target.__name__ = f"trace-{reader.name}"
    return target


TRACE_TARGETS = tuple(map(target_of, READERS))
"""A target for each reader."""
