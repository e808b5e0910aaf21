"""OTLP protobuf: one message, or messages behind four bytes of length each (big-endian)."""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.errors import UsageError
from pmlint.finding import Level
from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.readers.otlp import spans_of
from pmlint.runs.reading import TraceInput, TraceLine

_FIRST_FIELD = b"\n"
"""Field 1 with a length, as a byte: how each `TracesData` begins."""


class OtlpProtobuf:
    """Spans in OTLP protobuf. Needs the extra ``traces``."""

    name = "otlp-protobuf"

    def recognises(self, head: bytes) -> bool:
        """By the first field of a message, alone or behind the length of a frame."""
        framed = len(head) > 4 and int.from_bytes(head[:4], "big") > 0 and head[4:5] == _FIRST_FIELD
        return (head[:1] == _FIRST_FIELD or framed) and b"\0" in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The spans of every message; a message is counted as a line."""
        try:
            from google.protobuf.json_format import MessageToDict
            from google.protobuf.message import DecodeError
            from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
        except ModuleNotFoundError:
            raise UsageError(
                "OTLP protobuf needs an extra", file=file.path, help="pip install 'pmlint[traces]'"
            ) from None
        for number, frame in enumerate(_frames(file.read_rest()), start=1):
            file.lines += 1
            try:
                message = MessageToDict(TracesData.FromString(frame))
            except DecodeError:
                file.skipped += 1
                text = "the message is not OTLP, or is cut off"
                file.report("trace-unreadable", Level.ERROR, text, TraceLine(number, b""))
                continue
            yield from spans_of(message, file, TraceSource(file.path, number, self.name))


def _frames(data: bytes) -> Iterator[bytes]:
    if data[:1] == _FIRST_FIELD:
        yield data
        return
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 4 + size]
        at += 4 + size
