"""OpenAI Agents: what a trace processor writes by ``export()``, traces before their spans.

Who decided is not carried: a call that waits for an approval is a function span without output and
without error, and it is no success.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds


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
        for line, row in file.read_json():
            trace = str(row.get("id" if row.get("object") == "trace" else "trace_id"))
            if row.get("object") == "trace":
                metadata = {f"metadata.{key}": v for key, v in _map(row.get("metadata")).items()}
                names = {"group_id": row.get("group_id"), "agent.name": row.get("workflow_name")}
                traces[trace] = {**metadata, **names}
                for span in early.pop(trace, ()):
                    yield span._replace(resource=traces[trace])
            elif row.get("object") == "trace.span":
                source = TraceSource(file.path, line, self.name)
                span = _span(row, traces.get(trace, {}), file, source)
                if trace in traces:
                    yield span
                else:  # a processor that writes a trace when it ends has its spans first
                    early.setdefault(trace, []).append(span)
        for spans in early.values():
            yield from spans


def _span(
    row: Mapping[str, Any], resource: Mapping[str, Any], file: TraceInput, source: TraceSource
) -> TraceSpan:
    start, end = nanoseconds(row.get("started_at")), nanoseconds(row.get("ended_at"))
    start, end = file.clock(start, end, source.line)
    data, error = _map(row.get("span_data")), row.get("error")
    is_call = data.get("type") == "function"
    is_silent = is_call and data.get("output") is None and error is None
    # Where content is not kept, no call has an input or an output: nobody knows how it ended.
    status = "unknown" if data.get("input") is None else "waiting"
    tripped = data.get("type") == "guardrail" and data.get("triggered") is True
    attributes = {
        "openai-agents.type": data.get("type"),
        **({"tool.name": data.get("name"), "input.value": data.get("input")} if is_call else {}),
        **({"agent.name": data.get("name")} if data.get("type") == "agent" else {}),
        **({"pmlint.status": status} if is_silent else {}),
        **({"pmlint.status": "failed"} if tripped else {}),
        "error.type": _map(_map(error).get("data")).get("error_type"),
    }
    return TraceSpan(
        trace=str(row.get("trace_id") or ""),
        id=str(row.get("id") or f"line-{source.line}"),
        parent=str(row.get("parent_id") or ""),
        name=str(data.get("name") or data.get("type") or ""),
        start=start,
        end=end,
        failed=error is not None,
        attributes=attributes,
        resource=resource,
        events=(),
        source=source,
    )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
