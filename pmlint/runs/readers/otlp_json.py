"""OTLP JSON, a message a line: what the collector's file exporter and the SDKs write."""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level
from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.readers.otlp import get, spans_of
from pmlint.runs.reading import TraceInput, TraceLine

_MARKS = (b'"resourceSpans"', b'"resourceLogs"', b'"resource_spans"', b'"resource_logs"')
_OTHERS = (b'"resourceMetrics"', b'"resource_metrics"')


class OtlpJson:
    """Spans and log records in OTLP JSON."""

    name = "otlp-json"

    def recognises(self, head: bytes) -> bool:
        """By the first key of a message, wherever the encoder put it."""
        return b"\0" not in head and any(mark in head for mark in (*_MARKS, *_OTHERS))

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The spans and log records of every line."""
        for line, message in file.read_json():
            names = ("resourceSpans", "resourceLogs", "resourceMetrics")
            if all(get(message, name) is None for name in names):
                file.skipped += 1
                text = "the line is not an OTLP message"
                file.report("trace-unreadable", Level.ERROR, text, TraceLine(line, b""))
                continue
            yield from spans_of(message, file, TraceSource(file.path, line, self.name))
