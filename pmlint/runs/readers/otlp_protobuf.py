"""OTLP protobuf: one message, or messages behind four bytes of length each (big-endian)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.readers.otlp import spans_of
from pmlint.runs.reading import TraceInput, TraceLine

_FIRST_FIELD = b"\n"
"""Field 1 with a length, as a byte: how each `TracesData` begins."""
_ID_LENGTHS = (16, 8)
"""Bytes of the id of a trace, and of a span."""
_EMPTY = bytes(4)
"""The length of a frame without a message."""


class OtlpProtobuf:
    """Spans and log records in OTLP protobuf. Needs the extra ``traces``."""

    name = "otlp-protobuf"

    def recognises(self, head: bytes) -> bool:
        """By the first field of a message, alone or behind the length of a frame. A first frame
        may be empty: an exporter had nothing to send.
        """
        rest = head
        while rest[:4] == _EMPTY:
            rest = rest[4:]
        is_framed = rest[4:5] == _FIRST_FIELD
        return (head[:1] == _FIRST_FIELD or is_framed) and b"\0" in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The spans or log records of every message; a message is counted as a line."""
        decode = _decoder(file.path)
        for number, (size, frame) in enumerate(_frames(file.read_rest()), start=1):
            file.lines += 1
            message = decode(frame)
            if message is not None:
                yield from spans_of(message, file, TraceSource(file.path, number, self.name))
                continue
            file.skipped += 1
            line = TraceLine(number, b"")
            if len(frame) < size:
                text = "the last message is cut off"
                file.report("trace-truncated", Level.WARNING, text, line)
            else:
                file.report("trace-unreadable", Level.ERROR, "the message is not OTLP", line)


def _decoder(path: str) -> Callable[[bytes], dict[str, Any] | None]:
    """What makes plain data of a message of spans or log records, None of anything else.

    Raises `UsageError` without the extra.
    """
    try:
        from google.protobuf.json_format import MessageToDict
        from google.protobuf.message import DecodeError
        from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
        from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
        from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
    except ModuleNotFoundError:
        raise UsageError(
            "OTLP protobuf needs an extra", file=path, help="pip install 'pmlint[traces]'"
        ) from None

    def decode(frame: bytes) -> dict[str, Any] | None:
        # All signals have the same frame: what is read as another one lacks what it must have.
        kinds = ((TracesData, _are_spans), (LogsData, _are_records), (MetricsData, _are_metrics))
        for kind, fits in kinds:
            with suppress(DecodeError):
                found = kind.FromString(frame)
                if fits(found):
                    message: dict[str, Any] = MessageToDict(found)
                    return message
        return None

    return decode


def _are_spans(found: Any) -> bool:
    scopes = (scope for group in found.resource_spans for scope in group.scope_spans)
    spans = [span for scope in scopes for span in scope.spans]
    if not spans:
        # A message of nothing, and not one of fields that nobody knows.
        size = found.ByteSize()
        found.DiscardUnknownFields()
        return bool(found.ByteSize() == size)
    return all((len(span.trace_id), len(span.span_id)) == _ID_LENGTHS for span in spans)


def _are_records(found: Any) -> bool:
    scopes = (scope for group in found.resource_logs for scope in group.scope_logs)
    records = [record for scope in scopes for record in scope.log_records]
    return any(one.time_unix_nano or one.observed_time_unix_nano for one in records)


def _are_metrics(found: Any) -> bool:
    scopes = (scope for group in found.resource_metrics for scope in group.scope_metrics)
    return any(metric.WhichOneof("data") for scope in scopes for metric in scope.metrics)


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Messages, each with the size that it should have; 0 for one without a frame."""
    if data[:1] == _FIRST_FIELD:
        yield 0, data
        return
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield size, data[at + 4 : at + 4 + size]
        at += 4 + size
