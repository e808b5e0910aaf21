"""Neighbours of OTLP as agent SDKs write it: what belongs together, and which spans are calls."""

from __future__ import annotations

import gzip

from tests.runs.neighbours import (
    AGENT,
    ERROR,
    PAY,
    ROOT,
    Neighbour,
    asked,
    called,
    lines,
    logs,
    record,
    span,
    spans,
)

ELSEWHERE = f"{99:016x}"
"""A parent whose span another service has, and the file has not."""
PAID = called("pay", "c1", '{"amount": 480}')


def agent(case: str, **more: object) -> dict[str, object]:
    return {"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": case, **more}


BELONGING = {
    "an agent below a request of another service": Neighbour(
        (lines(spans(span(2, PAID), span(1, AGENT, parentSpanId=ELSEWHERE))),),
        succeeded=("pay",),
    ),
    "an agent below a request of another service failed": Neighbour(
        (lines(spans(span(2, PAID), span(1, AGENT, parentSpanId=ELSEWHERE, **ERROR))),),
        outcomes=("failed",),
        succeeded=("pay",),
    ),
    "a call below a request of another service, its agent has not ended": Neighbour(
        (lines(spans(span(2, PAID, parent=99))),), outcomes=("unknown",), succeeded=("pay",)
    ),
    "a batch of three cases below one root": Neighbour(
        (
            lines(
                spans(
                    span(1, {}),
                    *(
                        one
                        for number in (10, 20, 30)
                        for one in (
                            span(number, agent(f"case-{number}")),
                            span(number + 1, called("pay"), parent=number),
                        )
                    ),
                )
            ),
        ),
        outcomes=("ok", "ok", "ok"),
        succeeded=("pay", "pay", "pay"),
    ),
    "a batch of two cases below one root, one of them failed": Neighbour(
        (
            lines(
                spans(
                    span(1, {}),
                    span(2, agent("case-2"), **ERROR),
                    span(3, agent("case-3")),
                )
            ),
        ),
        outcomes=("failed", "ok"),
    ),
    "the conversation stands on the inference alone": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY, **{"gen_ai.conversation.id": "case-1"})),
                    span(3, PAID),
                    span(1, {"gen_ai.operation.name": "invoke_agent"}),
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "resumed, and the second trace is still at work": Neighbour(
        (
            lines(
                spans(ROOT),
                spans(
                    {
                        **ROOT,
                        "traceId": "b" * 32,
                        "startTimeUnixNano": span(80, {})["startTimeUnixNano"],
                        "endTimeUnixNano": "0",
                    }
                ),
            ),
        ),
        outcomes=("unknown",),
    ),
    "handed to a second agent, which failed below a workflow that went on": Neighbour(
        (
            lines(
                spans(
                    span(2, {"gen_ai.operation.name": "invoke_agent"}),
                    span(3, {"gen_ai.operation.name": "invoke_agent"}, **ERROR),
                    span(1, {**AGENT, "gen_ai.operation.name": "invoke_workflow"}),
                )
            ),
        ),
    ),
    "a call that never ended": Neighbour(
        (lines(spans({**span(2, PAID), "endTimeUnixNano": "0"}, ROOT)),), unknown=("pay",)
    ),
    "two compressed files, one behind the other": Neighbour(
        (gzip.compress(lines(spans(span(2, PAID)))) + gzip.compress(lines(spans(ROOT))),),
        succeeded=("pay",),
    ),
}

MCP_CALL = {"mcp.method.name": "tools/call", **called("pay")}
CALLS = {
    "one call, by the agent, by its client of MCP and by the server": Neighbour(
        (
            lines(
                spans(span(5, MCP_CALL, parent=4), **{"service.name": "bank"}),
                spans(span(2, asked(PAY)), span(3, PAID), span(4, MCP_CALL, parent=3), ROOT),
            ),
        ),
        succeeded=("pay",),
    ),
    "a call that calls another tool by MCP": Neighbour(
        (
            lines(
                spans(span(3, called("refund")), span(4, MCP_CALL, parent=3), ROOT),
            ),
        ),
        succeeded=("pay", "refund"),
    ),
    "adk: two calls at once, and what merges their answers": Neighbour(
        (
            lines(
                spans(
                    span(2, called("pay", "c1")),
                    span(3, called("mail", "c2")),
                    span(4, called("(merged tools)", "e1")),
                    ROOT,
                )
            ),
        ),
        succeeded=("mail", "pay"),
    ),
    "strands: the result is an error, the span is well": Neighbour(
        (lines(spans(span(2, {**PAID, "gen_ai.tool.status": "error"}), ROOT)),),
        failed=("pay",),
    ),
    "strands: the result is a success": Neighbour(
        (lines(spans(span(2, {**PAID, "gen_ai.tool.status": "success"}), ROOT)),),
        succeeded=("pay",),
    ),
    "the exception of a call as a log record": Neighbour(
        (
            lines(
                spans(span(2, {**PAID, "error.type": "Timeout"}, **ERROR), ROOT),
                logs(record("gen_ai.execute_tool.exception", {"exception.type": "Timeout"})),
            ),
        ),
        failed=("pay",),
    ),
    "pydantic-ai: a call in format 2, which has no operation": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {
                            "gen_ai.tool.name": "pay",
                            "gen_ai.tool.call.id": "c1",
                            "tool_arguments": '{"amount": 480}',
                        },
                        name="running tool",
                    ),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
}

SPANS = BELONGING | CALLS
