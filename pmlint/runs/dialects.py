"""What a span or log record says, as events; `proposals` has the calls that a model asked for.

Where a naive reader goes wrong stands in docs/spec/runs.md; the reasons are repeated here at the
place that they made necessary.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.model.dates import parse_date, parse_moment
from pmlint.runs.event import EventKind, EventStatus, TraceEvent, TraceSpan
from pmlint.runs.names import (
    ANNOTATORS,
    decided_by,
    first_of,
    holders_of,
    indexed,
    levels,
    list_of,
    map_of,
    operations,
    parsed,
    words_of,
)

_OPERATION, _TOOL = "gen_ai.operation.name", "gen_ai.tool.name"
_MERGED = "(merged tools)"
_JUDGED = tuple(
    (f"{scope}{word}s", word)
    for word in ("evaluation", "annotation")
    for scope in ("", "trace.", "session.")
)
_LONG = 64
"""Shorter texts get no digest: what is shorter can be guessed (docs/spec/runs.md, *Privacy*)."""


def kind_of(span: TraceSpan) -> EventKind | None:
    """What a span is; None for one that only groups others."""
    attributes = span.attributes
    for name, kinds in operations().items():
        if name in attributes:
            value = str(attributes[name]).casefold()
            found = kinds.get(value)
            if found is None:  # MLflow writes its values as JSON, also in OTLP
                found = kinds.get(value.strip('"'))
            # Google's ADK puts the answers of several calls together in a span like a call's.
            if found == "tool" and attributes.get(_TOOL) == _MERGED:
                return None
            if found is not None:
                return found
    # pydantic-ai in its format 2, and clients of MCP, name a tool and no operation.
    return "tool" if _TOOL in attributes and _OPERATION not in attributes else None


def is_silent(span: TraceSpan) -> bool:
    """Whether a span says nothing of its run."""
    return not span.events and holders_of("outcome", "autonomy").isdisjoint(span.attributes)


def events_of(span: TraceSpan, kind: EventKind | None) -> Iterator[TraceEvent]:
    """The events of a span of this kind, or of a log record, without run, attempt and edits, which
    its run knows.
    """
    if span.is_log:
        yield from _record_events(span)
        return
    if kind is not None:
        yield _span_event(span, kind)
    for event in span.events:
        if event.name == "pmlint.intervention":
            yield _intervention(span, event.attributes, event.at)
        elif event.name == "gen_ai.evaluation.result":
            at = event.at
            yield _evaluation(span._replace(attributes=event.attributes, start=at, end=at))
    yield from _judgements(span)
    if is_question(span):
        ended = span.end or span.start
        at = next((event.at for event in span.events if event.name == "exception"), ended)
        yield _base(span, "decision", span.name)._replace(
            at=at or None, ended=at or None, status="waiting", decision="question"
        )


def is_question(span: TraceSpan) -> bool:
    """Whether a span ended by asking a person: neither an error nor a success.

    LangGraph raises ``GraphInterrupt`` for it while the span's status is OK; pydantic-ai ends its
    agent with a result that lists the calls that wait for an approval.
    """
    if was_interrupted(span):
        return True
    asking = first_of("asking", span.attributes)
    if asking == "waiting":
        return True
    deferred = parsed(asking) if isinstance(asking, str) and asking[:1] == "{" else None
    return isinstance(deferred, dict) and bool(deferred.get("approvals"))


def failure_of(span: TraceSpan) -> str:
    """The type of the error with which a span ended; empty where it ended in none.

    Langfuse leaves the status unset where a level was set by hand.
    """
    # An error type on a span that ended well is an error that its code handled.
    if not (span.failed or _level(span) == "ERROR") or was_interrupted(span):
        return ""
    error = first_of("error", span.attributes)
    raised = [event.attributes.get("exception.type") for event in span.events]
    raised = [name for name in raised if isinstance(name, str)]
    return str(error or (raised[-1] if raised else "error")).rpartition(".")[2]


def arguments_of(span: TraceSpan) -> Mapping[str, Any]:
    """The arguments with which a tool was called, where the trace has them."""
    return map_of(parsed(first_of("arguments", span.attributes)))


def call_of(span: TraceSpan) -> str:
    """The id of the call that a span carried out; empty where it has none."""
    return str(first_of("call", span.attributes) or "")


def tool_of(span: TraceSpan) -> str:
    """The name of the tool that a span called."""
    return str(first_of("tool", span.attributes) or span.name.removeprefix("execute_tool "))


def edit_of(event: TraceEvent, changed: tuple[str, ...]) -> TraceEvent:
    """The decision that shows only in the call that was made: some arguments ran otherwise."""
    return event._replace(
        kind="decision",
        decision="edit",
        decided_by="unknown",
        status="succeeded",
        changed=changed,
        error="",
    )


def _span_event(span: TraceSpan, kind: EventKind) -> TraceEvent:
    if kind == "tool":
        return _tool_event(span)
    error = failure_of(span)
    event = _base(span, kind, span.name)._replace(
        status=_status(span, error),
        error=error,
        call=call_of(span),
        warning=_warning(span),
    )
    if kind == "retrieval":
        text = "\n".join(filter(None, map(_content, _retrieved(span))))
        documents = tuple(_documents(span))
        return event._replace(documents=documents, text=text, sha256=_digest(text))
    if kind == "model":
        text = _instructions(span)
        return event._replace(text=text, sha256=_digest(text))
    return event


def _tool_event(span: TraceSpan) -> TraceEvent:
    error = failure_of(span)
    return TraceEvent(
        kind="tool",
        name=tool_of(span),
        source=span.source,
        at=span.start or None,
        ended=span.end or None,
        id=span.id,
        status=_status(span, error),
        error=error,
        call=call_of(span),
        warning=_warning(span),
        arguments=tuple(sorted(arguments_of(span))),
        text=_text(first_of("arguments", span.attributes)),
    )


def _status(span: TraceSpan, error: str) -> EventStatus:
    # What a reader knows of a call beyond its error.
    known = span.attributes.get("pmlint.status")
    if known == "blocked":
        return "blocked"
    # Strands gives the status of a result that is an error, and ends its span well.
    if error or known == "failed" or span.attributes.get("gen_ai.tool.status") == "error":
        return "failed"
    if is_question(span):
        return "waiting"
    has_no_end = span.start and not span.end
    return "unknown" if known == "unknown" or has_no_end else "succeeded"


def _record_events(span: TraceSpan) -> Iterator[TraceEvent]:
    attributes = span.attributes
    match span.name.removeprefix("claude_code."):
        case "gen_ai.evaluation.result":
            yield _evaluation(span)
        case "openinference.evaluator":
            yield from _judgements(span)
        case "pmlint.intervention":
            yield _intervention(span, attributes, span.start)
        case "tool_decision":
            accepted = attributes.get("decision") == "accept"
            yield _base(span, "decision", str(attributes.get("tool_name") or ""))._replace(
                status="succeeded",
                decision="approval" if accepted else "rejection",
                decided_by=decided_by(attributes.get("source")),
                call=str(attributes.get("tool_use_id") or ""),
            )
        case "tool_result":
            yield _base(span, "tool", str(attributes.get("tool_name") or ""))._replace(
                status=_ended(attributes),
                error=str(attributes.get("error_type") or ""),
                call=str(attributes.get("tool_use_id") or ""),
            )


def _ended(attributes: Mapping[str, Any]) -> EventStatus:
    """How a call ended, as Claude Code's log event of it says."""
    # One that was refused has no success either; its decision is an event of its own.
    if attributes.get("decision_type") == "reject":
        return "blocked"
    return "succeeded" if str(attributes.get("success")).lower() == "true" else "failed"


