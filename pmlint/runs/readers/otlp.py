"""OTLP as it is written: 64-bit numbers as texts, ids in hex or base64, names in either case."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from pmlint.runs.event import SpanEvent, TraceSource, TraceSpan
from pmlint.runs.names import CHOICE, CONTENT, EVALUATOR, REMOTE, list_of
from pmlint.runs.reading import TraceInput

_HEX, _BASE64 = (16, 32), (12, 24)
"""The lengths of an id of a span, and of a trace."""
_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DEPTH = 64
_REMOTE_KINDS = (2, 5, "2", "5", "SPAN_KIND_SERVER", "SPAN_KIND_CONSUMER")
_IS_REMOTE = 0x200
"""The flag of a span whose parent is in another service, where an SDK sets it."""
_KIND = "openinference.span.kind"
_FIELDS = ("traceId", "spanId", "parentSpanId", "startTimeUnixNano", "endTimeUnixNano")
_fields_of = itemgetter(*_FIELDS)


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
    pairs = part.get("attributes")
    # Some exporters, and people, write attributes as a plain mapping.
    if isinstance(pairs, dict):
        return dict(pairs)
    found: dict[str, Any] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        try:
            name, value = pair["key"], pair["value"]
        except (KeyError, TypeError):
            continue
        if type(name) is str:
            # Nine of ten values are texts, which need no walk.
            is_text = type(value) is dict and "stringValue" in value
            found[name] = value["stringValue"] if is_text else _value(value, _DEPTH)
    return found


def get(part: Mapping[str, Any], name: str) -> Any:
    """A field by its name in camelCase, or in snake_case as other encoders write it."""
    return part[name] if name in part else part.get(_snake_case(name))


@cache
def _snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def identity(value: Any) -> str:
    """An id in lower-case hex; empty where there is none. The JSON of protobuf writes base64, and
    some platforms write a number.
    """
    if not isinstance(value, str):
        return f"{value:x}" if type(value) is int and value > 0 else ""
    # By length: a pattern on each of three ids took a tenth of reading a span.
    if len(value) in _HEX:
        value = value.lower()
    elif len(value) in _BASE64:
        value = _decoded(value)
    # An id of zeros is invalid in OpenTelemetry, and is written for a parent that is not there.
    return value if value.strip("0") else ""


_shared = lru_cache(maxsize=1024)(identity)
"""The same for a text that the spans of a trace repeat, their trace or a parent: 7% of a fold."""


def _decoded(value: str) -> str:
    try:
        # protobuf's own JSON writes bytes in base64, OTLP asks for hex: both are in the world.
        return base64.b64decode(value, validate=True).hex()
    except (binascii.Error, ValueError):
        return value


def number(value: Any) -> int:
    """A 64-bit number that is written as a number or as a text; 0 for anything else."""
    # How nearly all are written; the rest of this function is for what else is in the world.
    if type(value) is str and value.isdecimal() and len(value) == 19:
        return int(value)
    if isinstance(value, bool):
        return 0
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    return value if isinstance(value, int) and abs(value) < 1 << 64 else 0


def is_error(code: Any) -> bool:
    """Whether a status is an error, by its number or by any of its names."""
    return code in (2, "2") or (isinstance(code, str) and "ERROR" in code)


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
    try:
        trace, id, parent, start, end = _fields_of(span)
    except KeyError:
        span = _in_camel_case(span)
        trace, id, parent, start, end = _fields_of(span)
    start, end = file.clock(number(start), number(end), source.line)
    status = span.get("status")
    attributes = attributes_of(span)
    if parent and (span.get("kind") in _REMOTE_KINDS or number(span.get("flags")) & _IS_REMOTE):
        attributes[REMOTE] = True
    elif not parent and attributes.get(_KIND) == "EVALUATOR":
        found = _judgement(span, attributes)
        if found is not None:
            return found._replace(start=start, end=end, resource=resource, source=source)
    # By position: with names this one call took a tenth of reading a span.
    return TraceSpan(
        _shared(trace) if type(trace) is str else identity(trace),
        identity(id) or f"line-{source.line}",
        _shared(parent) if type(parent) is str else identity(parent),
        str(span.get("name") or ""),
        start,
        end,
        isinstance(status, dict) and is_error(status.get("code")),
        attributes,
        resource,
        events_in(span, file, source.line) if span.get("events") else (),
        source,
    )


def _in_camel_case(span: Mapping[str, Any]) -> Mapping[str, Any]:
    """A span with its fields renamed where an encoder wrote them in snake_case."""
    others = ("name", "status", "attributes", "events", "kind", "flags", "links")
    return {name: get(span, name) for name in (*_FIELDS, *others)}


def _judgement(span: Mapping[str, Any], attributes: Mapping[str, Any]) -> TraceSpan | None:
    """A judge that came after its target had ended, as a log record of what it judges: a span that
    it links, or a session. None for one that names neither.
    """
    link = next(iter(_list(span, "links")), {})
    trace, target = identity(get(link, "traceId")), identity(get(link, "spanId"))
    if not trace and "session.id" not in attributes:
        return None
    source = TraceSource("", 0, "")
    return TraceSpan(trace, "", target, EVALUATOR, 0, 0, False, attributes, {}, (), source)


def _record(
    record: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    at = number(get(record, "timeUnixNano")) or number(get(record, "observedTimeUnixNano"))
    start, end = file.clock(at, at, source.line)
    attributes = attributes_of(record)
    body = _value(record.get("body"), _DEPTH)
    name = get(record, "eventName") or attributes.get("event.name") or body
    if name == CHOICE and isinstance(body, dict):
        attributes[CONTENT] = body
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
    found = list_of(get(part, name)) if isinstance(part, dict) else []
    return [item for item in found if isinstance(item, dict)]


def _map(part: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = get(part, name)
    return found if isinstance(found, dict) else {}
