"""Inspect: logs as JSON, or as a ZIP whose members are compressed by zstd. A run is a sample.

- The approvers ``auto`` and ``policy`` are machines. Any other name, also one of a team's own, is a
  person: a log does not say more.
- A log of a task that was killed has no header; what its journal began with names the task.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.runs.decoding import json_of
from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.names import list_of, map_of
from pmlint.runs.reading import MAX_DEPTH, TraceInput, TraceLine, TraceRefused, is_deep
from pmlint.runs.times import nanoseconds
from pmlint.runs.zstd import zip_module, zstd_module

_ZIP = b"PK\x03\x04"
_BROKEN = (EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
"""What zipfile raises besides for bytes that nobody meant: a negative offset, a password."""
MAX_MEMBER = 64 << 20
"""A sample holds its whole conversation; members are read one after the other."""
_MACHINES = frozenset(("auto", "policy"))
_BROKEN_OFF = {"user_cancel": "person", "limit": "machine", "system": "machine"}
"""Who is behind an event ``interrupt``, by its source."""
_FINISH = {"max_tokens": "length", "model_length": "length", "content_filter": "content_filter"}
"""Reasons to stop that are a warning, by their names in OpenTelemetry."""
_STARTED = "_journal/start.json"
_LETTERS = {"C": "correct", "I": "incorrect", "P": "partial", "N": "incorrect"}
"""What scorers write in one letter: correct, incorrect, partial, no answer."""
_DECISIONS = {
    "approve": "approval",
    "modify": "edit",
    "reject": "rejection",
    "terminate": "takeover",
    "escalate": "question",
}


class InspectLog:
    """Logs of Inspect."""

    name = "inspect"

    def recognises(self, head: bytes) -> bool:
        """By the members of the archive, or by the first fields of a log."""
        zipped = (head[:4] == _ZIP and b"_journal/" in head) or b"samples/" in head[:4096]
        return zipped or (b'"eval"' in head and b'"status"' in head and b'"eval_id"' in head)

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The calls and approvals of every sample."""
        if file.head[:4] == _ZIP:
            header, samples = _archive(file)
        else:
            logs = list(file.read_json())
            header = logs[0][1] if logs else {}
            samples = list_of(header.get("samples"))
        if not samples:
            text = "the log has no samples: its task kept none, or has not begun"
            help = "run it with --log-samples"
            file.report("trace-unreadable", Level.ERROR, text, TraceLine(1, b""), help)
        evaluation = map_of(header.get("eval"))
        resource = {
            "agent.name": evaluation.get("task"),
            "eval.id": evaluation.get("eval_id"),
            **{f"metadata.{name}": value for name, value in map_of(header.get("metadata")).items()},
        }
        for number, sample in enumerate(samples, start=1):
            source = TraceSource(file.path, number, self.name)
            yield from _sample(map_of(sample), resource, file, source)


def _archive(file: TraceInput) -> tuple[Mapping[str, Any], list[Any]]:
    try:
        zipfile, zstd = zip_module(), zstd_module()
    except ModuleNotFoundError:
        raise UsageError(
            "logs of Inspect in a ZIP need an extra",
            file=file.path,
            help="pip install 'pmlint[traces]'",
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(file.read_rest())) as archive:
            # Sorted: the order of members is the order in which samples ended, which changes.
            names = sorted(name for name in archive.namelist() if name.startswith("samples/"))
            is_whole = "header.json" in archive.namelist()
            first = "header.json" if is_whole else _STARTED
            found = [
                _member(archive, name, file, number) for number, name in enumerate([first, *names])
            ]
    except (zipfile.BadZipFile, zstd.ZstdError, zlib.error, *_BROKEN) as error:
        text = f"the archive cannot be read: {str(error).lower()}"
        raise TraceRefused("trace-unreadable", text, file.path, "write the log anew") from None
    header, *samples = found
    file.lines += len(samples)
    if not is_whole:
        text = "the log has no header: its task was killed, or is still at work"
        file.report("trace-truncated", Level.WARNING, text, TraceLine(1, b""))
    return map_of(header), samples


def _member(archive: Any, name: str, file: TraceInput, number: int) -> Any:
    """A member as JSON, bounded like a line; None, and a finding, for one that cannot be read."""
    try:
        # The size in the archive's directory is its maker's word, so the bytes are counted.
        with archive.open(name) as member:
            data = member.read(MAX_MEMBER + 1)
    except KeyError:
        data = b""
    if len(data) > MAX_MEMBER:
        raise file.too_large(f"'{name}' is larger than 64 MiB")
    if is_deep(data):
        raise file.too_large(f"'{name}' is nested deeper than {MAX_DEPTH}")
    found = json_of(data)
    if found is None:
        text = f"'{name}' is not JSON"
        line = TraceLine(max(number, 1), b"")
        file.report("trace-unreadable", Level.ERROR, text, line)
    return found