def _judgements(span: TraceSpan) -> Iterator[TraceEvent]:
    """What OpenInference has on a span of its judges, flattened and by either of its words."""
    for scope, word in _JUDGED:
        head = f"{scope}.0.{word}.name"
        for item in indexed(span.attributes, f"{scope}.") if head in span.attributes else ():
            kind = item.get(f"{word}.annotator_kind")
            told = {
                "gen_ai.evaluation.name": item.get(f"{word}.name"),
                "gen_ai.evaluation.score.value": item.get(f"{word}.score"),
                "gen_ai.evaluation.score.label": item.get(f"{word}.label"),
                "pmlint.decided_by": ANNOTATORS.get(str(kind), "unknown"),
            }
            yield _evaluation(span._replace(attributes=told))


def _evaluation(span: TraceSpan) -> TraceEvent:
    value = span.attributes.get("gen_ai.evaluation.score.value")
    label = span.attributes.get("gen_ai.evaluation.score.label")
    by = str(span.attributes.get("pmlint.decided_by") or "unknown")
    shown = label if value is None else value
    word = next((one.casefold() for one in (label, value) if isinstance(one, str)), "")
    # A person who answers "no" has judged; only a machine's no is a check that failed.
    denied = (shown is False or word == "no") and by != "person"
    failed = denied or word in words_of("failing")
    return _base(span, "evaluation", str(span.attributes.get("gen_ai.evaluation.name")))._replace(
        status="failed" if failed else "succeeded",
        decided_by=by,
        by=str(span.attributes.get("pmlint.by") or ""),
        value=shown if _is_number(shown) or _is_word(shown) else None,
    )


