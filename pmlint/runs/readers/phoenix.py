"""Phoenix: spans as its interface answers them, or as pandas writes their data frame; and what
people and judges annotated. The console exporter of OpenTelemetry writes spans of the same shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.finding import Level
from pmlint.runs.event import SpanEvent, TraceSource, TraceSpan
from pmlint.runs.names import ANNOTATORS, list_of, map_of, parsed
from pmlint.runs.numbered_rows import objects_in
from pmlint.runs.readers.otlp import is_error, spans_of
from pmlint.runs.reading import TraceInput, TraceLine
from pmlint.runs.times import moment

_WHOLE = frozenset(("input.value", "output.value", "tool.parameters"))
"""Attributes that stay objects: what was called with what."""
_ATTRIBUTES, _CONTEXT = "attributes.", "context."


class Phoenix:
    """Spans and annotations of Phoenix."""

    name = "phoenix"

    def recognises(self, head: bytes) -> bool:
        """By the context of a span, as an object or as columns; MLflow has spans like them inside
        a trace with its ``info``.
        """
        if any(name in head for name in (b"resourceSpans", b"resource_spans", b'"info"')):
            return False
        is_span = b'"context"' in head and b'"span_id"' in head and b'"parent_id"' in head
        is_row = b"context.trace_id" in head and b"span_kind" in head
        is_raw = b'"start_time_unix_nano"' in head or b'"startTimeUnixNano"' in head
        return is_span or is_row or is_raw or b'"annotator_kind"' in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """A span or an evaluation for each row."""
        for line, found in objects_in(file):
            source = TraceSource(file.path, line, self.name)
            for row in _rows(found):
                if "annotator_kind" in row:
                    yield _annotation(row, file, source)
                elif isinstance(row.get("attributes"), list):
                    message = {"resourceSpans": [{"scopeSpans": [{"spans": [row]}]}]}
                    yield from spans_of(message, file, source)
                elif "parent_id" in row or "context" in row:
                    yield _span(row, file, source)
                else:
                    file.skipped += 1
                    text = "the line has no span or annotation of Phoenix"
                    file.report("trace-unreadable", Level.ERROR, text, TraceLine(line, b""))


def _rows(found: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rows of an object: itself, those of an answer, or those of a data frame in each of the
    forms that pandas has for it.
    """
    columns, data = found.get("columns"), found.get("data")
    if isinstance(columns, list):
        index = list_of(found.get("index"))
        for number, values in enumerate(map(list_of, list_of(data))):
            row = dict(zip(map(str, columns), values, strict=False))
            yield _indexed(row, index[number] if number < len(index) else None)
    elif isinstance(data, list) or isinstance(found.get("spans"), list):
        yield from map(map_of, list_of(data or found.get("spans")))
    elif isinstance(kinds := found.get("span_kind"), dict):
        for id in kinds:
            yield _indexed({name: map_of(told).get(id) for name, told in found.items()}, id)
    elif found and all(isinstance(told, dict) and "span_kind" in told for told in found.values()):
        for id, told in found.items():
            yield _indexed(told, id)
    else:
        yield found


def _indexed(row: Mapping[str, Any], id: object) -> Mapping[str, Any]:
    """A row of a data frame, whose index is the id of the span."""
    return row if row.get("context.span_id") else {**row, "context.span_id": id}


def _span(row: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    start, end = moment(row.get("start_time")), moment(row.get("end_time"))
    start, end = file.clock(start, end, source.line)
    columns = {
        name.removeprefix(_ATTRIBUTES): _read(value)
        for name, value in row.items()
        if name.startswith(_ATTRIBUTES) and value is not None
    }
    attributes = dict(_flat({**map_of(row.get("attributes")), **columns}))
    if row.get("span_kind"):
        attributes.setdefault("openinference.span.kind", row["span_kind"])
    code = row.get("status_code") or map_of(row.get("status")).get("status_code")
    return TraceSpan(
        trace=_context(row, "trace_id"),
        id=_context(row, "span_id") or f"line-{source.line}",
        parent=_hex(row.get("parent_id")),
        name=str(row.get("name") or ""),
        start=start,
        end=end,
        failed=is_error(code),
        attributes=attributes,
        resource=map_of(map_of(row.get("resource")).get("attributes")),
        events=tuple(_events(row)),
        source=source,
    )


def _events(row: Mapping[str, Any]) -> Iterator[SpanEvent]:
    for event in map(map_of, list_of(_read(row.get("events")))):
        told = map_of(event.get("attributes"))
        yield SpanEvent(str(event.get("name") or ""), moment(event.get("timestamp")), told)


def _context(row: Mapping[str, Any], name: str) -> str:
    found = row.get(f"{_CONTEXT}{name}")
    return _hex(map_of(row.get("context")).get(name) if found is None else found)


def _hex(id: object) -> str:
    """An id; the console exporter writes it with ``0x``."""
    return str(id or "").removeprefix("0x")


def _read(value: object) -> Any:
    """A field, read where a table has it as a text of JSON."""
    is_packed = isinstance(value, str) and value[:1] in ("{", "[")
    return (parsed(value) or value) if is_packed else value


def _flat(told: Mapping[str, Any], head: str = "") -> Iterator[tuple[str, Any]]:
    """Attributes by their dotted names, as OpenInference writes them on a span."""
    for name, value in told.items():
        full = f"{head}{name}"
        inner = value
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            inner = {str(number): one for number, one in enumerate(value)}
        if isinstance(inner, dict) and inner and full not in _WHOLE:
            yield from _flat(inner, f"{full}.")
        else:
            yield full, value


def _annotation(row: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    """A judgement of a span, a trace or a session, as OpenTelemetry's evaluation event."""
    at = moment(row.get("created_at") or row.get("updated_at"))
    start, end = file.clock(at, at, source.line)
    told = map_of(row.get("result"))
    attributes = {
        "session.id": row.get("session_id"),
        "gen_ai.evaluation.name": row.get("name"),
        "gen_ai.evaluation.score.value": told.get("score"),
        "gen_ai.evaluation.score.label": told.get("label"),
        "pmlint.decided_by": ANNOTATORS.get(str(row.get("annotator_kind")), "unknown"),
    }
    trace, parent = str(row.get("trace_id") or ""), str(row.get("span_id") or "")
    name = "gen_ai.evaluation.result"
    return TraceSpan(trace, "", parent, name, start, end, False, attributes, {}, (), source)
