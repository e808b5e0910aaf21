"""OTLP as it is written: 64-bit numbers as texts, ids in hex or base64, names in either case."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.event import SpanEvent, TraceSource, TraceSpan
from pmlint.runs.reading import TraceInput

_HEX = re.compile(r"[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?")
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_ERROR = ("STATUS_CODE_ERROR", "ERROR", 2, "2")
_DEPTH = 64


def spans_of(
    message: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> Iterator[TraceSpan]:
    """The spans and log records of one OTLP message."""
    for group in _list(message, "resourceSpans"):
        resource = attributes_of(_map(group, "resource"))
        for scope in _list(group, "scopeSpans"):
            for span in _list(scope, "spans"):
                yield _span(span, resource, file, source)
    for group in _list(message, "resourceLogs"):
        resource = attributes_of(_map(group, "resource"))
        for scope in _list(group, "scopeLogs"):
            for record in _list(scope, "logRecords"):
                yield _record(record, resource, file, source)


def attributes_of(part: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a resource, span, event or log record as plain data."""
    pairs = get(part, "attributes")
    # Some exporters, and people, write attributes as a plain mapping.
    if isinstance(pairs, dict):
        return dict(pairs)
    found: dict[str, Any] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, dict) and isinstance(pair.get("key"), str):
            found[pair["key"]] = _value(pair.get("value"), _DEPTH)
    return found


def get(part: Mapping[str, Any], name: str) -> Any:
    """A field by its name in camelCase, or in snake_case as other encoders write it."""
    if name in part:
        return part[name]
    return part.get(re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower())


def identity(value: Any) -> str:
    """An id in lower-case hex; empty where there is none. The JSON of protobuf writes base64."""
    if not isinstance(value, str) or not value:
        return ""
    if _HEX.fullmatch(value):
        return value.lower()
    try:
        # protobuf's own JSON writes bytes in base64, OTLP asks for hex: both are in the world.
        return base64.b64decode(value, validate=True).hex()
    except (binascii.Error, ValueError):
        return value


def number(value: Any) -> int:
    """A 64-bit number that is written as a number or as a text; 0 for anything else."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    return value if isinstance(value, int) and abs(value) < 1 << 64 else 0


def events_in(span: Mapping[str, Any], file: TraceInput, line: int) -> tuple[SpanEvent, ...]:
    """The events on a span; one whose time cannot be has none."""
    found = []
    for event in _list(span, "events"):
        at = number(get(event, "timeUnixNano"))
        if at:
            at, _ = file.clock(at, at, line)
        found.append(SpanEvent(str(event.get("name") or ""), at, attributes_of(event)))
    return tuple(found)


def _span(
    span: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    start, end = number(get(span, "startTimeUnixNano")), number(get(span, "endTimeUnixNano"))
    start, end = file.clock(start, end or start, source.line)
    return TraceSpan(
        trace=identity(get(span, "traceId")),
        id=identity(get(span, "spanId")) or f"line-{source.line}",
        parent=identity(get(span, "parentSpanId")),
        name=str(span.get("name") or ""),
        start=start,
        end=end,
        failed=_map(span, "status").get("code") in _ERROR,
        attributes=attributes_of(span),
        resource=resource,
        events=events_in(span, file, source.line),
        source=source,
    )


def _record(
    record: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    at = number(get(record, "timeUnixNano")) or number(get(record, "observedTimeUnixNano"))
    start, end = file.clock(at, at, source.line)
    attributes = attributes_of(record)
    body = _value(record.get("body"), _DEPTH)
    name = get(record, "eventName") or attributes.get("event.name") or body
    return TraceSpan(
        trace=identity(get(record, "traceId")),
        id="",
        parent=identity(get(record, "spanId")),
        name=name if isinstance(name, str) else "",
        start=start,
        end=end,
        failed=False,
        attributes=attributes,
        resource=resource,
        events=(),
        source=source,
    )


def _value(value: Any, depth: int) -> Any:
    """An AnyValue as plain data; what is nested deeper than `_DEPTH` is None."""
    if not isinstance(value, dict) or depth == 0:
        return None if isinstance(value, dict) else value
    for name, inner in value.items():
        match name.replace("_", "").lower():
            case "intvalue":
                return number(inner)
            case "arrayvalue":
                return [_value(item, depth - 1) for item in _list(inner, "values")]
            case "kvlistvalue":
                return {
                    str(pair.get("key")): _value(pair.get("value"), depth - 1)
                    for pair in _list(inner, "values")
                }
            case _:
                return inner
    return None


def _list(part: Any, name: str) -> list[Mapping[str, Any]]:
    found = get(part, name) if isinstance(part, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _map(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = get(part, name)
    return found if isinstance(found, dict) else {}
