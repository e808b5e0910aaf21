"""What `claude -p` prints: `--output-format stream-json`, a message a line, or `json`, its result.

Its messages are rows of a transcript by other names. Most have no time: such a run has neither a
start nor an end, which is said. Calls that nobody was there to allow are listed in the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.finding import Level
from pmlint.runs.event import TraceSpan
from pmlint.runs.names import list_of, map_of
from pmlint.runs.readers.claude_code import spans_of_rows
from pmlint.runs.reading import TraceInput, TraceLine

_Rows = list[tuple[int, Mapping[str, Any]]]
_DENIED = "permission-rule"


class ClaudeStream:
    """The output of Claude Code's command."""

    name = "claude-stream"

    def recognises(self, head: bytes) -> bool:
        """By the session and a field that only its messages have."""
        fields = (b'"parent_tool_use_id"', b'"permission_denials"', b'"permissionMode"')
        has_fields = b'"session_id"' in head and any(name in head for name in fields)
        return has_fields and b'"sessionId"' not in head and b"parent_observation_id" not in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The spans of each session, as those of a transcript."""
        rows = list(_rows(file))
        if rows and not any(row.get("timestamp") for _, row in rows):
            text = (
                "the messages have no times: the run has no start and no end, and is in no window"
            )
            help = "read the transcript of the session, which has them"
            line = TraceLine(rows[0][0], b"")
            file.report("trace-clock", Level.WARNING, text, line, help)
        yield from spans_of_rows(rows, file, self.name)


def _rows(file: TraceInput) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The messages as rows; those before a result wait for what it says was denied."""
    before: _Rows = []
    for line, message in file.read_json():
        if message.get("type") != "result":
            before.append((line, message))
            continue
        yield from _denied(before, map_of(message), line)
        yield line, _end(message)
        before = []
    yield from ((line, _row(message)) for line, message in before)


def _denied(
    before: _Rows, result: Mapping[str, Any], line: int
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows before a result, and the calls that were denied and have no row."""
    denials = {
        str(one.get("tool_use_id")): one
        for one in map(map_of, list_of(result.get("permission_denials")))
    }
    for number, message in before:
        for row in _each(message):
            answered = _answered(row)
            if denials.pop(answered, None) is not None:
                row = {**row, "toolDenialKind": row.get("toolDenialKind") or _DENIED}
            yield number, row
    session = result.get("session_id")
    for id, one in denials.items():
        told = {"id": id, "name": one.get("tool_name"), "input": one.get("tool_input")}
        asked = {"type": "tool_use", **told}
        refused = {"type": "tool_result", "tool_use_id": id, "is_error": True}
        # A call that was proposed in a row is known there.
        if not any(_proposes(message, id) for _, message in before):
            yield line, {"sessionId": session, "message": {"content": [asked]}}
        yield (
            line,
            {
                "sessionId": session,
                "toolDenialKind": _DENIED,
                "message": {"content": [refused]},
            },
        )


def _end(result: Mapping[str, Any]) -> Mapping[str, Any]:
    failed = result.get("is_error") is True or str(result.get("subtype")) != "success"
    return {
        "sessionId": result.get("session_id"),
        "timestamp": result.get("timestamp"),
        "isApiErrorMessage": failed,
        "message": {"stop_reason": "end_turn"},
    }


def _each(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A message as rows, one for each answer to a call: calls at once are answered together."""
    row = _row(message)
    content = map_of(row.get("message")).get("content")
    if not isinstance(content, list) or len(content) < 2:
        yield row
        return
    for block in content:
        yield {**row, "message": {**map_of(row["message"]), "content": [block]}}


def _row(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message by the names of a transcript."""
    row = {
        "type": message.get("type"),
        "sessionId": message.get("session_id"),
        "timestamp": message.get("timestamp"),
        "message": message.get("message"),
        "isSidechain": message.get("parent_tool_use_id") is not None,
        "toolUseResult": message.get("tool_use_result"),
    }
    call = _answered(row)
    for one in map(map_of, list_of(message.get("tool_result_meta"))):
        if str(one.get("id")) == call:
            row["toolDenialKind"] = one.get("non_execution_kind")
    return row


def _answered(row: Mapping[str, Any]) -> str:
    """The call that a row answers; empty for one that answers none."""
    for block in map(map_of, list_of(map_of(row.get("message")).get("content"))):
        if block.get("type") == "tool_result":
            return str(block.get("tool_use_id") or "")
    return ""


def _proposes(message: Mapping[str, Any], id: str) -> bool:
    blocks = map(map_of, list_of(map_of(message.get("message")).get("content")))
    return any(block.get("type") == "tool_use" and block.get("id") == id for block in blocks)
