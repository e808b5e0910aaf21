"""OpenAI Agents: what a trace processor writes by ``export()``, or posts as ``data``.

Who approved is not carried: a call that waits for an approval is a function span without output and
without error, and it is no success. A call that a person refused says so in the data of its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.finding import Level
from pmlint.runs.event import SpanEvent, TraceSource, TraceSpan
from pmlint.runs.names import list_of, map_of
from pmlint.runs.reading import TraceInput, TraceLine
from pmlint.runs.times import nanoseconds

_REFUSED = "was manually rejected by user"
"""How the SDK words it, whatever the message for the model is (seen in 0.24.0)."""
_HANDOFF = "transfer_to_"
"""How the SDK names the call by which a model hands over; a span of its own carries it out."""


class OpenAIAgents:
    """Spans of OpenAI Agents."""

    name = "openai-agents"

    def recognises(self, head: bytes) -> bool:
        """By the kind of its objects."""
        return b'"trace.span"' in head and b'"span_data"' in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """A span for each span; the trace's own row names its group and route."""
        traces: dict[str, Mapping[str, Any]] = {}
        early: dict[str, list[TraceSpan]] = {}
        # A task around an agent ends without an error of its own, also where its agent failed.
        broken: set[object] = set()
        for line, row in _rows(file):
            trace = str(row.get("id" if row.get("object") == "trace" else "trace_id"))
            if row.get("object") == "trace":
                metadata = {f"metadata.{key}": v for key, v in map_of(row.get("metadata")).items()}
                names = {"group_id": row.get("group_id"), "agent.name": row.get("workflow_name")}
                traces[trace] = {**metadata, **names}
                for span in early.pop(trace, ()):
                    yield span._replace(resource=traces[trace])
            elif row.get("object") == "trace.span":
                source = TraceSource(file.path, line, self.name)
                span = _span(row, traces.get(trace, {}), file, source)
                if span.failed and map_of(row.get("span_data")).get("type") == "agent":
                    broken.add(row.get("parent_id"))
                if _is_task(row) and row.get("id") in broken:
                    span = span._replace(failed=True)
                if trace in traces:
                    yield span
                else:  # a processor that writes a trace when it ends has its spans first
                    early.setdefault(trace, []).append(span)
            else:
                file.skipped += 1
                text = "the line is neither a trace nor a span of OpenAI Agents"
                file.report("trace-unreadable", Level.ERROR, text, TraceLine(line, b""))
        for spans in early.values():
            yield from spans


def _is_task(row: Mapping[str, Any]) -> bool:
    """Whether a span is what the SDK puts around a run of its agents (seen in 0.24.0)."""
    data = map_of(row.get("span_data"))
    return data.get("type") == "custom" and data.get("name") == "task"


def _rows(file: TraceInput) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Traces and spans: one a line, or several below ``data`` as the SDK posts them."""
    for line, row in file.read_json():
        posted = row.get("data")
        for one in posted if isinstance(posted, list) else [row]:
            yield line, map_of(one)


def _span(
    row: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    start, end = nanoseconds(row.get("started_at")), nanoseconds(row.get("ended_at"))
    start, end = file.clock(start, end, source.line)
    data, error = map_of(row.get("span_data")), row.get("error")
    type, why = data.get("type"), map_of(map_of(error).get("data"))
    refused = type == "function" and _REFUSED in str(why.get("error"))
    attributes = {
        "openai-agents.type": type,
        "error.type": why.get("error_type"),
        **(_function(data, error, refused) if type == "function" else {}),
        **({"agent.name": data.get("name")} if type == "agent" else {}),
        **({"gen_ai.output.messages": _answers(data)} if type == "generation" else {}),
        **({"pmlint.status": "failed"} if data.get("triggered") is True else {}),
    }
    return TraceSpan(
        trace=str(row.get("trace_id") or ""),
        id=str(row.get("id") or f"line-{source.line}"),
        parent=str(row.get("parent_id") or ""),
        name=str(data.get("name") or type or ""),
        start=start,
        end=end,
        failed=error is not None and not refused,
        attributes=attributes,
        resource=resource,
        events=(_refusal(data, end),) if refused else (),
        source=source,
    )


def _function(data: Mapping[str, Any], error: object, refused: bool) -> dict[str, Any]:
    """A call, and what is known of its end beyond its error."""
    told = {"tool.name": data.get("name"), "input.value": data.get("input")}
    if refused:
        return {**told, "pmlint.status": "blocked"}
    if data.get("output") is not None or error is not None:
        return told
    # Where content is not kept, no call has an input or an output: nobody knows how it ended.
    return {**told, "pmlint.status": "unknown" if data.get("input") is None else "waiting"}


def _refusal(data: Mapping[str, Any], at: int) -> SpanEvent:
    told = {
        "pmlint.intervention.kind": "rejection",
        "pmlint.decided_by": "person",
        "tool.name": data.get("name"),
    }
    return SpanEvent("pmlint.intervention", at, told)


def _answers(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a model answered, without the calls that hand over to another agent."""
    return [
        {
            **message,
            "tool_calls": [
                call for call in list_of(message.get("tool_calls")) if not _hands_over(call)
            ],
        }
        for message in map(map_of, list_of(data.get("output")))
    ]


def _hands_over(call: object) -> bool:
    return str(map_of(map_of(call).get("function")).get("name")).startswith(_HANDOFF)