def _sample(
    sample: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> Iterator[TraceSpan]:
    # Logs before 0.3.70 have no ids of their own for samples, and each epoch runs all of them.
    numbered = (resource.get("eval.id"), sample.get("id"), sample.get("epoch"))
    trace = str(sample.get("uuid") or ":".join(map(str, numbered)))
    attributes = {
        f"metadata.{name}": value for name, value in map_of(sample.get("metadata")).items()
    }
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for event in _events(sample):
        by_kind.setdefault(str(event.get("event")), []).append(event)
    stopped = {
        str(map_of(event.get("call")).get("id"))
        for event in by_kind.get("approval", ())
        if event.get("decision") in ("reject", "terminate")
    }
    stopped |= {
        str(event.get("interrupted_tool_call_id")) for event in by_kind.get("interrupt", ())
    }
    for event in by_kind.get("approval", ()):
        yield _approval(trace, event, file, source)._replace(resource=resource)
    for event in (*by_kind.get("interrupt", ()), *by_kind.get("sample_limit", ())):
        if by := _stopper(event):
            yield _stop(trace, event, by, file, source)._replace(resource=resource)
    for event in by_kind.get("model", ()):
        yield _answer(trace, event, file, source)._replace(resource=resource)
    for event in by_kind.get("tool", ()):
        yield _call(trace, event, stopped, file, source)._replace(resource=resource)
    for scorer, score in map_of(sample.get("scores")).items():
        yield _score(trace, scorer, map_of(score), sample, file, source)._replace(resource=resource)
    start, end = nanoseconds(sample.get("started_at")), nanoseconds(sample.get("completed_at"))
    start, end = file.clock(start, end, source.line)
    name = str(sample.get("id"))
    failed = sample.get("error") is not None
    yield TraceSpan(trace, "sample", "", name, start, end, failed, attributes, resource, (), source)


def _events(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The events of a sample, with those that logs of 2024 keep inside the event of a call."""
    for event in map(map_of, list_of(part.get("events"))):
        yield event
        yield from _events(event)


def _stopper(event: Mapping[str, Any]) -> str:
    """Who broke a sample off; empty where a limit of it was reached."""
    if event.get("event") == "sample_limit":
        return "person" if event.get("type") == "operator" else ""
    return _BROKEN_OFF.get(str(event.get("source")), "unknown")


def _stop(
    trace: str, event: Mapping[str, Any], by: str, file: TraceInput, source: TraceSource
) -> TraceSpan:
    at = nanoseconds(event.get("timestamp"))
    start, end = file.clock(at, at, source.line)
    attributes = {
        "pmlint.intervention.kind": "cancellation",
        "pmlint.intervention.tool_call": event.get("interrupted_tool_call_id"),
        "pmlint.decided_by": by,
    }
    name = "pmlint.intervention"
    return TraceSpan(trace, "", "sample", name, start, end, False, attributes, {}, (), source)


def _answer(
    trace: str, event: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    """What a model answered: the calls that it asked for, and why it stopped."""
    start, end = nanoseconds(event.get("timestamp")), nanoseconds(event.get("completed"))
    start, end = file.clock(start, end, source.line)
    choices = [map_of(one) for one in list_of(map_of(event.get("output")).get("choices"))]
    calls = [
        {"type": "tool_call", **call, "name": call.get("function")}
        for choice in choices
        for call in map(map_of, list_of(map_of(choice.get("message")).get("tool_calls")))
    ]
    reasons = [_FINISH.get(str(choice.get("stop_reason")), "stop") for choice in choices]
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": [{"role": "assistant", "parts": calls}] if calls else None,
        "gen_ai.response.finish_reasons": reasons,
    }
    id, name, failed = str(event.get("uuid")), str(event.get("model")), bool(event.get("error"))
    return TraceSpan(trace, id, "sample", name, start, end, failed, attributes, {}, (), source)


def _approval(
    trace: str, event: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    at = nanoseconds(event.get("timestamp"))
    start, end = file.clock(at, at, source.line)
    by, call = str(event.get("approver") or ""), map_of(event.get("call"))
    attributes = {
        "pmlint.intervention.kind": _DECISIONS.get(str(event.get("decision")), ""),
        "pmlint.intervention.by": by,
        "pmlint.intervention.tool_call": call.get("id"),
        "pmlint.decided_by": "machine" if by in _MACHINES else "person",
        "gen_ai.tool.name": call.get("function"),
    }
    name = "pmlint.intervention"
    return TraceSpan(trace, "", "sample", name, start, end, False, attributes, {}, (), source)


def _score(
    trace: str,
    scorer: str,
    score: Mapping[str, Any],
    sample: Mapping[str, Any],
    file: TraceInput,
    source: TraceSource,
) -> TraceSpan:
    """A score as a log record of OpenTelemetry's evaluation event."""
    at = nanoseconds(sample.get("completed_at") or sample.get("started_at"))
    start, end = file.clock(at, at, source.line)
    value = score.get("value")
    attributes = {
        "gen_ai.evaluation.name": scorer,
        "gen_ai.evaluation.score.label": _LETTERS.get(str(value), value),
        "pmlint.decided_by": "machine",
    }
    name = "gen_ai.evaluation.result"
    return TraceSpan(trace, "", "sample", name, start, end, False, attributes, {}, (), source)


def _call(
    trace: str,
    event: Mapping[str, Any],
    stopped: set[str],
    file: TraceInput,
    source: TraceSource,
) -> TraceSpan:
    start, end = nanoseconds(event.get("timestamp")), nanoseconds(event.get("completed"))
    start, end = file.clock(start, end, source.line)
    error = map_of(event.get("error"))
    # The type of the error says it also where the log has no events of approvals.
    blocked = str(event.get("id")) in stopped or error.get("type") == "approval"
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": event.get("function"),
        "gen_ai.tool.call.id": event.get("id"),
        "gen_ai.tool.call.arguments": event.get("arguments"),
        "error.type": error.get("type"),
        **({"pmlint.status": "blocked"} if blocked else {}),
        **({"pmlint.status": "unknown"} if event.get("pending") is True else {}),
    }
    has_failed = bool(error) or event.get("failed") is True
    id, failed = str(event.get("uuid")), has_failed and not blocked
    return TraceSpan(
        trace, id, "sample", "execute_tool", start, end, failed, attributes, {}, (), source
    )
