"""Statements of facts that the gate does not look up itself (docs/spec/trust.md, *Statements*).

1. The mode is the base's: ``file`` takes what a trusted workflow hands over, ``signature`` that, or
   the newest of the folder **on the base**, if a machine of the base's people file signed it. What
   the head has below the folder is never read.
2. A statement is read strictly: a key twice, a number that is not an integer, and a shape that the
   schema does not know are unreadable. Two readers of one text would be two judges.
3. Only *whether it counts* is asked here; `checks.budgets` and `checks.replays` ask what it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pmlint.errors import UsageError
from pmlint.gate.signing import InvalidSignature, StatementKind, verify_statement
from pmlint.model import People
from pmlint.model.dates import parse_moment
from pmlint.model.schema import SchemaKind, check
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.settings import StatementMode

LARGEST = 16 << 20
"""The most bytes of a statement: 200 routes take 0.2 MB."""


class HandedStatement(NamedTuple):
    """What ``--budgets`` or ``--replays`` names: the file as messages call it, its bytes, and why
    they could not be read, None where they were.
    """

    file: str
    data: bytes
    problem: str | None = None


class UnusableStatement(Exception):
    """Why no statement counts: the end of a code, such as ``budgets-missing``, and the words."""

    def __init__(self, reason: Literal["missing", "unreadable", "unsigned"], message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class UsableStatement(NamedTuple):
    """A statement that counts: its file as messages call it, and what it says."""

    file: str
    data: Mapping[str, Any]


class _Envelope(NamedTuple):
    """A statement with its signature; ``by`` is empty where it has none."""

    file: str
    data: Mapping[str, Any]
    by: str = ""
    signature: str = ""


def hand_over(file: str) -> HandedStatement:
    """Read a file that a workflow hands over; what cannot be read is said where it is needed,
    because a change that restores nothing does not need it.
    """
    try:
        with open(file, "rb") as handed:
            return HandedStatement(file, handed.read(LARGEST + 1))
    except OSError as error:
        return HandedStatement(file, b"", (error.strerror or str(error)).lower())


def usable_statement(
    kind: StatementKind,
    mode: StatementMode,
    handed: HandedStatement | None,
    base: Tree,
    people: People | None,
) -> UsableStatement:
    """The statement that counts in a mode: the one that was handed over, else with ``signature``
    the newest that the base has. ``people`` are those of the base.

    Raises `UnusableStatement` where there is none, or it cannot be read or believed.
    """
    if handed is not None:
        if handed.problem is not None:
            raise UnusableStatement("unreadable", f"'{handed.file}': {handed.problem}")
        found = _opened(kind, handed.file, handed.data)
    elif mode == "signature":
        found = _newest(kind, base)
    else:
        raise UnusableStatement("missing", f"no statement of {kind} was handed over")
    if mode == "signature":
        _require_signature(kind, found, people)
    return UsableStatement(found.file, found.data)


def moment_in(text: str) -> datetime:
    """A moment that a usable statement names: its schema takes nothing else for one."""
    found = parse_moment(text)
    assert found is not None, text
    return found


def _newest(kind: StatementKind, base: Tree) -> _Envelope:
    """The newest statement below the folder of its kind, by what it says of its own time.

    One that cannot be read could be the newest, so it is not passed over.
    """
    files = [
        entry.path
        for entry in base.walk(kind)
        if entry.kind == "file" and entry.path.endswith(".json") and entry.path.count("/") == 1
    ]
    if not files:
        raise UnusableStatement(
            "missing", f"no statement of {kind} was handed over, and the base has no {kind}/*.json"
        )
    return max((_from_base(kind, base, file) for file in sorted(files)), key=_made)


def _from_base(kind: StatementKind, base: Tree, file: str) -> _Envelope:
    try:
        return _opened(kind, file, base.read(file, LARGEST))
    except Malformed as error:
        raise UnusableStatement("unreadable", f"'{file}': {error.message}") from None


def _made(envelope: _Envelope) -> datetime:
    """When a statement was made."""
    data = envelope.data
    times = [data["as_of"]] if "as_of" in data else list(_finished(data))
    return max(map(moment_in, times), default=_NEVER)


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _finished(data: Mapping[str, Any]) -> Iterator[str]:
    for entry in data["replays"]:
        yield entry["green"]["predicate"]["finishedOn"]


def _opened(kind: StatementKind, file: str, data: bytes) -> _Envelope:
    """A statement out of its envelope, or as it is where it has none."""
    if len(data) > LARGEST:
        raise UnusableStatement("unreadable", f"'{file}': larger than {LARGEST >> 20} MiB")
    try:
        found = read_json_strictly(data)
    except ValueError as error:
        raise UnusableStatement("unreadable", f"'{file}': {error}") from None
    if isinstance(found, dict) and found.get("kind") == "signed":
        _require_shape("signed", file, found)
        statement = found["statement"]
        _require_shape(kind, file, statement)
        return _Envelope(file, statement, found["by"], found["signature"])
    _require_shape(kind, file, found)
    return _Envelope(file, found)


def read_json_strictly(data: bytes) -> Any:
    """JSON in which each key is there once and each number is an integer. Raises `ValueError`."""
    try:
        return json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg.lower()} in line {error.lineno}") from None
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except RecursionError:
        raise ValueError("nested too deep") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # json.loads takes the last of two, other readers the first
        twice = next(name for number, (name, _) in enumerate(pairs) if name in dict(pairs[:number]))
        raise ValueError(f"duplicate key '{twice}'")
    return found


def _no_float(text: str) -> Any:
    # 1e3, 0.5, NaN and Infinity: a count is an integer, and a decimal is written as a text
    raise ValueError(f"{text} is not an integer")


def _require_shape(kind: SchemaKind, file: str, data: Any) -> None:
    """Raise `UnusableStatement` for anything but the shape of a kind, in its known version."""
    if problems := check(kind, data):
        first = problems[0]
        raise UnusableStatement("unreadable", f"'{file}': {first.message}")


def _require_signature(kind: StatementKind, found: _Envelope, people: People | None) -> None:
    if not found.signature:
        raise UnusableStatement("unsigned", f"'{found.file}' is not signed")
    try:
        verify_statement(found.data, found.signature, found.by, people, kind)
    except InvalidSignature as error:
        raise UnusableStatement("unsigned", f"'{found.file}': {error}") from None
    except UsageError as error:
        # without ssh-keygen nobody can tell, and nothing judged is not a pass
        raise UnusableStatement("unsigned", f"'{found.file}': {error.message}") from None