def _intervention(span: TraceSpan, attributes: Mapping[str, Any], at: int) -> TraceEvent:
    kind = str(attributes.get("pmlint.intervention.kind") or "").strip().lower()
    name = str(first_of("tool", attributes) or kind)
    return _base(span, "decision", name)._replace(
        at=at or None,
        ended=at or None,
        status="succeeded" if kind in words_of("interventions") else "unknown",
        decision=kind if kind in words_of("interventions") else "",
        decided_by=str(attributes.get("pmlint.decided_by") or "person"),
        by=str(attributes.get("pmlint.intervention.by") or ""),
        text=_text(attributes.get("pmlint.intervention.reason")),
        call=str(attributes.get("pmlint.intervention.tool_call") or ""),
    )


def _base(span: TraceSpan, kind: EventKind, name: str) -> TraceEvent:
    start, end = span.start or None, span.end or None
    return TraceEvent(kind=kind, name=name, source=span.source, at=start, ended=end, id=span.id)


def _retrieved(span: TraceSpan) -> list[Mapping[str, Any]]:
    documents = [*map(map_of, list_of(parsed(first_of("documents", span.attributes))))]
    for item in indexed(span.attributes, "retrieval.documents."):
        documents.append({name.removeprefix("document."): value for name, value in item.items()})
    return documents


def _content(document: Mapping[str, Any]) -> str:
    """The text of a document, by the names of OpenInference, MLflow and tools."""
    found = (document.get(name) for name in ("content", "page_content", "text"))
    return next((value for value in found if isinstance(value, str)), "")


def _documents(span: TraceSpan) -> Iterator[Mapping[str, Any]]:
    for document in _retrieved(span):
        metadata = {**map_of(parsed(document.get("metadata"))), **document}
        name, score = metadata.get("id") or metadata.get("doc_uri"), document.get("score")
        dated = metadata.get("updated") or metadata.get("date")
        known = {
            "id": name if isinstance(name, str | int) else None,
            "score": score if _is_number(score) else None,
            # Metadata is anybody's text; a pack keeps no text that is not a day or a moment.
            "dated": dated if _is_dated(dated) else None,
        }
        yield {name: value for name, value in known.items() if value is not None}


def _is_dated(value: object) -> bool:
    return parse_date(value) is not None or parse_moment(value) is not None


def _instructions(span: TraceSpan) -> str:
    """What the model was instructed: of the system, never what a user asked."""
    told = first_of("instructions", span.attributes)
    if told is not None:
        return _text(told)
    # OpenInference has no attribute for it: it is the message with the role of the system.
    messages = indexed(span.attributes, "llm.input_messages.")
    return "\n".join(
        _text(message.get("message.content"))
        for message in messages
        if message.get("message.role") in ("system", "developer")
    )


def _warning(span: TraceSpan) -> str:
    """Why a span is a warning although its status is fine: a level that was set by hand, or an
    answer that was cut off or filtered.
    """
    if level := _level(span):
        return f"level {level}"
    finish = parsed(first_of("finish", span.attributes))
    reasons = finish if isinstance(finish, list) else [first_of("finish", span.attributes)]
    cut = next((reason for reason in reasons if reason in ("length", "content_filter")), "")
    return f"finish reason {cut}" if cut else ""


def _level(span: TraceSpan) -> str:
    """The level that somebody set by hand: ``WARNING``, ``ERROR``, or nothing."""
    return levels().get(str(first_of("level", span.attributes)).casefold(), "")


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, sort_keys=True, default=str)


def _digest(text: str) -> str:
    """The digest of a text that is long enough not to be guessed, else nothing."""
    return hashlib.sha256(text.encode()).hexdigest() if len(text) >= _LONG else ""


def was_interrupted(span: TraceSpan) -> bool:
    """Whether a span was left by an exception that is a question to a person."""
    return any(_is_asking(event.attributes.get("exception.type")) for event in span.events)


def _is_asking(type: object) -> bool:
    return isinstance(type, str) and type.rpartition(".")[2] in words_of("questions")


def _is_number(value: object) -> bool:
    """Whether JSON has such a number: NaN is in the world, and no other reader takes it."""
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isidentifier()
