"""MLflow: `Trace.to_json()`, a trace a line, with what people and programs assessed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.finding import Level
from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.names import map_of, parsed
from pmlint.runs.readers.otlp import events_in, identity, is_error, number
from pmlint.runs.reading import TraceInput, TraceLine
from pmlint.runs.times import nanoseconds

_DECIDED_BY = {"HUMAN": "person", "CODE": "machine", "LLM_JUDGE": "machine", "AI_JUDGE": "machine"}


class MLflow:
    """Traces of MLflow."""

    name = "mlflow"

    def recognises(self, head: bytes) -> bool:
        """By the two halves of a trace."""
        has_ids = b'"trace_id"' in head or b'"request_id"' in head
        return has_ids and b'"info"' in head and b'"mlflow.' in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The spans of every trace, then its assessments."""
        for line, trace in file.read_json():
            info, data = trace.get("info"), trace.get("data")
            if not isinstance(info, dict) or not isinstance(data, dict):
                file.skipped += 1
                text = "the line is not a trace of MLflow"
                file.report("trace-unreadable", Level.ERROR, text, TraceLine(line, b""))
                continue
            source = TraceSource(file.path, line, self.name)
            metadata = info.get("trace_metadata") or info.get("request_metadata")
            resource = {**map_of(metadata), **map_of(info.get("tags"))}
            spans = data.get("spans")
            for span in spans if isinstance(spans, list) else ():
                if isinstance(span, dict):
                    yield _span(span, resource, file, source)
            yield from _assessments(info, file, source)


def _span(
    span: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    span = _renamed(span)
    start, end = number(span.get("start_time_unix_nano")), number(span.get("end_time_unix_nano"))
    start, end = file.clock(start, end, source.line)
    attributes = {name: parsed(value) for name, value in map_of(span.get("attributes")).items()}
    return TraceSpan(
        trace=_trace(span.get("trace_id")),
        id=identity(span.get("span_id")),
        parent=identity(span.get("parent_span_id")),
        name=str(span.get("name") or ""),
        start=start,
        end=end,
        failed=is_error(map_of(span.get("status")).get("code")),
        attributes=attributes,
        resource=resource,
        events=events_in(span, file, source.line),
        source=source,
    )


def _trace(id: object) -> str:
    """The id of a trace in OpenTelemetry, as spans had it before version 4: MLflow says ``tr-`` or,
    in a catalog, ``trace:/CATALOG.SCHEMA/`` before it.
    """
    if isinstance(id, str) and id.startswith("trace:/"):
        id = id.rpartition("/")[2]  # not of other ids: base64 has a slash, too
    return identity(id.removeprefix("tr-") if isinstance(id, str) else id)


def _renamed(span: Mapping[str, Any]) -> Mapping[str, Any]:
    """A span of version 2 of the format by the names of version 3."""
    context = span.get("context")
    if not isinstance(context, dict):
        return span
    return {
        **span,
        "trace_id": context.get("trace_id"),
        "span_id": context.get("span_id"),
        "parent_span_id": span.get("parent_id"),
        "start_time_unix_nano": span.get("start_time"),
        "end_time_unix_nano": span.get("end_time"),
        "status": {"code": span.get("status_code")},
    }


def _assessments(
    info: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> Iterator[TraceSpan]:
    """What was assessed, as log records of OpenTelemetry's evaluation event."""
    listed = info.get("assessments")
    for entry in listed if isinstance(listed, list) else ():
        # What is not valid was overridden by a later one, or could not be made.
        if not isinstance(entry, dict) or entry.get("valid") is False:
            continue
        by = map_of(entry.get("source"))
        expected = map_of(entry.get("expectation")).get("value")
        at = nanoseconds(entry.get("create_time"))
        start, end = file.clock(at, at, source.line)
        yield TraceSpan(
            trace=_trace(info.get("trace_id")),
            id="",
            parent="",
            name="gen_ai.evaluation.result",
            start=start,
            end=end,
            failed=False,
            attributes={
                "gen_ai.evaluation.name": entry.get("assessment_name"),
                "gen_ai.evaluation.score.value": map_of(entry.get("feedback")).get(
                    "value", expected
                ),
                "pmlint.decided_by": _DECIDED_BY.get(str(by.get("source_type")), "unknown"),
                "pmlint.by": by.get("source_id"),
            },
            resource={},
            events=(),
            source=source,
        )
