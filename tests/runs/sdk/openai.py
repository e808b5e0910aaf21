"""Neighbours of OpenAI Agents."""

from __future__ import annotations

import json
from typing import Any

from tests.runs.neighbours import (
    OPENAI_ROOT,
    OPENAI_TRACE,
    Neighbour,
    function,
    iso,
    lines,
    step,
)

REJECTED = {
    "message": "Tool execution was not approved.",
    "data": {
        "tool_name": "pay",
        "error": "Tool execution for call_1 was manually rejected by user.",
    },
}
CHAT_CALLS = [{"id": "c1", "type": "function", "function": {"name": "pay", "arguments": "{}"}}]
"""As the model of the SDK writes an answer of the chat interface."""


def generation(id: int, calls: object) -> dict[str, Any]:
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    return step(id, {"type": "generation", "input": [], "output": [message], "model": "m"})


OPENAI = {
    "openai: a person refused the call": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(2, "Tool execution was not approved.", error=REJECTED),
                OPENAI_ROOT,
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "openai: a person refused it in words of their own, content is not kept": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(2, None, None, error={**REJECTED, "message": "Too much money."}),
                OPENAI_ROOT,
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "openai: asked, and refused in the second trace of the group": Neighbour(
        (
            lines(OPENAI_TRACE, function(2, None), OPENAI_ROOT),
            lines(
                {**OPENAI_TRACE, "id": "trace_2"},
                *(
                    {**one, "trace_id": "trace_2", "started_at": iso(100), "ended_at": iso(110)}
                    for one in (function(2, "no", error=REJECTED), OPENAI_ROOT)
                ),
            ),
        ),
        waiting=("pay",),
        blocked=("pay",),
        decisions=("question/", "rejection/person"),
    ),
    "openai: three calls at once, one done, one refused, one waits": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(2),
                function(3, "no", error=REJECTED),
                {**function(4, None), "ended_at": iso(59)},
                OPENAI_ROOT,
            ),
        ),
        outcomes=("unknown",),
        succeeded=("pay",),
        blocked=("pay",),
        waiting=("pay",),
        decisions=("rejection/person", "question/"),
    ),
    "openai: a row that is neither a trace nor a span": Neighbour(
        (lines(OPENAI_TRACE, function(2), OPENAI_ROOT, {"object": "trace.score", "value": 1}),),
        succeeded=("pay",),
        findings=("trace-unreadable",),
    ),
    "openai: as it is posted": Neighbour(
        (lines({"data": [OPENAI_TRACE]}, {"data": [function(2), OPENAI_ROOT]}),),
        succeeded=("pay",),
    ),
    "openai: a generation asks for a call, which nobody made": Neighbour(
        (lines(OPENAI_TRACE, generation(2, CHAT_CALLS), OPENAI_ROOT),), unrecorded=("pay",)
    ),
    "openai: a generation asks for a call, which was made": Neighbour(
        (lines(OPENAI_TRACE, generation(2, CHAT_CALLS), function(3), OPENAI_ROOT),),
        succeeded=("pay",),
    ),
    "openai: a generation asks for two calls, one waits and nobody made the other": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                generation(2, [*CHAT_CALLS, *CHAT_CALLS]),
                {**function(3, None), "ended_at": iso(59)},
                OPENAI_ROOT,
            ),
        ),
        outcomes=("unknown",),
        waiting=("pay",),
        unrecorded=("pay",),
        decisions=("question/",),
    ),
    "openai: a generation hands over to another agent": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                generation(
                    2, [{"id": "c1", "function": {"name": "transfer_to_payer", "arguments": "{}"}}]
                ),
                step(3, {"type": "handoff", "from_agent": "refund-triage", "to_agent": "payer"}),
                OPENAI_ROOT,
            ),
        ),
    ),
    "openai: a task with turns around the agent": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                step(1, {"type": "custom", "name": "task", "data": {"sdk_span_type": "task"}}),
                step(2, {"type": "agent", "name": "refund-triage"}),
                {
                    **step(
                        3, {"type": "custom", "name": "turn", "data": {"sdk_span_type": "turn"}}
                    ),
                    "parent_id": "span_2",
                },
                {**function(4), "parent_id": "span_3"},
            ),
        ),
        succeeded=("pay",),
    ),
    "openai: cut off in the last line": Neighbour(
        (lines(OPENAI_TRACE, function(2)) + json.dumps(OPENAI_ROOT)[:90].encode(),),
        outcomes=("unknown",),
        succeeded=("pay",),
        findings=("trace-truncated",),
    ),
    "openai: more turns than allowed": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(2),
                {
                    **OPENAI_ROOT,
                    "error": {"message": "Max turns exceeded", "data": {"max_turns": 3}},
                },
            ),
        ),
        outcomes=("failed",),
        succeeded=("pay",),
    ),
    "openai: the trace is written again when it is resumed": Neighbour(
        (lines(OPENAI_TRACE, function(2), OPENAI_TRACE, OPENAI_ROOT),), succeeded=("pay",)
    ),
    "openai: the call was cancelled while it ran": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(
                    2,
                    None,
                    error={"message": "Tool execution cancelled", "data": {"tool_name": "pay"}},
                ),
                OPENAI_ROOT,
            ),
        ),
        failed=("pay",),
    ),
}
