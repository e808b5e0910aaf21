"""Neighbours of every kind of trace, in our own words: what happened first, then the file.

Each differs in one thing from the sample of its kind: another spelling, version, order, or end.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

NOON = datetime(2026, 10, 2, 12, tzinfo=UTC)


class Neighbour(NamedTuple):
    """What happened, and the files that tell it. Tools and evaluations by how they ended, each
    decision as ``kind/by``; what is not named did not happen.
    """

    files: tuple[bytes, ...]
    outcomes: tuple[str, ...] = ("ok",)
    succeeded: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    failed_checks: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


def lines(*rows: object) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def nano(second: float) -> str:
    return str(int((NOON + timedelta(seconds=second)).timestamp() * 1000) * 1_000_000)


def iso(second: float) -> str:
    return (NOON + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


def value(told: object) -> dict[str, Any]:
    """An AnyValue of OTLP."""
    if isinstance(told, Mapping):
        return {"kvlistValue": {"values": attributes(told)}}
    if isinstance(told, list):
        return {"arrayValue": {"values": [value(item) for item in told]}}
    if isinstance(told, bool):
        return {"boolValue": told}
    if isinstance(told, int):
        return {"intValue": str(told)}
    return {"doubleValue": told} if isinstance(told, float) else {"stringValue": told}


def attributes(told: Mapping[str, object]) -> list[dict[str, Any]]:
    return [{"key": name, "value": value(one)} for name, one in told.items()]


def span(id: int, told: Mapping[str, object], parent: int = 1, **fields: Any) -> dict[str, Any]:
    """A span; span 1 is the root."""
    is_root = id == 1
    return {
        "traceId": "a" * 32,
        "spanId": f"{id:016x}",
        "parentSpanId": "" if is_root else f"{parent:016x}",
        "name": "step",
        "startTimeUnixNano": nano(0 if is_root else id),
        "endTimeUnixNano": nano(60 if is_root else id + 0.5),
        "attributes": attributes(told),
        **fields,
    }


def spans(*found: dict[str, Any], **resource: object) -> dict[str, Any]:
    """A message of spans, of the service `refund-triage`."""
    told = attributes({"service.name": "refund-triage", **resource})
    return {
        "resourceSpans": [
            {"resource": {"attributes": told}, "scopeSpans": [{"spans": list(found)}]}
        ]
    }


def logs(*found: dict[str, Any], service: str = "refund-triage") -> dict[str, Any]:
    told = attributes({"service.name": service})
    return {
        "resourceLogs": [
            {"resource": {"attributes": told}, "scopeLogs": [{"logRecords": list(found)}]}
        ]
    }


def record(
    name: str, told: Mapping[str, object], second: float = 5, **fields: Any
) -> dict[str, Any]:
    return {
        "timeUnixNano": nano(second),
        "eventName": name,
        "traceId": "a" * 32,
        "spanId": f"{1:016x}",
        "attributes": attributes(told),
        **fields,
    }


def event(name: str, told: Mapping[str, object], second: float = 5) -> dict[str, Any]:
    return {"name": name, "timeUnixNano": nano(second), "attributes": attributes(told)}


ERROR = {"status": {"code": 2}}
AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": "case-1"}


def asked(*calls: tuple[str, str, dict[str, Any]], **more: object) -> dict[str, object]:
    parts = [
        {"type": "tool_call", "id": id, "name": name, "arguments": told} for id, name, told in calls
    ]
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": parts}]),
        **more,
    }


def called(name: str, id: str = "", told: object = None, **more: object) -> dict[str, object]:
    found: dict[str, object] = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    found |= {"gen_ai.tool.call.id": id} if id else {}
    return {**found, **({"gen_ai.tool.call.arguments": told} if told is not None else {}), **more}


PAY = ("c1", "pay", {"amount": 480})
ROOT = span(1, AGENT)

OTEL = {
    "one message a span, root last": Neighbour(
        (
            lines(
                spans(span(2, asked(PAY))),
                spans(span(3, called("pay", "c1", '{"amount": 480}'))),
                spans(ROOT),
            ),
        ),
        succeeded=("pay",),
    ),
    "spans of one trace in two files, root first": Neighbour(
        (
            lines(spans(ROOT)),
            lines(spans(span(2, asked(PAY)), span(3, called("pay", "c1", '{"amount": 480}')))),
        ),
        succeeded=("pay",),
    ),
    "compressed, and its name says nothing": Neighbour(
        (gzip.compress(lines(spans(span(3, called("pay")), ROOT))),), succeeded=("pay",)
    ),
    "one array of messages": Neighbour(
        (json.dumps([spans(span(3, called("pay"))), spans(ROOT)]).encode(),), succeeded=("pay",)
    ),
    "one array, over many lines": Neighbour(
        (json.dumps([spans(span(3, called("pay"))), spans(ROOT)], indent=1).encode(),),
        succeeded=("pay",),
    ),
    "numbers as numbers, and a byte order mark": Neighbour(
        (
            b"\xef\xbb\xbf"
            + lines(
                spans({**ROOT, "startTimeUnixNano": int(nano(0)), "endTimeUnixNano": int(nano(9))})
            ),
        ),
    ),
    "arguments as an attribute with fields": Neighbour(
        (lines(spans(span(2, asked(PAY)), span(3, called("pay", "c1", {"amount": 200})), ROOT)),),
        succeeded=("pay",),
        decisions=("edit/unknown",),
    ),
    "messages as an attribute with fields": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {
                            "gen_ai.operation.name": "chat",
                            "gen_ai.output.messages": [
                                {
                                    "role": "assistant",
                                    "parts": [
                                        {
                                            "type": "tool_call",
                                            "id": "c1",
                                            "name": "pay",
                                            "arguments": {"amount": 480},
                                        }
                                    ],
                                }
                            ],
                        },
                    ),
                    ROOT,
                )
            ),
        ),
        unrecorded=("pay",),
    ),
    "old names: a completion on an event of the span": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {"gen_ai.operation.name": "chat", "gen_ai.system": "openai"},
                        events=[
                            event(
                                "gen_ai.content.completion",
                                {
                                    "gen_ai.completion": json.dumps(
                                        [
                                            {
                                                "role": "assistant",
                                                "tool_calls": [
                                                    {
                                                        "id": "c1",
                                                        "type": "function",
                                                        "function": {
                                                            "name": "pay",
                                                            "arguments": '{"amount": 480}',
                                                        },
                                                    }
                                                ],
                                            }
                                        ]
                                    )
                                },
                            )
                        ],
                    ),
                    ROOT,
                )
            ),
        ),
        unrecorded=("pay",),
    ),
    "two calls at once, one of them edited": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY, ("c2", "pay", {"amount": 7}))),
                    span(3, called("pay", "c2", '{"amount": 7}')),
                    span(4, called("pay", "c1", '{"amount": 200}')),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay", "pay"),
        decisions=("edit/unknown",),
    ),
    "a default that was added is no edit": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY)),
                    span(3, called("pay", "c1", '{"currency": "EUR", "amount": 480}')),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "the status alone says that it failed": Neighbour(
        (lines(spans(span(3, called("pay"), **ERROR), ROOT)),), failed=("pay",)
    ),
    "the status by name, the root failed": Neighbour(
        (lines(spans({**ROOT, "status": {"code": "STATUS_CODE_ERROR"}})),), outcomes=("failed",)
    ),
    "failed, tried again, and well in the end": Neighbour(
        (lines(spans(span(3, called("pay"), **ERROR), span(4, called("pay")), ROOT)),),
        failed=("pay",),
        succeeded=("pay",),
    ),
    "the root never came": Neighbour(
        (lines(spans(span(3, called("pay")))),), outcomes=("unknown",), succeeded=("pay",)
    ),
    "the parent is missing, the root is there": Neighbour(
        (lines(spans(span(3, called("pay"), parent=77), ROOT)),), succeeded=("pay",)
    ),
    "a sub-agent with a conversation of its own": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "searcher"},
                    ),
                    span(3, called("search"), parent=2),
                    ROOT,
                )
            ),
        ),
        succeeded=("search",),
    ),
    "a session that was resumed the next day": Neighbour(
        (
            lines(spans(ROOT)),
            lines(
                spans(
                    {
                        **span(1, AGENT),
                        "traceId": "b" * 32,
                        "startTimeUnixNano": nano(86_400 - 60),
                        "endTimeUnixNano": nano(86_400 - 30),
                    }
                )
            ),
        ),
    ),
    "no spans at all": Neighbour((lines({"resourceSpans": []}),), outcomes=()),
    "a clock that ran backwards": Neighbour(
        (lines(spans({**span(3, called("pay")), "endTimeUnixNano": nano(1)}, ROOT)),),
        succeeded=("pay",),
        findings=("trace-clock",),
    ),
    "an operation that nobody knows": Neighbour(
        (lines(spans(span(3, {"gen_ai.operation.name": "dream"}), ROOT)),)
    ),
    "a tool behind the protocol MCP": Neighbour(
        (
            lines(
                spans(
                    span(
                        3,
                        {
                            "mcp.method.name": "tools/call",
                            "gen_ai.tool.name": "pay",
                            "gen_ai.operation.name": "execute_tool",
                            "error.type": "tool_error",
                        },
                        **ERROR,
                    ),
                    ROOT,
                )
            ),
        ),
        failed=("pay",),
    ),
    "logs twice: an exporter tried again": Neighbour(
        (
            lines(
                *[logs(record("pmlint.intervention", {"pmlint.intervention.kind": "rescue"}))] * 2,
                spans(ROOT),
            ),
        ),
        decisions=("rescue/person",),
    ),
    "an evaluation that failed, as a log": Neighbour(
        (
            lines(
                spans(ROOT),
                logs(
                    record(
                        "gen_ai.evaluation.result",
                        {
                            "gen_ai.evaluation.name": "grounded",
                            "gen_ai.evaluation.score.label": "Fail",
                        },
                    )
                ),
            ),
        ),
        failed_checks=("grounded",),
    ),
    "an evaluation that failed, as an event of the span": Neighbour(
        (
            lines(
                spans(
                    {
                        **ROOT,
                        "events": [
                            event(
                                "gen_ai.evaluation.result",
                                {
                                    "gen_ai.evaluation.name": "grounded",
                                    "gen_ai.evaluation.score.label": "fail",
                                },
                            )
                        ],
                    }
                )
            ),
        ),
        failed_checks=("grounded",),
    ),
}

OWN = {
    "an outcome on an event": Neighbour(
        (lines(spans({**ROOT, "events": [event("review", {"pmlint.outcome": "near-miss"})]})),),
        outcomes=("near-miss",),
    ),
    "an outcome on a log record": Neighbour(
        (lines(spans(ROOT), logs(record("review", {"pmlint.outcome": "control-breach"}))),),
        outcomes=("control-breach",),
    ),
    "a log record that names its run and has no trace": Neighbour(
        (
            lines(
                spans(span(1, {"pmlint.run": "case-1"})),
                logs(
                    record(
                        "pmlint.intervention",
                        {
                            "pmlint.run": "case-1",
                            "pmlint.intervention.kind": "takeover",
                            "pmlint.intervention.by": "@maria",
                        },
                        traceId="",
                        spanId="",
                    )
                ),
            ),
        ),
        decisions=("takeover/person",),
    ),
    "the name as an attribute, as older SDKs write it": Neighbour(
        (
            lines(
                spans(ROOT),
                logs(
                    record(
                        "",
                        {"event.name": "pmlint.intervention", "pmlint.intervention.kind": "undo"},
                    )
                ),
            ),
        ),
        decisions=("undo/person",),
    ),
    "a kind in capitals": Neighbour(
        (
            lines(
                spans(
                    {
                        **ROOT,
                        "events": [
                            event("pmlint.intervention", {"pmlint.intervention.kind": "Rescue"})
                        ],
                    }
                )
            ),
        ),
        decisions=("rescue/person",),
    ),
    "a kind that nobody knows": Neighbour(
        (
            lines(
                spans(
                    {
                        **ROOT,
                        "events": [
                            event("pmlint.intervention", {"pmlint.intervention.kind": "applause"})
                        ],
                    }
                )
            ),
        ),
        decisions=("/person",),
    ),
    "asked, approved, and then undone": Neighbour(
        (
            lines(
                spans(
                    {
                        **ROOT,
                        "events": [
                            event("pmlint.intervention", {"pmlint.intervention.kind": kind}, second)
                            for second, kind in enumerate(("approval", "undo"), 3)
                        ],
                    }
                )
            ),
        ),
        decisions=("approval/person", "undo/person"),
    ),
    "an outcome that nobody knows": Neighbour(
        (lines(spans(span(1, {**AGENT, "pmlint.outcome": "splendid"}))),)
    ),
    "the worst of several traces": Neighbour(
        (
            lines(
                spans(span(1, {**AGENT, "pmlint.outcome": "near-miss"})),
                spans(
                    {
                        **span(1, {**AGENT, "pmlint.outcome": "ok"}),
                        "traceId": "b" * 32,
                        "startTimeUnixNano": nano(99),
                        "endTimeUnixNano": nano(100),
                    }
                ),
            ),
        ),
        outcomes=("near-miss",),
    ),
}


def inference(kind: str, **more: object) -> dict[str, object]:
    return {"openinference.span.kind": kind, "session.id": "case-1", **more}


_FLAT = "llm.output_messages.0.message.tool_calls.{}.tool_call."


def flat(number: int, name: str, told: str, id: str = "") -> dict[str, object]:
    head = _FLAT.format(number)
    return {
        f"{head}function.name": name,
        f"{head}function.arguments": told,
        **({f"{head}id": id} if id else {}),
    }


CHAIN = span(1, inference("CHAIN"))
OPENINFERENCE = {
    "an input that is no JSON cannot be compared": Neighbour(
        (
            lines(
                spans(
                    span(2, inference("LLM", **flat(0, "pay", '{"amount": 480}'))),
                    span(
                        3,
                        inference("TOOL", **{"tool.name": "pay", "input.value": "{'amount': 200}"}),
                    ),
                    CHAIN,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "two calls of one tool, by their order": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        inference(
                            "LLM",
                            **flat(0, "pay", '{"amount": 1}'),
                            **flat(1, "pay", '{"amount": 2}'),
                        ),
                    ),
                    span(
                        3, inference("TOOL", **{"tool.name": "pay", "input.value": '{"amount": 1}'})
                    ),
                    span(
                        4, inference("TOOL", **{"tool.name": "pay", "input.value": '{"amount": 2}'})
                    ),
                    CHAIN,
                )
            ),
        ),
        succeeded=("pay", "pay"),
    ),
    "two calls of one tool that ran the other way round": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        inference(
                            "LLM",
                            **flat(0, "pay", '{"amount": 1}'),
                            **flat(1, "pay", '{"amount": 2}'),
                        ),
                    ),
                    span(
                        3, inference("TOOL", **{"tool.name": "pay", "input.value": '{"amount": 2}'})
                    ),
                    span(
                        4, inference("TOOL", **{"tool.name": "pay", "input.value": '{"amount": 1}'})
                    ),
                    CHAIN,
                )
            ),
        ),
        succeeded=("pay", "pay"),
    ),
    "a kind in small letters": Neighbour(
        (lines(spans(span(3, inference("tool", **{"tool.name": "pay"})), CHAIN)),),
        succeeded=("pay",),
    ),
    "the thread in its metadata": Neighbour(
        (
            lines(
                spans(
                    span(
                        1,
                        {"openinference.span.kind": "AGENT", "metadata": '{"thread_id": "case-1"}'},
                    )
                ),
                spans(
                    {
                        **span(
                            1,
                            {
                                "openinference.span.kind": "AGENT",
                                "metadata": '{"thread_id": "case-1"}',
                            },
                        ),
                        "traceId": "b" * 32,
                    }
                ),
            ),
        ),
    ),
    "interrupted twice, resumed once": Neighbour(
        (
            lines(
                *[
                    spans(
                        {
                            **span(
                                1,
                                inference("AGENT"),
                                events=[
                                    event(
                                        "exception",
                                        {"exception.type": "GraphInterrupt"},
                                        second + 1,
                                    )
                                ],
                                status={"code": 1},
                            ),
                            "traceId": trace * 32,
                            "startTimeUnixNano": nano(second),
                            "endTimeUnixNano": nano(second + 2),
                        }
                    )
                    for trace, second in (("a", 0), ("b", 10))
                ]
            ),
        ),
        outcomes=("unknown",),
        decisions=("question/", "question/"),
    ),
    "a tool that failed by an exception alone": Neighbour(
        (
            lines(
                spans(
                    span(
                        3,
                        inference("TOOL", **{"tool.name": "pay"}),
                        events=[event("exception", {"exception.type": "builtins.TimeoutError"})],
                        **ERROR,
                    ),
                    CHAIN,
                )
            ),
        ),
        failed=("pay",),
    ),
    "a guardrail that failed": Neighbour(
        (lines(spans(span(3, inference("GUARDRAIL"), name="limit", **ERROR), CHAIN)),),
        failed_checks=("limit",),
    ),
}


def claude(name: str, second: float, told: Mapping[str, object]) -> dict[str, Any]:
    return {
        "timeUnixNano": nano(second),
        "body": {"stringValue": f"claude_code.{name}"},
        "attributes": attributes({"session.id": "s1", "event.name": name, **told}),
    }


def decided(decision: str, source: str, tool: str = "Bash", second: float = 2) -> dict[str, Any]:
    return claude(
        "tool_decision", second, {"decision": decision, "source": source, "tool_name": tool}
    )


CLAUDE_LOGS = {
    "refused by a hook": Neighbour(
        (lines(logs(decided("reject", "hook"), service="claude-code")),),
        outcomes=("unknown",),
        decisions=("rejection/machine",),
    ),
    "allowed for good": Neighbour(
        (lines(logs(decided("accept", "user_permanent"), service="claude-code")),),
        outcomes=("unknown",),
        decisions=("approval/person",),
    ),
    "broken off by the user": Neighbour(
        (lines(logs(decided("reject", "user_abort"), service="claude-code")),),
        outcomes=("unknown",),
        decisions=("rejection/person",),
    ),
    "an earlier version, without a source": Neighbour(
        (lines(logs(decided("accept", ""), service="claude-code")),),
        outcomes=("unknown",),
        decisions=("approval/unknown",),
    ),
    "success as a boolean": Neighbour(
        (
            lines(
                logs(
                    claude("tool_result", 3, {"tool_name": "Bash", "success": False}),
                    service="claude-code",
                )
            ),
        ),
        outcomes=("unknown",),
        failed=("Bash",),
    ),
    "only the short name of the event": Neighbour(
        (
            lines(
                logs(
                    {
                        **claude("tool_result", 3, {"tool_name": "Read", "success": "true"}),
                        "body": {"stringValue": "tool_result"},
                    }
                ),
                logs(claude("api_error", 4, {"error": "overloaded"}), service="claude-code"),
            ),
        ),
        outcomes=("unknown",),
        succeeded=("Read",),
    ),
    "two sessions in one file": Neighbour(
        (
            lines(
                logs(decided("accept", "user_temporary"), service="claude-code"),
                logs(
                    {
                        **decided("reject", "user_reject"),
                        "attributes": attributes(
                            {
                                "session.id": "s2",
                                "event.name": "tool_decision",
                                "decision": "reject",
                                "source": "user_reject",
                                "tool_name": "Write",
                            }
                        ),
                    },
                    service="claude-code",
                ),
            ),
        ),
        outcomes=("unknown", "unknown"),
        decisions=("approval/person", "rejection/person"),
    ),
    "a batch that was sent twice": Neighbour(
        (lines(*[logs(decided("accept", "user_temporary"), service="claude-code")] * 2),),
        outcomes=("unknown",),
        decisions=("approval/person",),
    ),
}


def row(type: str, second: float, content: object, **more: Any) -> dict[str, Any]:
    message = {"role": type, "content": content, **more.pop("message", {})}
    return {
        "type": type,
        "sessionId": "s1",
        "uuid": f"u{second}",
        "timestamp": iso(second),
        "isSidechain": False,
        "message": message,
        **more,
    }


def use(id: str, name: str, second: float, **more: Any) -> dict[str, Any]:
    block = {"type": "tool_use", "id": id, "name": name, "input": {"command": "x"}}
    return row("assistant", second, [block], message={"stop_reason": "tool_use"}, **more)


def result(
    id: str, second: float, failed: bool = False, content: object = "done", **more: Any
) -> dict[str, Any]:
    block = {
        "type": "tool_result",
        "tool_use_id": id,
        "content": content,
        **({"is_error": True} if failed else {}),
    }
    return row("user", second, [block], **more)


PROMPT = row("user", 0, "Please refund order A-1")
END = row("assistant", 50, [{"type": "text", "text": "Done."}], message={"stop_reason": "end_turn"})
BY_USER = {"permissionDecision": {"decision": "accept", "source": "user_temporary"}}
DENIED = {
    "permissionDecision": {"decision": "reject", "source": "user_reject"},
    "toolDenialKind": "user-rejected",
}
TRANSCRIPT = {
    "two calls at once, the answers the other way round": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Read", 1),
                use("t2", "Bash", 1.1),
                result("t2", 3),
                result("t1", 4),
                END,
            ),
        ),
        succeeded=("Bash", "Read"),
    ),
    "broken off while a tool was asked for": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                row(
                    "user",
                    3,
                    [{"type": "text", "text": "[Request interrupted by user for tool use]"}],
                ),
            ),
        ),
        outcomes=("unknown",),
        unrecorded=("Bash",),
    ),
    "a second question that was never answered": Neighbour(
        (lines(PROMPT, END, row("user", 60, "And now order A-2")),), outcomes=("unknown",)
    ),
    "refused, as earlier versions write it": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                result(
                    "t1",
                    2,
                    True,
                    "The user doesn't want to proceed with this tool use. The tool use was rejected.",
                    toolUseResult="User rejected tool use",
                ),
                END,
            ),
        ),
        blocked=("Bash",),
        decisions=("rejection/person",),
    ),
    "refused by a rule, nobody was asked": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                result(
                    "t1",
                    2,
                    True,
                    permissionDecision={"decision": "reject", "source": "config"},
                    toolDenialKind="permission-rule",
                ),
                END,
            ),
        ),
        blocked=("Bash",),
        decisions=("rejection/machine",),
    ),
    "refused by a hook": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                result("t1", 2, True, permissionDecision={"decision": "reject", "source": "hook"}),
                END,
            ),
        ),
        blocked=("Bash",),
        decisions=("rejection/machine",),
    ),
    "a sub-agent that ended, and the session did not": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Task", 1),
                use("t2", "Read", 2, isSidechain=True),
                result("t2", 3, isSidechain=True),
                {**END, "isSidechain": True, "uuid": "x", "timestamp": iso(4)},
            ),
        ),
        outcomes=("unknown",),
        succeeded=("Read",),
        unrecorded=("Task",),
    ),
    "compacted, and continued": Neighbour(
        (
            lines(
                {"type": "summary", "summary": "Refunds", "leafUuid": "u1"},
                PROMPT,
                use("t1", "Read", 1),
                result("t1", 2),
                {
                    "type": "system",
                    "subtype": "compact_boundary",
                    "sessionId": "s1",
                    "uuid": "c",
                    "timestamp": iso(3),
                    "content": "Conversation compacted",
                },
                row("user", 4, "This session continues an earlier one.", isCompactSummary=True),
                END,
            ),
        ),
        succeeded=("Read",),
    ),
    "compacted after the last answer": Neighbour(
        (
            lines(
                PROMPT,
                {**END, "timestamp": iso(2)},
                row(
                    "user",
                    4,
                    "This session continues an earlier one.",
                    isCompactSummary=True,
                    isVisibleInTranscriptOnly=True,
                ),
            ),
        ),
    ),
    "resumed: the second file repeats the first": Neighbour(
        (
            lines(PROMPT, use("t1", "Bash", 1), result("t1", 2, **BY_USER)),
            lines(PROMPT, use("t1", "Bash", 1), result("t1", 2, **BY_USER), END),
        ),
        succeeded=("Bash",),
        decisions=("approval/person",),
    ),
    "the interface failed at the end": Neighbour(
        (
            lines(
                PROMPT,
                row(
                    "assistant",
                    3,
                    [{"type": "text", "text": "API Error: 500"}],
                    message={"stop_reason": "stop_sequence"},
                    isApiErrorMessage=True,
                ),
            ),
        ),
        outcomes=("failed",),
    ),
    "the answer is a text and no list": Neighbour(
        (lines(PROMPT, row("assistant", 3, "Done.", message={"stop_reason": "end_turn"})),)
    ),
    "only housekeeping": Neighbour(
        (
            lines(
                {
                    "type": "queue-operation",
                    "operation": "enqueue",
                    "sessionId": "s1",
                    "timestamp": iso(1),
                }
            ),
        ),
        outcomes=(),
    ),
}


def flow_span(
    id: int, type: str, name: str, told: Mapping[str, object], **more: Any
) -> dict[str, Any]:
    packed = {
        "mlflow.spanType": json.dumps(type),
        **{key: json.dumps(one) for key, one in told.items()},
    }
    is_root = id == 1
    return {
        "trace_id": "Lw0K0m+Ca41Omp4o42YUDA==",
        "span_id": f"{id:016x}",
        "parent_span_id": None if is_root else f"{1:016x}",
        "name": name,
        "start_time_unix_nano": int(nano(0 if is_root else id)),
        "end_time_unix_nano": int(nano(60 if is_root else id + 0.5)),
        "events": [],
        "status": {"code": "STATUS_CODE_OK"},
        "attributes": packed,
        **more,
    }


def flow(
    *found: dict[str, Any], assessments: tuple[dict[str, Any], ...] = (), **info: Any
) -> dict[str, Any]:
    told = {
        "trace_id": "tr-2f0d0ad26f826b8d4e9a9e28e366140c",
        "state": "OK",
        "trace_metadata": {"mlflow.trace.session": "case-1"},
        "tags": {"mlflow.traceName": "refund-triage"},
        "assessments": list(assessments),
        **info,
    }
    return {"info": told, "data": {"spans": list(found)}}


FLOW_ROOT = flow_span(1, "AGENT", "refund-triage", {})


def assessed(name: str, value: object, by: str = "HUMAN", **more: Any) -> dict[str, Any]:
    return {
        "assessment_name": name,
        "source": {"source_type": by, "source_id": "maria"},
        "create_time": iso(61),
        "feedback": {"value": value},
        "valid": True,
        **more,
    }


MLFLOW = {
    "the format of version 2": Neighbour(
        (
            lines(
                {
                    "info": {
                        "request_id": "tr-1",
                        "timestamp_ms": int(nano(0)) // 10**6,
                        "status": "OK",
                        "request_metadata": {"mlflow.trace_schema.version": "2"},
                        "tags": {"mlflow.traceName": "refund-triage"},
                    },
                    "data": {
                        "spans": [
                            {
                                "name": name,
                                "context": {"span_id": f"0x{id}", "trace_id": "0xabc"},
                                "parent_id": None if id == 1 else "0x1",
                                "start_time": int(nano(id)),
                                "end_time": int(nano(id + 1)),
                                "status_code": code,
                                "attributes": {"mlflow.spanType": json.dumps(type)},
                                "events": [],
                            }
                            for id, name, type, code in (
                                (1, "refund-triage", "AGENT", "OK"),
                                (2, "pay", "TOOL", "ERROR"),
                            )
                        ]
                    },
                }
            ),
        ),
        failed=("pay",),
    ),
    "still at work": Neighbour(
        (
            lines(
                flow(
                    {
                        **FLOW_ROOT,
                        "end_time_unix_nano": None,
                        "status": {"code": "STATUS_CODE_UNSET"},
                    },
                    state="IN_PROGRESS",
                )
            ),
        ),
        outcomes=("unknown",),
    ),
    "the status as a number and the root failed": Neighbour(
        (lines(flow({**FLOW_ROOT, "status": {"code": 2}})),), outcomes=("failed",)
    ),
    "the traces as one array": Neighbour(
        (json.dumps([flow(FLOW_ROOT, flow_span(2, "TOOL", "pay", {}))]).encode(),),
        succeeded=("pay",),
    ),
    "judged by a model, and it did not pass": Neighbour(
        (lines(flow(FLOW_ROOT, assessments=(assessed("grounded", False, "LLM_JUDGE"),))),),
        failed_checks=("grounded",),
    ),
    "judged twice, the first is no longer valid": Neighbour(
        (
            lines(
                flow(
                    FLOW_ROOT,
                    assessments=(
                        assessed("grounded", False, "CODE", valid=False),
                        assessed("grounded", True, "CODE"),
                    ),
                )
            ),
        ),
    ),
    "a check that could not be made": Neighbour(
        (
            lines(
                flow(
                    FLOW_ROOT,
                    assessments=(
                        assessed(
                            "grounded",
                            None,
                            "CODE",
                            feedback={"value": None, "error": {"error_code": "TIMEOUT"}},
                        ),
                    ),
                )
            ),
        ),
    ),
    "two traces of one session": Neighbour(
        (
            lines(
                flow(FLOW_ROOT),
                flow({**FLOW_ROOT, "trace_id": "b" * 32}, trace_id="tr-" + "b" * 32),
            ),
        ),
    ),
}


def smith(id: str, type: str, name: str, parent: str | None = "r1", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "trace_id": "r1",
        "parent_run_id": None if id == "r1" else parent,
        "dotted_order": id,
        "run_type": type,
        "name": name,
        "start_time": iso(0 if id == "r1" else 1),
        "end_time": iso(60 if id == "r1" else 2),
        "inputs": {},
        "outputs": {},
        "error": None,
        "extra": {"metadata": {"thread_id": "case-1"}},
        "session_name": "refund-triage",
        **more,
    }


SMITH_ROOT = smith("r1", "chain", "refund-triage")


def feedback(key: str, score: object, **source: Any) -> dict[str, Any]:
    return {
        "id": "f1",
        "run_id": "r1",
        "trace_id": "r1",
        "created_at": iso(70),
        "key": key,
        "score": score,
        "feedback_source": source,
    }


LANGSMITH = {
    "one array, as an export writes it": Neighbour(
        (json.dumps([SMITH_ROOT, smith("r2", "tool", "pay")]).encode(),), succeeded=("pay",)
    ),
    "children before their root": Neighbour(
        (lines(smith("r2", "tool", "pay"), SMITH_ROOT),), succeeded=("pay",)
    ),
    "still at work": Neighbour(
        (lines({**SMITH_ROOT, "end_time": None, "status": "pending"}),), outcomes=("unknown",)
    ),
    "the root failed with a long error": Neighbour(
        (
            lines(
                {
                    **SMITH_ROOT,
                    "error": "TimeoutError('no answer')Traceback (most recent call last):\n ...",
                }
            ),
        ),
        outcomes=("failed",),
    ),
    "a question that was answered in another trace": Neighbour(
        (
            lines(
                {**SMITH_ROOT, "error": "GraphInterrupt((Interrupt(value='ok?'),))"},
                {
                    **smith("q1", "chain", "refund-triage", None),
                    "trace_id": "q1",
                    "start_time": iso(100),
                    "end_time": iso(120),
                },
                {
                    **smith("q2", "tool", "pay", "q1"),
                    "trace_id": "q1",
                    "start_time": iso(105),
                    "end_time": iso(110),
                },
            ),
        ),
        succeeded=("pay",),
        decisions=("question/",),
    ),
    "calls as the interface of OpenAI returns them": Neighbour(
        (
            lines(
                SMITH_ROOT,
                smith(
                    "r2",
                    "llm",
                    "gpt",
                    outputs={
                        "choices": [
                            {
                                "message": {
                                    "role": "assistant",
                                    "tool_calls": [
                                        {
                                            "id": "c1",
                                            "type": "function",
                                            "function": {"name": "pay", "arguments": "{}"},
                                        }
                                    ],
                                }
                            }
                        ]
                    },
                ),
            ),
        ),
        unrecorded=("pay",),
    ),
    "the thread by another of its names": Neighbour(
        (
            lines(
                {**SMITH_ROOT, "extra": {"metadata": {"session_id": "case-1"}}},
                {
                    **SMITH_ROOT,
                    "id": "q1",
                    "trace_id": "q1",
                    "extra": {"metadata": {"session_id": "case-1"}},
                },
            ),
        ),
    ),
    "judged by a person in the application": Neighbour(
        (lines(SMITH_ROOT, feedback("approved", 1, type="app", user_id="u-7")),), decisions=()
    ),
    "a tool that answered with an error": Neighbour(
        (
            lines(
                SMITH_ROOT,
                smith(
                    "r2",
                    "tool",
                    "pay",
                    outputs={
                        "output": {
                            "type": "tool",
                            "status": "error",
                            "content": "Error: no answer",
                            "tool_call_id": "c1",
                        }
                    },
                ),
            ),
        ),
        failed=("pay",),
    ),
}


def inspect_tool(id: str, second: float, **more: Any) -> dict[str, Any]:
    return {
        "event": "tool",
        "uuid": f"e{id}{second}",
        "id": id,
        "function": "pay",
        "arguments": {"amount": 1},
        "timestamp": iso(second),
        "completed": iso(second + 1),
        **more,
    }


def approved(
    id: str, decision: str, by: str = "human", second: float = 1, **more: Any
) -> dict[str, Any]:
    return {
        "event": "approval",
        "timestamp": iso(second),
        "call": {"id": id, "function": "pay", "arguments": {"amount": 1}},
        "approver": by,
        "decision": decision,
        **more,
    }


def sample(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": "A-1",
        "epoch": 1,
        "uuid": "u1",
        "started_at": iso(0),
        "completed_at": iso(60),
        "events": list(events),
        "scores": {},
        **more,
    }


def inspected(*samples: dict[str, Any], **more: Any) -> bytes:
    told = {"eval_id": "e1", "run_id": "r1", "task": "refund-triage"}
    return json.dumps(
        {"version": 2, "status": "success", "eval": told, "samples": list(samples), **more},
        indent=1,
    ).encode()


INSPECT = {
    "on one line": Neighbour(
        (json.dumps(json.loads(inspected(sample(inspect_tool("c1", 2))))).encode(),),
        succeeded=("pay",),
    ),
    "two epochs of one sample, without ids of their own": Neighbour(
        (
            inspected(
                *[
                    {
                        name: one
                        for name, one in sample(inspect_tool("c1", 2), epoch=epoch).items()
                        if name != "uuid"
                    }
                    for epoch in (1, 2)
                ]
            ),
        ),
        outcomes=("ok", "ok"),
        succeeded=("pay", "pay"),
    ),
    "rejected by a policy": Neighbour(
        (
            inspected(
                sample(
                    approved("c1", "reject", "policy"),
                    inspect_tool("c1", 2, error={"type": "approval", "message": "no"}),
                )
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/machine",),
    ),
    "handed on by a policy, then approved by a person": Neighbour(
        (
            inspected(
                sample(
                    approved("c1", "escalate", "policy"),
                    approved("c1", "approve"),
                    inspect_tool("c1", 2),
                )
            ),
        ),
        succeeded=("pay",),
        decisions=("question/machine", "approval/person"),
    ),
    "ended by a person": Neighbour(
        (
            inspected(
                sample(
                    approved("c1", "terminate"), inspect_tool("c1", 2, error={"type": "approval"})
                )
            ),
        ),
        blocked=("pay",),
        decisions=("takeover/person",),
    ),
    "the sample itself failed": Neighbour(
        (inspected(sample(error={"message": "boom", "traceback": ""})),), outcomes=("failed",)
    ),
    "a call that was still open": Neighbour(
        (
            inspected(
                sample(inspect_tool("c1", 2, pending=True, completed=None), completed_at=None),
                status="cancelled",
            ),
        ),
        outcomes=("unknown",),
        unknown=("pay",),
    ),
    "scored as incorrect": Neighbour(
        (inspected(sample(scores={"within_policy": {"value": "I"}})),),
        failed_checks=("within_policy",),
    ),
    "no samples": Neighbour((inspected(),), outcomes=(), findings=("trace-unreadable",)),
}


def step(id: int, data: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "object": "trace.span",
        "id": f"span_{id}",
        "trace_id": "trace_1",
        "parent_id": None if id == 1 else "span_1",
        "started_at": iso(0 if id == 1 else id),
        "ended_at": iso(60 if id == 1 else id + 0.5),
        "span_data": data,
        "error": None,
        **more,
    }


OPENAI_TRACE = {
    "object": "trace",
    "id": "trace_1",
    "workflow_name": "refund-triage",
    "group_id": "case-1",
    "metadata": {},
}
OPENAI_ROOT = step(1, {"type": "agent", "name": "refund-triage"})


def function(id: int, output: object = "done", told: object = "{}", **more: Any) -> dict[str, Any]:
    return step(id, {"type": "function", "name": "pay", "input": told, "output": output}, **more)


OPENAI = {
    "spans before their trace": Neighbour(
        (lines(function(2), OPENAI_ROOT, OPENAI_TRACE),), succeeded=("pay",)
    ),
    "without content: neither input nor output is kept": Neighbour(
        (lines(OPENAI_TRACE, function(2, None, None), OPENAI_ROOT),), unknown=("pay",)
    ),
    "an error without details": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                function(2, None, error={"message": "Error running tool", "data": None}),
                OPENAI_ROOT,
            ),
        ),
        failed=("pay",),
    ),
    "a guardrail that was tripped": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                step(2, {"type": "guardrail", "name": "limit", "triggered": True}),
                OPENAI_ROOT,
            ),
        ),
        failed_checks=("limit",),
    ),
    "handed to another agent": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                step(2, {"type": "handoff", "from_agent": "refund-triage", "to_agent": "billing"}),
                step(3, {"type": "agent", "name": "billing"}),
                OPENAI_ROOT,
            ),
        )
    ),
    "no group": Neighbour(
        (lines({**OPENAI_TRACE, "group_id": None, "metadata": None}, function(2), OPENAI_ROOT),),
        succeeded=("pay",),
    ),
    "never ended": Neighbour(
        (lines(OPENAI_TRACE, {**OPENAI_ROOT, "ended_at": None}),), outcomes=("unknown",)
    ),
    "asked, and carried out the next time": Neighbour(
        (lines(OPENAI_TRACE, function(2, None), function(3), OPENAI_ROOT),),
        waiting=("pay",),
        succeeded=("pay",),
        decisions=("question/",),
    ),
    "one array": Neighbour(
        (json.dumps([OPENAI_TRACE, function(2), OPENAI_ROOT]).encode(),), succeeded=("pay",)
    ),
}


def fuse(type: str, **more: object) -> dict[str, object]:
    return {
        "langfuse.observation.type": type,
        "session.id": "case-1",
        "langfuse.trace.name": "refund-triage",
        **{f"langfuse.observation.{name}": one for name, one in more.items()},
    }


FUSE_ROOT = span(1, fuse("agent"))


def score(name: str, told: object, **more: Any) -> dict[str, Any]:
    return {
        "id": "s1",
        "traceId": "a" * 32,
        "name": name,
        "value": told,
        "dataType": "NUMERIC",
        "timestamp": iso(70),
        **more,
    }


LANGFUSE = {
    "a level of error by hand": Neighbour(
        (lines(spans(span(2, fuse("tool", level="ERROR"), name="pay"), FUSE_ROOT)),),
        failed=("pay",),
    ),
    "a level that is the default": Neighbour(
        (lines(spans(span(2, fuse("tool", level="DEFAULT"), name="pay"), FUSE_ROOT)),),
        succeeded=("pay",),
    ),
    "a call that the answer asks for, and nobody made": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        fuse(
                            "generation",
                            output=json.dumps(
                                {
                                    "role": "assistant",
                                    "tool_calls": [
                                        {
                                            "id": "c1",
                                            "type": "function",
                                            "function": {"name": "pay", "arguments": "{}"},
                                        }
                                    ],
                                }
                            ),
                        ),
                    ),
                    FUSE_ROOT,
                )
            ),
        ),
        unrecorded=("pay",),
    ),
    "the session by its older name": Neighbour(
        (
            lines(
                *[
                    spans(
                        {
                            **span(
                                1,
                                {
                                    "langfuse.observation.type": "agent",
                                    "langfuse.session.id": "case-1",
                                },
                            ),
                            "traceId": trace * 32,
                        }
                    )
                    for trace in "ab"
                ]
            ),
        )
    ),
    "the type in capitals": Neighbour(
        (lines(spans(span(2, fuse("TOOL"), name="pay"), FUSE_ROOT)),), succeeded=("pay",)
    ),
    "scores as posted": Neighbour(
        (
            lines(spans(FUSE_ROOT)),
            json.dumps(
                [{"path": "/api/public/scores", "body": [score("grounded", 0.0)]}], indent=1
            ).encode(),
        )
    ),
    "scores as the server answers": Neighbour(
        (
            lines(spans(FUSE_ROOT)),
            json.dumps(
                {
                    "data": [
                        score(
                            "safe",
                            "fail",
                            dataType="CATEGORICAL",
                            stringValue="fail",
                            source="EVAL",
                        )
                    ],
                    "meta": {"page": 1},
                }
            ).encode(),
        ),
        failed_checks=("safe",),
    ),
    "scores, one a line, of a person": Neighbour(
        (
            lines(spans(FUSE_ROOT)),
            lines(
                score("approved", 1, dataType="BOOLEAN", source="ANNOTATION"),
                score("tone", 0.5, id="s2", source="API"),
            ),
        )
    ),
    "a score of a session": Neighbour(
        (lines(spans(FUSE_ROOT)), lines(score("tone", 1.0, traceId=None, sessionId="case-1")))
    ),
}


def wire(second: float, side: str, message: object) -> dict[str, Any]:
    return {"time": iso(second), "direction": side, "message": message}


def rpc(**fields: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", **fields}


UP, DOWN = "client-to-server", "server-to-client"
HELLO = wire(
    0, UP, rpc(id=0, method="initialize", params={"clientInfo": {"name": "refund-triage"}})
)


def request(id: object, second: float) -> dict[str, Any]:
    return wire(
        second,
        UP,
        rpc(id=id, method="tools/call", params={"name": "pay", "arguments": {"amount": 1}}),
    )


def answer(id: object, second: float, **more: Any) -> dict[str, Any]:
    return wire(second, DOWN, rpc(id=id, **(more or {"result": {"content": [], "isError": False}})))


QUESTION = wire(2, DOWN, rpc(id=1, method="elicitation/create", params={"message": "Pay?"}))


def reply(**told: Any) -> dict[str, Any]:
    return wire(3, UP, rpc(id=1, result=told))


MCP = {
    "an error of the protocol": Neighbour(
        (lines(HELLO, request(1, 1), answer(1, 2, error={"code": -32602, "message": "no"})),),
        failed=("pay",),
    ),
    "an error that is content": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                answer(1, 2, result={"content": [{"type": "text", "text": "no"}], "isError": True}),
            ),
        ),
        failed=("pay",),
    ),
    "ids that are words": Neighbour(
        (lines(HELLO, request("a", 1), request("b", 1.5), answer("b", 2), answer("a", 3)),),
        succeeded=("pay", "pay"),
    ),
    "several messages at once": Neighbour(
        (
            lines(
                HELLO,
                wire(
                    1,
                    UP,
                    [
                        rpc(id=id, method="tools/call", params={"name": "pay", "arguments": {}})
                        for id in (1, 2)
                    ],
                ),
                wire(2, DOWN, [rpc(id=id, result={"isError": False}) for id in (1, 2)]),
            ),
        ),
        succeeded=("pay", "pay"),
    ),
    "accepted, and the form says no": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                QUESTION,
                reply(action="accept", content={"approve": False}),
                answer(1, 4),
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "accepted, and the form says yes": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                QUESTION,
                reply(action="accept", content={"approve": True}),
                answer(1, 4),
            ),
        ),
        succeeded=("pay",),
        decisions=("approval/person",),
    ),
    "asked, and the time ran out": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                QUESTION,
                wire(
                    9,
                    DOWN,
                    rpc(
                        method="notifications/cancelled",
                        params={"requestId": 1, "reason": "timeout"},
                    ),
                ),
                answer(1, 10, result={"isError": True}),
            ),
        ),
        failed=("pay",),
    ),
    "asked, and the client cannot ask": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                QUESTION,
                wire(3, UP, rpc(id=1, error={"code": -32601, "message": "not supported"})),
                answer(1, 4, result={"isError": True}),
            ),
        ),
        failed=("pay",),
    ),
    "progress in between": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                wire(
                    1.5,
                    DOWN,
                    rpc(
                        method="notifications/progress", params={"progressToken": 1, "progress": 1}
                    ),
                ),
                answer(1, 2),
            ),
        ),
        succeeded=("pay",),
    ),
    "only a greeting": Neighbour((lines(HELLO),)),
}

NEIGHBOURS = {
    f"{kind}: {name}": one
    for kind, cases in (
        ("otel", OTEL),
        ("own", OWN),
        ("openinference", OPENINFERENCE),
        ("claude logs", CLAUDE_LOGS),
        ("transcript", TRANSCRIPT),
        ("mlflow", MLFLOW),
        ("langsmith", LANGSMITH),
        ("inspect", INSPECT),
        ("openai", OPENAI),
        ("langfuse", LANGFUSE),
        ("mcp", MCP),
    )
    for name, one in cases.items()
}
