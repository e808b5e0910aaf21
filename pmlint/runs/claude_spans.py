"""Spans of Claude Code (its traces are a beta): a call has its decision and its end below it, as
spans of their own, which have neither its name nor its id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pmlint.runs.event import SpanEvent, TraceSpan
from pmlint.runs.names import decided_by

KIND = "span.type"
"""The attribute by which its spans say what they are."""
_ASKED, _RAN = "tool.blocked_on_user", "tool.execution"
_KINDS = {"accept": "approval", "reject": "rejection"}


def with_their_ends(spans: Sequence[TraceSpan]) -> list[TraceSpan]:
    """The spans of a trace, each call with what was decided about it and how it ended."""
    below: dict[str, dict[str, TraceSpan]] = {}
    for span in spans:
        kind = span.attributes.get(KIND)
        if kind in (_ASKED, _RAN):
            below.setdefault(span.parent, {})[str(kind)] = span
    return [
        _ended(span, below.get(span.id, {})) if span.attributes.get(KIND) == "tool" else span
        for span in spans
    ]


def _ended(span: TraceSpan, below: Mapping[str, TraceSpan]) -> TraceSpan:
    asked, ran = below.get(_ASKED), below.get(_RAN)
    decision = _KINDS.get(str(asked.attributes.get("decision")), "") if asked else ""
    event = _decision(span, asked, decision) if asked and decision else ()
    attributes = {**span.attributes, "pmlint.status": _status(decision, ran)}
    return span._replace(attributes=attributes, events=(*span.events, *event))


def _status(decision: str, ran: TraceSpan | None) -> str:
    if decision == "rejection":
        return "blocked"
    if ran is None:
        return "unknown"
    succeeded = ran.attributes.get("success")
    return "failed" if ran.failed or str(succeeded).lower() == "false" else "succeeded"


def _decision(call: TraceSpan, asked: TraceSpan, kind: str) -> tuple[SpanEvent]:
    told: dict[str, Any] = {
        "pmlint.intervention.kind": kind,
        "pmlint.intervention.tool_call": call.attributes.get("tool_use_id"),
        "pmlint.decided_by": decided_by(asked.attributes.get("source")),
        "tool_name": call.attributes.get("tool_name"),
    }
    return (SpanEvent("pmlint.intervention", asked.end or asked.start, told),)
