"""A second list of neighbours, of situations and versions that neither the samples nor
`neighbours.py` have.

The first 53 were written before any of them was read, and 7 were read wrongly then. `MENDED` are
neighbours of those seven.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from tests.runs.neighbours import (
    AGENT,
    CHAIN,
    END,
    ERROR,
    FLOW_ROOT,
    HELLO,
    OPENAI_ROOT,
    OPENAI_TRACE,
    PAY,
    PROMPT,
    QUESTION,
    ROOT,
    SMITH_ROOT,
    UP,
    Neighbour,
    answer,
    asked,
    assessed,
    attributes,
    called,
    event,
    flat,
    flow,
    flow_span,
    function,
    inference,
    inspect_tool,
    inspected,
    lines,
    logs,
    nano,
    record,
    request,
    result,
    row,
    sample,
    smith,
    span,
    spans,
    step,
    use,
    value,
    wire,
)


def later(trace: str, second: float, found: Mapping[str, Any], lasts: float = 5) -> dict[str, Any]:
    """The span in another trace, at another time."""
    return {
        **found,
        "traceId": trace * 32,
        "startTimeUnixNano": nano(second),
        "endTimeUnixNano": nano(second + lasts),
    }


CALLS = [
    {"id": "c1", "type": "function", "function": {"name": "pay", "arguments": '{"amount": 480}'}}
]
CHOICE = {
    "index": 0,
    "finish_reason": "tool_calls",
    "message": {"role": "assistant", "tool_calls": CALLS},
}
CHAT = {"gen_ai.operation.name": "chat"}
DONE = called("pay", "c1", '{"amount": 480}')

VERSIONS = {
    "1.28: the answer as a log record with a body, the call never made": Neighbour(
        (
            lines(
                spans(span(2, CHAT), ROOT),
                logs(
                    record(
                        "gen_ai.choice",
                        {"gen_ai.system": "openai"},
                        2.4,
                        spanId=f"{2:016x}",
                        body=value(CHOICE),
                    )
                ),
            ),
        ),
        unrecorded=("pay",),
    ),
    "1.28: the answer as a log record, the call made": Neighbour(
        (
            lines(
                logs(
                    record(
                        "gen_ai.choice",
                        {"gen_ai.system": "openai"},
                        2.4,
                        spanId=f"{2:016x}",
                        body=value(CHOICE),
                    )
                ),
                spans(span(2, CHAT), span(3, DONE), ROOT),
            ),
        ),
        succeeded=("pay",),
    ),
    "1.28: the answer as an event of the span, its content packed": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        CHAT,
                        events=[
                            event(
                                "gen_ai.choice", {"gen_ai.event.content": json.dumps(CHOICE)}, 2.4
                            )
                        ],
                    ),
                    ROOT,
                )
            ),
        ),
        unrecorded=("pay",),
    ),
    "1.38: the answer on an event of details": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        CHAT,
                        events=[
                            event(
                                "gen_ai.client.inference.operation.details",
                                {"gen_ai.output.messages": asked(PAY)["gen_ai.output.messages"]},
                                2.4,
                            )
                        ],
                    ),
                    span(3, DONE),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "1.38: the details as a log record, edited before it ran": Neighbour(
        (
            lines(
                spans(span(2, CHAT), span(3, called("pay", "c1", '{"amount": 200}')), ROOT),
                logs(
                    record(
                        "gen_ai.client.inference.operation.details",
                        {"gen_ai.output.messages": asked(PAY)["gen_ai.output.messages"]},
                        2.4,
                        spanId=f"{2:016x}",
                    )
                ),
            ),
        ),
        succeeded=("pay",),
        decisions=("edit/unknown",),
    ),
    "the answer of two models at once, both asked for the same call": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY)),
                    span(4, asked(("c9", "pay", {"amount": 1}))),
                    span(5, DONE),
                    span(6, called("pay", "c9", '{"amount": 1}')),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay", "pay"),
    ),
}

TOOLS = {
    "three at once, one fails, the run is well": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY, ("c2", "mail", {}), ("c3", "log", {}))),
                    span(3, called("log", "c3", "{}")),
                    span(4, called("pay", "c1", '{"amount": 480}'), **ERROR),
                    span(5, called("mail", "c2", "{}")),
                    ROOT,
                )
            ),
        ),
        failed=("pay",),
        succeeded=("log", "mail"),
    ),
    "tried three times with one id, the last works": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY)),
                    span(3, DONE, **ERROR),
                    span(4, DONE, **ERROR),
                    span(5, DONE),
                    ROOT,
                )
            ),
        ),
        failed=("pay", "pay"),
        succeeded=("pay",),
    ),
    "asked for again after a failure, with other arguments: a new proposal and no edit": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY)),
                    span(3, DONE, **ERROR),
                    span(4, asked(("c2", "pay", {"amount": 48}))),
                    span(5, called("pay", "c2", '{"amount": 48}')),
                    ROOT,
                )
            ),
        ),
        failed=("pay",),
        succeeded=("pay",),
    ),
    "amounts as 480 and 480.0 are one amount": Neighbour(
        (
            lines(
                spans(span(2, asked(PAY)), span(3, called("pay", "c1", '{"amount": 480.0}')), ROOT)
            ),
        ),
        succeeded=("pay",),
    ),
    "a call that began before its model ended, as a stream has it": Neighbour(
        (lines(spans({**span(2, asked(PAY)), "endTimeUnixNano": nano(9)}, span(3, DONE), ROOT)),),
        succeeded=("pay",),
    ),
    "an error type that a tool handled": Neighbour(
        (lines(spans(span(3, {**DONE, "error.type": "Conflict"}, status={"code": 1}), ROOT)),),
        succeeded=("pay",),
    ),
    "an exception that escaped, the status left unset": Neighbour(
        (
            lines(
                spans(
                    span(
                        3,
                        DONE,
                        events=[
                            event(
                                "exception",
                                {"exception.type": "TimeoutError", "exception.escaped": "True"},
                            )
                        ],
                        **ERROR,
                    ),
                    ROOT,
                )
            ),
        ),
        failed=("pay",),
    ),
    "the operation in capitals": Neighbour(
        (lines(spans(span(3, {**DONE, "gen_ai.operation.name": "EXECUTE_TOOL"}), ROOT)),),
        succeeded=("pay",),
    ),
}

AGENTS = {
    "a sub-agent that failed, and its parent went on": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "searcher"},
                        **ERROR,
                    ),
                    span(3, called("search"), parent=2, **ERROR),
                    ROOT,
                )
            ),
        ),
        failed=("search",),
    ),
    "three agents below each other, parents exported last": Neighbour(
        (
            lines(
                spans(span(4, called("pay"), parent=3)),
                spans(span(3, {"gen_ai.operation.name": "invoke_agent"}, parent=2)),
                spans(span(2, {"gen_ai.operation.name": "invoke_agent"})),
                spans(ROOT),
            ),
        ),
        succeeded=("pay",),
    ),
    "cancelled: the root ends in an error": Neighbour(
        (lines(spans(span(1, {**AGENT, "error.type": "CancelledError"}, **ERROR))),),
        outcomes=("failed",),
    ),
    "two cases, their spans one by one in turn": Neighbour(
        (
            lines(
                *[
                    spans(one)
                    for pair in zip(
                        [span(2, called("pay")), span(1, AGENT)],
                        [
                            {**span(2, called("mail")), "traceId": "b" * 32},
                            {
                                **span(1, {**AGENT, "gen_ai.conversation.id": "case-2"}),
                                "traceId": "b" * 32,
                            },
                        ],
                        strict=True,
                    )
                    for one in pair
                ]
            ),
        ),
        outcomes=("ok", "ok"),
        succeeded=("mail", "pay"),
    ),
    "one conversation, the second trace failed": Neighbour(
        (lines(spans(ROOT), spans(later("b", 100, span(1, AGENT, **ERROR)))),),
        outcomes=("failed",),
    ),
    "one conversation, the first trace failed and the second was well": Neighbour(
        (lines(spans(span(1, AGENT, **ERROR)), spans(later("b", 100, span(1, AGENT)))),),
    ),
    "the traces of one conversation the other way round": Neighbour(
        (lines(spans(later("b", 100, span(1, AGENT))), spans(span(1, AGENT, **ERROR))),),
    ),
    "handed to a second service by a link of the trace": Neighbour(
        (
            lines(
                spans(ROOT),
                {
                    "resourceSpans": [
                        {
                            "resource": {"attributes": attributes({"service.name": "mailer"})},
                            "scopeSpans": [{"spans": [span(3, called("mail"))]}],
                        }
                    ]
                },
            ),
        ),
        succeeded=("mail",),
    ),
}

PEOPLE = {
    "asked and never answered": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY)),
                    span(
                        1,
                        inference("AGENT"),
                        events=[
                            event(
                                "exception",
                                {"exception.type": "langgraph.errors.GraphInterrupt"},
                                58,
                            )
                        ],
                    ),
                )
            ),
        ),
        outcomes=("unknown",),
        unrecorded=("pay",),
        decisions=("question/",),
    ),
    "asked, and denied: the resumed trace ends without the call": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY)),
                    span(
                        1,
                        inference("AGENT"),
                        events=[event("exception", {"exception.type": "GraphInterrupt"}, 58)],
                    ),
                ),
                spans(
                    later(
                        "b",
                        100,
                        span(
                            1,
                            inference("AGENT"),
                            events=[
                                event(
                                    "pmlint.intervention",
                                    {
                                        "pmlint.intervention.kind": "rejection",
                                        "pmlint.intervention.tool_call": "c1",
                                    },
                                    101,
                                )
                            ],
                        ),
                    ),
                    later("b", 102, span(3, {**CHAT, "session.id": "case-1"}), 1),
                ),
            ),
        ),
        unrecorded=("pay",),
        decisions=("question/", "rejection/person"),
    ),
    "asked for two calls, one allowed and one refused": Neighbour(
        (
            lines(
                spans(
                    {
                        **ROOT,
                        "events": [
                            event(
                                "pmlint.intervention",
                                {
                                    "pmlint.intervention.kind": kind,
                                    "pmlint.intervention.tool_call": call,
                                },
                                3,
                            )
                            for kind, call in (("approval", "c1"), ("rejection", "c2"))
                        ],
                    },
                    span(2, asked(PAY, ("c2", "mail", {}))),
                    span(4, DONE),
                )
            ),
        ),
        succeeded=("pay",),
        unrecorded=("mail",),
        decisions=("approval/person", "rejection/person"),
    ),
    "taken over the next day, and the log has no trace": Neighbour(
        (
            lines(spans(span(1, {"pmlint.run": "case-1"}))),
            lines(
                logs(
                    record(
                        "pmlint.intervention",
                        {"pmlint.run": "case-1", "pmlint.intervention.kind": "takeover"},
                        9_000,
                        traceId="",
                        spanId="",
                    )
                )
            ),
        ),
        decisions=("takeover/person",),
    ),
    "a handover between agents leaves its node by an exception": Neighbour(
        (
            lines(
                spans(
                    span(
                        3,
                        inference("TOOL", **{"tool.name": "transfer"}),
                        events=[
                            event("exception", {"exception.type": "langgraph.errors.ParentCommand"})
                        ],
                        status={"code": 1},
                    ),
                    CHAIN,
                )
            ),
        ),
        succeeded=("transfer",),
    ),
    "a guardrail let it pass, another one failed and the agent went on": Neighbour(
        (
            lines(
                spans(
                    span(3, inference("GUARDRAIL"), name="tone"),
                    span(4, inference("GUARDRAIL"), name="limit", **ERROR),
                    CHAIN,
                )
            ),
        ),
        failed_checks=("limit",),
    ),
    "a guardrail of OpenAI that stopped the run": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                step(2, {"type": "guardrail", "name": "limit", "triggered": True}),
                {
                    **OPENAI_ROOT,
                    "error": {
                        "message": "Guardrail tripwire triggered",
                        "data": {"guardrail": "limit"},
                    },
                },
            ),
        ),
        outcomes=("failed",),
        failed_checks=("limit",),
    ),
}

FILES = {
    "only the leaves were exported": Neighbour(
        (lines(spans(span(3, called("pay"), parent=2), span(4, called("mail"), parent=2))),),
        outcomes=("unknown",),
        succeeded=("mail", "pay"),
    ),
    "an empty message between two others": Neighbour(
        (
            lines(
                spans(span(3, called("pay"))),
                {"resourceSpans": []},
                {"resourceSpans": [{"scopeSpans": []}]},
                spans(ROOT),
            ),
        ),
        succeeded=("pay",),
    ),
    "nulls where lists and objects are": Neighbour(
        (
            lines(
                {"resourceSpans": [{"resource": None, "scopeSpans": None}]},
                spans(
                    {**span(3, called("pay")), "events": None, "links": None, "status": None},
                    {**ROOT, "status": None, "droppedAttributesCount": 0},
                ),
            ),
        ),
        succeeded=("pay",),
    ),
    "ids in capitals in one message, small in another": Neighbour(
        (
            lines(
                spans(
                    {
                        **span(3, called("pay"), parent=1),
                        "traceId": "A" * 32,
                        "parentSpanId": f"{1:016X}",
                    }
                ),
                spans({**ROOT, "traceId": "a" * 32}),
            ),
        ),
        succeeded=("pay",),
    ),
    "ids in base64": Neighbour(
        (
            lines(
                spans(
                    {
                        **span(3, called("pay")),
                        "traceId": base64.b64encode(bytes.fromhex("a" * 32)).decode(),
                        "spanId": base64.b64encode(bytes(7) + b"\3").decode(),
                        "parentSpanId": base64.b64encode(bytes(7) + b"\1").decode(),
                    },
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "ids that are numbers, as some vendors write them": Neighbour(
        (
            lines(
                spans(
                    {**span(3, called("pay")), "traceId": 2**127, "spanId": 3, "parentSpanId": 1},
                    {**ROOT, "traceId": 2**127, "spanId": 1},
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "a root with the parent of all zeros": Neighbour(
        (lines(spans(span(3, called("pay")), {**ROOT, "parentSpanId": "0" * 16})),),
        succeeded=("pay",),
    ),
    "a child outside the times of its root": Neighbour(
        (
            lines(
                spans(
                    {
                        **span(3, called("pay")),
                        "startTimeUnixNano": nano(-30),
                        "endTimeUnixNano": nano(90),
                    },
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "a clock of 1970 on one span": Neighbour(
        (
            lines(
                spans(
                    {**span(3, called("pay")), "startTimeUnixNano": "5", "endTimeUnixNano": "6"},
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
        findings=("trace-clock",),
    ),
    "everything that names it is on the resource": Neighbour(
        (
            lines(
                spans(span(1, {}), **{"session.id": "case-1", "pmlint.route": "refund-triage"}),
                spans(
                    later("b", 100, span(1, {})),
                    **{"session.id": "case-1", "pmlint.route": "refund-triage"},
                ),
            ),
        ),
    ),
    "metrics between the spans": Neighbour(
        (lines({"resourceMetrics": []}, spans(span(3, called("pay"))), spans(ROOT)),),
        succeeded=("pay",),
    ),
    "spans and log records in one message": Neighbour(
        (
            lines(
                {
                    **spans(ROOT),
                    **logs(record("pmlint.intervention", {"pmlint.intervention.kind": "override"})),
                }
            ),
        ),
        decisions=("override/person",),
    ),
    "cut in the middle of the last line": Neighbour(
        (
            lines(spans(span(3, called("pay"))), spans(ROOT))
            + lines(spans(span(4, called("mail"))))[:150],
        ),
        succeeded=("pay",),
        findings=("trace-truncated",),
    ),
    "line ends of Windows, and a blank line": Neighbour(
        (lines(spans(span(3, called("pay")))).replace(b"\n", b"\r\n\r\n") + lines(spans(ROOT)),),
        succeeded=("pay",),
    ),
}

OTHERS = {
    "transcript: three calls at once, one failed, one still open": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                use("t2", "Read", 1.1),
                use("t3", "Grep", 1.2),
                result("t2", 2),
                result("t1", 3, failed=True),
            ),
        ),
        outcomes=("unknown",),
        succeeded=("Read",),
        failed=("Bash",),
        unrecorded=("Grep",),
    ),
    "transcript: interrupted by the user, then another wish that is met": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                row(
                    "user",
                    2,
                    [{"type": "text", "text": "[Request interrupted by user for tool use]"}],
                ),
                row("user", 3, "Leave it"),
                END,
            ),
        ),
        unrecorded=("Bash",),
    ),
    "openinference: a call with an id, the tool with the same id": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        inference(
                            "LLM",
                            **flat(0, "pay", '{"amount": 480}', "c1"),
                            **flat(1, "pay", '{"amount": 7}', "c2"),
                        ),
                    ),
                    span(
                        3,
                        inference(
                            "TOOL",
                            **{
                                "tool.name": "pay",
                                "tool_call.id": "c2",
                                "input.value": '{"amount": 7}',
                            },
                        ),
                    ),
                    CHAIN,
                )
            ),
        ),
        succeeded=("pay",),
        unrecorded=("pay",),
    ),
    "mlflow: approved by a person, doubted by a judge": Neighbour(
        (
            lines(
                flow(
                    FLOW_ROOT,
                    flow_span(2, "TOOL", "pay", {}),
                    assessments=(
                        assessed("correct", True),
                        assessed("grounded", "no", "LLM_JUDGE"),
                    ),
                )
            ),
        ),
        succeeded=("pay",),
        failed_checks=("grounded",),
    ),
    "langsmith: a tool was interrupted and called again in the same trace": Neighbour(
        (
            lines(
                SMITH_ROOT,
                smith(
                    "r2", "tool", "pay", error="GraphInterrupt(({'value': 'ok?'},))", end_time=None
                ),
                smith(
                    "r3",
                    "tool",
                    "pay",
                    start_time="2026-10-02T12:00:20Z",
                    end_time="2026-10-02T12:00:21Z",
                ),
            ),
        ),
        waiting=("pay",),
        succeeded=("pay",),
        decisions=("question/",),
    ),
    "openai: two groups in one file, one of them failed": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                OPENAI_ROOT,
                {**OPENAI_TRACE, "id": "trace_2", "group_id": "case-2"},
                {
                    **OPENAI_ROOT,
                    "id": "span_9",
                    "trace_id": "trace_2",
                    "error": {"message": "no", "data": None},
                },
            ),
        ),
        outcomes=("failed", "ok"),
    ),
    "openai: a retry of one function": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(2, None, error={"message": "Error running tool", "data": None}),
                function(3),
                OPENAI_ROOT,
            ),
        ),
        failed=("pay",),
        succeeded=("pay",),
    ),
    "mcp: cancelled after it was answered": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                answer(1, 2),
                wire(
                    3,
                    UP,
                    {
                        "jsonrpc": "2.0",
                        "method": "notifications/cancelled",
                        "params": {"requestId": 1},
                    },
                ),
            ),
        ),
        succeeded=("pay",),
    ),
    "mcp: the connection broke off while a call ran": Neighbour(
        (lines(HELLO, request(1, 1), answer(1, 2), request(2, 3)),),
        outcomes=("unknown",),
        succeeded=("pay",),
        unknown=("pay",),
    ),
    "inspect: a call that ran into its time": Neighbour(
        (
            inspected(
                sample(
                    inspect_tool("c1", 2, error={"type": "timeout", "message": "no"}),
                    inspect_tool("c2", 4),
                )
            ),
        ),
        failed=("pay",),
        succeeded=("pay",),
    ),
}

TOLD = {"gen_ai.output.messages": asked(PAY)["gen_ai.output.messages"]}
DETAILS = record("gen_ai.client.inference.operation.details", TOLD, 2.4, spanId=f"{2:016x}")
MENDED = {
    "the answer on its span and again as a log record": Neighbour(
        (lines(spans(span(2, asked(PAY)), span(3, DONE), ROOT), logs(DETAILS)),),
        succeeded=("pay",),
    ),
    "the answer in two kinds of log records": Neighbour(
        (
            lines(
                logs(DETAILS, record("gen_ai.choice", {}, 2.5, body=value(CHOICE))),
                spans(span(2, CHAT), ROOT),
            ),
        ),
        unrecorded=("pay",),
    ),
    "the log records in a file of their own, before the spans": Neighbour(
        (
            lines(logs(DETAILS)),
            lines(spans(span(2, CHAT), span(3, called("pay", "c1", '{"amount": 200}')), ROOT)),
        ),
        succeeded=("pay",),
        decisions=("edit/unknown",),
    ),
    "what the model was asked repeats an earlier call": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        CHAT,
                        events=[
                            event(
                                "gen_ai.assistant.message",
                                {"gen_ai.event.content": json.dumps(CHOICE["message"])},
                                2.1,
                            )
                        ],
                    ),
                    ROOT,
                ),
                logs(record("gen_ai.assistant.message", {}, 2.1, body=value(CHOICE["message"]))),
            ),
        ),
    ),
    "two choices, each with a call": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        CHAT,
                        events=[
                            event(
                                "gen_ai.choice",
                                {
                                    "gen_ai.event.content": json.dumps(
                                        {
                                            "index": n,
                                            "message": {
                                                "tool_calls": [{**CALLS[0], "id": f"c{n}"}]
                                            },
                                        }
                                    )
                                },
                                2.4,
                            )
                            for n in (1, 2)
                        ],
                    ),
                    span(3, DONE),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
        unrecorded=("pay",),
    ),
    "the call was carried out, and its arguments were not kept": Neighbour(
        (lines(spans(span(2, CHAT), span(3, called("pay", "c1")), ROOT), logs(DETAILS)),),
        succeeded=("pay",),
    ),
    "a person labels it with no": Neighbour(
        (lines(flow(FLOW_ROOT, assessments=(assessed("correct", "no"),))),)
    ),
    "a judge labels it with No": Neighbour(
        (lines(flow(FLOW_ROOT, assessments=(assessed("correct", "No", "LLM_JUDGE"),))),),
        failed_checks=("correct",),
    ),
    "a question was open when the connection broke off": Neighbour(
        (lines(HELLO, request(1, 1), QUESTION),),
        outcomes=("unknown",),
        waiting=("pay",),
        decisions=("question/",),
    ),
    "all ids of zeros": Neighbour(
        (
            lines(
                spans({**ROOT, "traceId": "0" * 32, "spanId": "0" * 16, "parentSpanId": "0" * 16})
            ),
        ),
    ),
}

FRESH = {
    f"{kind}: {name}": one
    for kind, cases in (
        ("versions", VERSIONS),
        ("tools", TOOLS),
        ("agents", AGENTS),
        ("people", PEOPLE),
        ("files", FILES),
        ("others", OTHERS),
        ("mended", MENDED),
    )
    for name, one in cases.items()
}
