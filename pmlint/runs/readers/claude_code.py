"""Transcripts of Claude Code: the only format that says who decided what about each call.

Its row fields are undocumented internals of one version, so they are read tolerantly: what is
absent is unknown. A transcript has no spans; each proposal, call and decision becomes the span or
log record that OpenTelemetry would have of it, so that everything behind the readers is one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.names import decided_by, map_of
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds

_BROKEN = "api error"
"""The stop of a session whose last answer is an error of the interface."""
_WORDS = {
    "User rejected tool use": "person",
    "Error: The user doesn't want to proceed with this tool use": "person",
    "Error: The user doesn't want to take this action right now": "person",
    "Error: Permission for this tool use was denied": "unknown",
    "Error: Permission to use ": "machine",
    # Nobody was there to be asked, as in a session without a terminal.
    "Error: Claude requested permissions to ": "machine",
    "Error: PreToolUse:": "machine",
}
"""How a result begins by which versions without `permissionDecision` say that a call was refused,
and who refused it. Read in public transcripts of 2025 and 2026.
"""
_KINDS = {
    "user-rejected": "person",
    "permission-rule": "machine",
    "automode-blocked": "machine",
    "automode-unavailable": "machine",
}
"""Values of `toolDenialKind`, which says what refused a call, and who that is."""
_BROKEN_OFF = "Error: [Request interrupted by user"
"""How a result begins where a person pressed Escape while the call ran."""
_QUESTION = "AskUserQuestion"
"""The tool by which a model asks the user: without an answer it waits."""
_STOPPED = {"interrupted": "person", "cancelled": "machine"}
"""Other values of it: nobody refused the call, but it was stopped. A person presses Escape; a call
is cancelled where another one beside it failed.
"""


class _Session(NamedTuple):
    """What is known of a session so far: its first and last time, its last stop reason (empty where
    a question has no answer yet), its calls by id as name and arguments.
    """

    first: int
    last: int
    stop: str
    calls: dict[str, tuple[str, Any]]


class ClaudeCode:
    """Transcripts of Claude Code."""

    name = "claude-code"

    def recognises(self, head: bytes) -> bool:
        """By the id of its session and one of its kinds of rows."""
        others = (b"resourceLogs", b"parentObservationId", b"htmlPath", b"span_kind")
        has_fields = b'"sessionId"' in head and b'"type"' in head
        return has_fields and not any(name in head for name in others)

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """Proposals, calls and decisions in the order of the rows, and then the sessions."""
        # Rows without a time ("tools-used", "cost-state") are bookkeeping.
        rows = ((line, row) for line, row in file.read_json() if nanoseconds(row.get("timestamp")))
        yield from spans_of_rows(rows, file, self.name)


def spans_of_rows(
    rows: Iterable[tuple[int, Mapping[str, Any]]], file: TraceInput, format: str
) -> Iterator[TraceSpan]:
    """The spans of rows with their lines. A row of a stream may have no time."""
    sessions: dict[str, _Session] = {}
    # Forks bring the rows of their session along: what is in them was done there.
    copies: dict[str, _Session] = {}
    source = TraceSource(file.path, 1, format)
    for line, row in rows:
        name, at = str(row.get("sessionId") or ""), nanoseconds(row.get("timestamp"))
        message = row.get("message")
        # Other rows with a time are the program's own, such as "queue-operation".
        if not name or not isinstance(message, dict):
            continue
        at = file.clock(at, at, line)[0] if at else 0
        source = TraceSource(file.path, line, format)
        if isinstance(row.get("forkedFrom"), dict):
            known = copies.get(name) or _Session(at, 0, "", {})
            copies[name] = known._replace(calls=_open_calls(known.calls, message))
            continue
        carried = copies.pop(name, None)
        known = sessions.get(name) or _Session(at, at, "", carried.calls if carried else {})
        stop = _stop(row, message, known.stop)
        first, last = known.first or at, max(known.last, at)
        calls = _open_calls(known.calls, message)
        sessions[name] = _Session(first, last, stop, calls)
        for block in _blocks(message):
            if block.get("type") == "tool_use":
                yield _proposal(name, block, at, source)
            elif block.get("type") == "tool_result":
                call = str(block.get("tool_use_id") or "")
                made = known.calls.get(call, ("", None))
                yield from _answer(name, row, block, made, at, source)
    for name, session in (sessions | copies).items():
        yield from _ended(name, session, source)


def _open_calls(
    calls: Mapping[str, tuple[str, Any]], message: Mapping[str, Any]
) -> dict[str, tuple[str, Any]]:
    """The calls that wait for an answer after a message: those that it proposes, and not those that
    it answers.
    """
    blocks = list(_blocks(message))
    asked = {
        str(block.get("id")): (str(block.get("name")), block.get("input"))
        for block in blocks
        if block.get("type") == "tool_use"
    }
    answered = {str(block.get("tool_use_id") or "") for block in blocks}
    return {id: made for id, made in {**calls, **asked}.items() if id not in answered}


def _ended(name: str, session: _Session, source: TraceSource) -> Iterator[TraceSpan]:
    """A session as a root, behind the questions that nobody answered."""
    for call, made in session.calls.items():
        if made[0] == _QUESTION:
            yield _call(name, call, made, "waiting", session.last, source)
    has_ended = session.stop in ("end_turn", _BROKEN)
    # One without any time has ended where it has a root, and only there.
    if not session.first and not has_ended:
        return
    # One that did not end has no end; a session that was resumed has a root in each file.
    end = session.last if has_ended else 0
    root = _span(name, f"session {source.file}", "", session.first, end, {}, source)
    yield root._replace(failed=session.stop == _BROKEN)


def _stop(row: Mapping[str, Any], message: Mapping[str, Any], last: str) -> str:
    """Why the session rests after a row, as its model says it; ``last`` is why it did before."""
    # A sub-agent that ends does not end the session, nor does what the program writes for itself.
    if any(row.get(name) is True for name in ("isSidechain", "isMeta", "isCompactSummary")):
        return last
    if row.get("isApiErrorMessage") is True:
        return _BROKEN
    is_answer = any(block.get("type") == "tool_result" for block in _blocks(message))
    is_command = str(message.get("content")).startswith("<")  # `/exit` and what it printed
    if row.get("type") == "user" and not is_answer and not is_command:
        return ""
    return str(message.get("stop_reason") or last)


def _blocks(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    content = message.get("content")
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict):
            yield block


def _proposal(session: str, block: Mapping[str, Any], at: int, source: TraceSource) -> TraceSpan:
    part = {
        "type": "tool_call",
        "id": block.get("id"),
        "name": block.get("name"),
        "arguments": block.get("input"),
    }
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": [{"role": "assistant", "parts": [part]}],
    }
    id = f"model-{block.get('id') or source.line}"
    return _span(session, id, "session", at, at, attributes, source)


def _answer(
    session: str,
    row: Mapping[str, Any],
    block: Mapping[str, Any],
    made: tuple[str, Any],
    at: int,
    source: TraceSource,
) -> Iterator[TraceSpan]:
    """A call with its result, and before it what was decided about it."""
    call = str(block.get("tool_use_id") or "")
    decision, by = _decided(row)
    if decision:
        attributes = {
            "pmlint.intervention.kind": decision,
            "pmlint.intervention.tool_call": call,
            "gen_ai.tool.name": made[0],
            "pmlint.decided_by": by,
        }
        yield TraceSpan(
            session, "", "session", "pmlint.intervention", at, at, False, attributes, {}, (), source
        )
    is_blocked = decision in ("rejection", "cancellation")
    span = _call(session, call, made, "blocked" if is_blocked else "", at, source)
    yield span._replace(failed=block.get("is_error") is True and not is_blocked)


def _call(
    session: str, call: str, made: tuple[str, Any], status: str, at: int, source: TraceSource
) -> TraceSpan:
    name, arguments = made
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.id": call,
        "gen_ai.tool.call.arguments": arguments,
        **({"pmlint.status": status} if status else {}),
    }
    return _span(session, f"tool-{call or source.line}", "session", at, at, attributes, source)


def _decided(row: Mapping[str, Any]) -> tuple[str, str]:
    """What was decided about a call, empty where nothing was, and who decided it."""
    asked, result = map_of(row.get("permissionDecision")), row.get("toolUseResult")
    kind, by = str(row.get("toolDenialKind") or ""), decided_by(asked.get("source"))
    if asked.get("decision") == "reject":
        return "rejection", by
    if kind in _STOPPED:
        return "cancellation", _STOPPED[kind]
    text = result if isinstance(result, str) else ""
    worded = next((who for words, who in _WORDS.items() if text.startswith(words)), "")
    if text.startswith(_BROKEN_OFF):
        return "cancellation", "person"
    if worded or kind:
        # The words first: where nobody could be asked, the kind is `user-rejected` all the same.
        return "rejection", worded or _KINDS.get(kind, "unknown")
    # An edit says more than the approval that it came with.
    if map_of(result).get("userModified") is True:
        return "edit", by
    return ("approval" if asked.get("decision") == "accept" else ""), by


def _span(
    session: str,
    id: str,
    parent: str,
    start: int,
    end: int,
    attributes: Mapping[str, Any],
    source: TraceSource,
) -> TraceSpan:
    attributes = {"sessionId": session, **attributes}
    resource = {"service.name": "claude-code"}
    return TraceSpan(
        session, id, parent, "claude-code", start, end, False, attributes, resource, (), source
    )
