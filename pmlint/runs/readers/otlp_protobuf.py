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


class OtlpProtobuf:
    """Spans and log records in OTLP protobuf. Needs the extra ``traces``."""

    name = "otlp-protobuf"

    def recognises(self, head: bytes) -> bool:
        """By the first field of a message, alone or behind the length of a frame."""
        framed = len(head) > 4 and int.from_bytes(head[:4], "big") > 0 and head[4:5] == _FIRST_FIELD
        return (head[:1] == _FIRST_FIELD or framed) and b"\0" in head

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
        from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
    except ModuleNotFoundError:
        raise UsageError(
            "OTLP protobuf needs an extra", file=path, help="pip install 'pmlint[traces]'"
        ) from None

    def decode(frame: bytes) -> dict[str, Any] | None:
        # Both kinds have the same frame, and log records that happen to be read as spans no ids.
        for kind in (TracesData, LogsData):
            with suppress(DecodeError):
                found = kind.FromString(frame)
                groups = found.resource_spans if kind is TracesData else ()
                scopes = (scope for group in groups for scope in group.scope_spans)
                if all(span.span_id for scope in scopes for span in scope.spans):
                    message: dict[str, Any] = MessageToDict(found)
                    return message
        return None

    return decode


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
