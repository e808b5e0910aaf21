"""What servers and programs export: Langfuse, Phoenix, Claude Code's streams and forks, judges.

Written after their public references before any reader of these forms was: 79, of which 68 were
read wrongly or refused.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.runs.neighbours import (
    AGENT,
    CHAIN,
    END,
    ERROR,
    PROMPT,
    ROOT,
    SMITH_ROOT,
    Neighbour,
    asked,
    called,
    inspected,
    iso,
    lines,
    nano,
    result,
    row,
    sample,
    smith,
    span,
    spans,
    use,
)

Row = dict[str, Any]


# Langfuse: its interface, its batch exports, its bucket.


def seen(id: str, type: str, name: str, parent: str | None = "o1", **more: Any) -> Row:
    """An observation as the server of Langfuse answers it."""
    is_root = id == "o1"
    return {
        "id": id,
        "traceId": "t1",
        "type": type,
        "name": name,
        "startTime": iso(0 if is_root else 1),
        "endTime": iso(60 if is_root else 2),
        "parentObservationId": None if is_root else parent,
        "level": "DEFAULT",
        "statusMessage": None,
        "input": None,
        "output": None,
        "metadata": {},
        "environment": "production",
        **more,
    }


def traced(*observations: Row, **more: Any) -> Row:
    """A trace with its observations, as `GET /api/public/traces/ID` answers."""
    return {
        "id": "t1",
        "timestamp": iso(0),
        "name": "refund-triage",
        "sessionId": "case-1",
        "userId": "u-1",
        "metadata": {},
        "tags": [],
        "public": False,
        "environment": "production",
        "htmlPath": "/project/p/traces/t1",
        "latency": 60.0,
        "totalCost": 0.01,
        "observations": list(observations),
        "scores": [],
        **more,
    }


def scored(value: object, **more: Any) -> Row:
    return {
        "id": "s1",
        "traceId": "t1",
        "name": "faithful",
        "value": value,
        "source": "EVAL",
        "timestamp": iso(65),
        "dataType": "NUMERIC",
        **more,
    }


def stored(observation: Row, **more: Any) -> Row:
    """An observation of the export to a bucket: names in snake case, times in UTC without a zone."""
    names = {
        "traceId": "trace_id",
        "startTime": "start_time",
        "endTime": "end_time",
        "parentObservationId": "parent_observation_id",
        "statusMessage": "status_message",
    }
    found = {names.get(name, name): value for name, value in observation.items()}
    for name in ("start_time", "end_time"):
        if found[name]:
            found[name] = found[name].replace("T", " ").removesuffix("Z") + ".000000"
    trace = {"trace_name": "refund-triage", "session_id": "case-1", "user_id": "", "tags": []}
    return {**found, "project_id": "p", **trace, **more}


def table(*rows: Mapping[str, Any]) -> bytes:
    """CSV; what is no text is written as JSON."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*rows[0]])
    writer.writeheader()
    for one in rows:
        writer.writerow(
            {
                name: told if isinstance(told, str) else "" if told is None else json.dumps(told)
                for name, told in one.items()
            }
        )
    return out.getvalue().encode()


def event_of(type: str, body: Row, second: float = 1) -> Row:
    return {"id": f"e-{type}-{second}", "type": type, "timestamp": iso(second), "body": body}


TOP = seen("o1", "AGENT", "refund-triage")
PAID = seen("o2", "TOOL", "pay", input={"amount": 480}, output="done")
WANTED = {
    "role": "assistant",
    "tool_calls": [
        {
            "id": "c1",
            "type": "function",
            "function": {"name": "pay", "arguments": '{"amount": 480}'},
        }
    ],
}

LANGFUSE = {
    "a trace with its observations": Neighbour((lines(traced(TOP, PAID)),), succeeded=("pay",)),
    "the same over many lines": Neighbour(
        (json.dumps(traced(TOP, PAID), indent=2).encode(),), succeeded=("pay",)
    ),
    "children first": Neighbour((lines(traced(PAID, TOP)),), succeeded=("pay",)),
    "two traces of one session": Neighbour(
        (lines(traced(TOP, PAID), traced(seen("p1", "AGENT", "a", None, traceId="t2"), id="t2")),),
        succeeded=("pay",),
    ),
    "a trace without a session": Neighbour(
        (lines(traced(TOP, PAID, sessionId=None)),), succeeded=("pay",)
    ),
    "a tool with the level of an error": Neighbour(
        (lines(traced(TOP, {**PAID, "level": "ERROR", "statusMessage": "no answer"})),),
        failed=("pay",),
    ),
    "its root has the level of an error": Neighbour(
        (lines(traced({**TOP, "level": "ERROR"}, PAID)),),
        outcomes=("failed",),
        succeeded=("pay",),
    ),
    "a warning is no failure": Neighbour(
        (lines(traced({**TOP, "level": "WARNING"}, PAID)),), succeeded=("pay",)
    ),
    "still at work": Neighbour(
        (lines(traced({**TOP, "endTime": None}, PAID)),),
        outcomes=("unknown",),
        succeeded=("pay",),
    ),
    "a call that was proposed and never made": Neighbour(
        (lines(traced(TOP, seen("o2", "GENERATION", "gpt", output=WANTED))),),
        unrecorded=("pay",),
    ),
    "a call that was proposed and made with less": Neighbour(
        (
            lines(
                traced(
                    TOP,
                    seen("o2", "GENERATION", "gpt", output=WANTED),
                    seen(
                        "o3", "TOOL", "pay", input={"amount": 200}, startTime=iso(3), endTime=iso(4)
                    ),
                )
            ),
        ),
        succeeded=("pay",),
        decisions=("edit/unknown",),
    ),
    "scores inside the trace": Neighbour(
        (lines(traced(TOP, scores=[scored(0, dataType="BOOLEAN", stringValue="False")])),),
        failed_checks=("faithful",),
    ),
    "observations of one trace as a list": Neighbour(
        (json.dumps({"data": [TOP, PAID], "meta": {"page": 1}}).encode(),), succeeded=("pay",)
    ),
    "a list of traces has no observations": Neighbour(
        (json.dumps({"data": [traced("o1", "o2")], "meta": {"page": 1}}).encode(),),
        outcomes=("unknown",),
    ),
    "downloaded from the page of a trace": Neighbour(
        (
            json.dumps(
                {"trace": traced(TOP, PAID) | {"observations": []}, "observations": [TOP, PAID]}
            ).encode(),
        ),
        succeeded=("pay",),
    ),
    "a batch of the table of observations, JSON": Neighbour(
        (json.dumps([{**one, "traceName": "refund-triage"} for one in (TOP, PAID)]).encode(),),
        succeeded=("pay",),
    ),
    "a batch of the table of observations, CSV": Neighbour(
        (table(*({**one, "traceName": "refund-triage"} for one in (TOP, PAID))),),
        succeeded=("pay",),
    ),
    "the export to a bucket, lines": Neighbour(
        (lines(stored(TOP), stored(PAID)),), succeeded=("pay",)
    ),
    "the export to a bucket, an array": Neighbour(
        (json.dumps([stored(TOP), stored(PAID)]).encode(),), succeeded=("pay",)
    ),
    "the export to a bucket, CSV": Neighbour(
        (table(stored(TOP), stored(PAID)),), succeeded=("pay",)
    ),
    "scores of the bucket beside their observations": Neighbour(
        (
            lines(stored(TOP), stored(PAID)),
            lines(
                {
                    "id": "s1",
                    "timestamp": "2026-10-02 12:01:05.000000",
                    "project_id": "p",
                    "trace_id": "t1",
                    "observation_id": None,
                    "name": "faithful",
                    "value": 0.0,
                    "source": "EVAL",
                    "data_type": "CATEGORICAL",
                    "string_value": "fail",
                }
            ),
        ),
        succeeded=("pay",),
        failed_checks=("faithful",),
    ),
    "posted in a batch: created, then updated": Neighbour(
        (
            lines(
                {
                    "batch": [
                        event_of(
                            "trace-create", {"id": "t1", "name": "refund-triage", "sessionId": "c"}
                        ),
                        event_of(
                            "span-create",
                            {"id": "o1", "traceId": "t1", "name": "a", "startTime": iso(0)},
                        ),
                        event_of(
                            "tool-create",
                            {
                                "id": "o2",
                                "traceId": "t1",
                                "parentObservationId": "o1",
                                "name": "pay",
                                "startTime": iso(1),
                                "endTime": iso(2),
                            },
                        ),
                        event_of(
                            "span-update", {"id": "o1", "traceId": "t1", "endTime": iso(9)}, 9
                        ),
                    ],
                    "metadata": {},
                }
            ),
        ),
        succeeded=("pay",),
    ),
    "one in between that is none": Neighbour(
        (lines(traced(TOP, PAID), {"note": 1}, traced(TOP, PAID)),),
        succeeded=("pay",),
        findings=("trace-unreadable",),
    ),
}


# Phoenix: spans of its interface, and data frames as pandas writes them.


def drawn(id: str, kind: str, name: str, parent: str | None = "01", **more: Any) -> Row:
    is_root = id == "01"
    return {
        "id": f"U3Bhbjo{id}",
        "name": name,
        "context": {"trace_id": "a" * 32, "span_id": id},
        "span_kind": kind,
        "parent_id": None if is_root else parent,
        "start_time": iso(0 if is_root else 1),
        "end_time": iso(60 if is_root else 2),
        "status_code": "OK",
        "status_message": "",
        "attributes": {},
        "events": [],
        **more,
    }


def flat(found: Row, **more: Any) -> Row:
    """A span as a row of a data frame."""
    told = {f"attributes.{name}": value for name, value in found["attributes"].items()}
    rest = {
        name: value for name, value in found.items() if name not in ("id", "context", "attributes")
    }
    context = {f"context.{name}": value for name, value in found["context"].items()}
    return {**rest, **context, **told, **more}


def in_milliseconds(told: Row) -> Row:
    """Times as pandas writes them unless it is asked for others."""
    return {
        **told,
        **{
            name: int(nano(0 if told["parent_id"] is None else 1)) // 10**6
            for name in ("start_time",)
        },
        **{
            name: int(nano(60 if told["parent_id"] is None else 2)) // 10**6
            for name in ("end_time",)
        },
    }


def by_column(rows: Sequence[Row]) -> Row:
    names = list(dict.fromkeys(name for one in rows for name in one if name != "context.span_id"))
    return {name: {one["context.span_id"]: one.get(name) for one in rows} for name in names}


NAMED = {"session.id": "case-1", "agent.name": "refund-triage"}
PHOENIX_TOP = drawn("01", "AGENT", "agent", attributes=NAMED)
PHOENIX_PAID = drawn(
    "02", "TOOL", "pay", attributes={"tool.name": "pay", "input.value": '{"amount": 480}'}
)
PHOENIX_ASKED = drawn(
    "03",
    "LLM",
    "gpt",
    attributes={
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "pay",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"amount": 480}',
    },
)
NESTED = {
    "llm.output_messages": [
        {
            "message.role": "assistant",
            "message.tool_calls": [
                {
                    "tool_call.id": "c1",
                    "tool_call.function.name": "pay",
                    "tool_call.function.arguments": '{"amount": 480}',
                }
            ],
        }
    ]
}
INTERRUPTED = {
    "name": "exception",
    "timestamp": iso(4),
    "attributes": {"exception.type": "langgraph.errors.GraphInterrupt", "exception.message": "ok?"},
}
FRAME = [flat(PHOENIX_TOP), flat(PHOENIX_PAID)]
MARK = {
    "id": "U3BhbkFubm90YXRpb246MQ==",
    "span_id": "01",
    "name": "correctness",
    "annotator_kind": "HUMAN",
    "result": {"label": "incorrect", "score": 0, "explanation": "no"},
    "created_at": iso(70),
}

PHOENIX = {
    "a page of spans": Neighbour(
        (json.dumps({"data": [PHOENIX_TOP, PHOENIX_PAID], "next_cursor": None}).encode(),),
        succeeded=("pay",),
    ),
    "a span a line": Neighbour((lines(PHOENIX_PAID, PHOENIX_TOP),), succeeded=("pay",)),
    "a page in OTLP": Neighbour(
        (
            json.dumps(
                {
                    "data": [
                        {
                            "trace_id": "a" * 32,
                            "span_id": "01",
                            "parent_span_id": None,
                            "name": "agent",
                            "start_time_unix_nano": nano(0),
                            "end_time_unix_nano": nano(60),
                            "status": {"code": "OK"},
                            "attributes": [
                                {"key": "agent.name", "value": {"string_value": "refund-triage"}},
                                {
                                    "key": "openinference.span.kind",
                                    "value": {"string_value": "AGENT"},
                                },
                            ],
                        }
                    ],
                    "next_cursor": None,
                }
            ).encode(),
        ),
    ),
    "a call that was proposed and never made": Neighbour(
        (lines(PHOENIX_TOP, PHOENIX_ASKED),), unrecorded=("pay",)
    ),
    "the same, nested as a data frame has it": Neighbour(
        (lines(flat(PHOENIX_TOP), flat({**PHOENIX_ASKED, "attributes": NESTED})),),
        unrecorded=("pay",),
    ),
    "a tool that failed": Neighbour(
        (lines(PHOENIX_TOP, {**PHOENIX_PAID, "status_code": "ERROR"}),), failed=("pay",)
    ),
    "a root that failed": Neighbour(
        (lines({**PHOENIX_TOP, "status_code": "ERROR"}, PHOENIX_PAID),),
        outcomes=("failed",),
        succeeded=("pay",),
    ),
    "a question to a person": Neighbour(
        (lines({**PHOENIX_TOP, "events": [INTERRUPTED]}),),
        outcomes=("unknown",),
        decisions=("question/",),
    ),
    "a data frame as records": Neighbour((json.dumps(FRAME).encode(),), succeeded=("pay",)),
    "a data frame as lines": Neighbour((lines(*FRAME),), succeeded=("pay",)),
    "a data frame as lines, times in milliseconds": Neighbour(
        (lines(*map(in_milliseconds, FRAME)),), succeeded=("pay",)
    ),
    "a data frame by columns": Neighbour(
        (json.dumps(by_column(FRAME)).encode(),), succeeded=("pay",)
    ),
    "a data frame by its index": Neighbour(
        (json.dumps({one["context.span_id"]: one for one in FRAME}).encode(),), succeeded=("pay",)
    ),
    "a data frame split": Neighbour(
        (
            json.dumps(
                {
                    "columns": [*(columns := list({**FRAME[0], **FRAME[1]}))],
                    "index": ["01", "02"],
                    "data": [[one.get(name) for name in columns] for one in FRAME],
                }
            ).encode(),
        ),
        succeeded=("pay",),
    ),
    "a data frame as a table with its schema": Neighbour(
        (json.dumps({"schema": {"fields": []}, "data": FRAME}).encode(),), succeeded=("pay",)
    ),
    "a data frame as CSV": Neighbour(
        (table(*({**dict.fromkeys(columns), **one} for one in FRAME)),), succeeded=("pay",)
    ),
    "a data frame whose metadata is an object": Neighbour(
        (
            lines(
                flat(
                    drawn(
                        "01",
                        "AGENT",
                        "agent",
                        attributes={"metadata": {"route": "refund-triage", "thread_id": "case-1"}},
                    )
                ),
                FRAME[1],
            ),
        ),
        succeeded=("pay",),
    ),
    "marks of people and judges beside their spans": Neighbour(
        (
            lines(PHOENIX_TOP, PHOENIX_PAID),
            json.dumps(
                {"data": [MARK, {**MARK, "id": "2", "annotator_kind": "LLM", "name": "tone"}]}
            ).encode(),
        ),
        succeeded=("pay",),
        failed_checks=("correctness", "tone"),
    ),
    "as the console of an SDK prints a span": Neighbour(
        (
            lines(
                {
                    "name": "agent",
                    "context": {
                        "trace_id": "0x" + "a" * 32,
                        "span_id": "0x" + "1" * 16,
                        "trace_state": "[]",
                    },
                    "kind": "SpanKind.INTERNAL",
                    "parent_id": None,
                    "start_time": iso(0),
                    "end_time": iso(9),
                    "status": {"status_code": "ERROR"},
                    "attributes": {**AGENT, "gen_ai.agent.name": "refund-triage"},
                    "events": [],
                    "links": [],
                    "resource": {"attributes": {"service.name": "x"}, "schema_url": ""},
                }
            ),
        ),
        outcomes=("failed",),
    ),
}


# Claude Code: what its command prints, and sessions that were forked, resumed, compacted.


def told(type: str, content: object, **more: Any) -> Row:
    return {
        "type": type,
        "message": {"role": type, "content": content, "stop_reason": None},
        "parent_tool_use_id": None,
        "session_id": "s1",
        "uuid": "u1",
        **more,
    }


def wanted(id: str, name: str, **more: Any) -> Row:
    block = {"type": "tool_use", "id": id, "name": name, "input": {"command": "x"}}
    return told("assistant", [block], **more)


def given(id: str, failed: bool = False, content: str = "done", **more: Any) -> Row:
    block = {"type": "tool_result", "tool_use_id": id, "content": content, "is_error": failed}
    return told("user", [block], **more)


INIT = {
    "type": "system",
    "subtype": "init",
    "cwd": "/w",
    "session_id": "s1",
    "tools": ["Bash"],
    "permissionMode": "default",
    "uuid": "u0",
}
OVER = {
    "type": "result",
    "subtype": "success",
    "is_error": False,
    "duration_ms": 9000,
    "num_turns": 2,
    "result": "Done.",
    "session_id": "s1",
    "total_cost_usd": 0.01,
    "usage": {},
    "permission_denials": [],
    "uuid": "u9",
}
NO_TIME = ("trace-clock",)


def at(second: float, row: Row) -> Row:
    return {**row, "timestamp": iso(second)}


def copied(row: Row) -> Row:
    """A row that a fork brought along from the session that it was forked from."""
    return {**row, "sessionId": "s2", "forkedFrom": {"sessionId": "s1", "messageUuid": row["uuid"]}}


def forked(row: Row) -> Row:
    return {**row, "sessionId": "s2"}


ASKED, DONE = use("t1", "Read", 1), result("t1", 2)
DENIAL = {"tool_name": "Write", "tool_use_id": "t1", "tool_input": {"file_path": "x"}}

CLAUDE = {
    "a stream with its result": Neighbour(
        (lines(INIT, wanted("t1", "Bash"), given("t1"), OVER),),
        succeeded=("Bash",),
        findings=NO_TIME,
    ),
    "a stream whose rows have times": Neighbour(
        (lines(INIT, at(1, wanted("t1", "Bash")), at(2, given("t1")), OVER),), succeeded=("Bash",)
    ),
    "a stream that was broken off": Neighbour(
        (lines(INIT, at(1, wanted("t1", "Bash"))),), outcomes=("unknown",), unrecorded=("Bash",)
    ),
    "a stream that ran out of turns": Neighbour(
        (
            lines(
                INIT,
                at(1, wanted("t1", "Bash")),
                at(2, given("t1")),
                {**OVER, "subtype": "error_max_turns"},
            ),
        ),
        outcomes=("failed",),
        succeeded=("Bash",),
    ),
    "a stream that ended in an error": Neighbour(
        (lines(at(0, INIT), {**OVER, "is_error": True, "subtype": "error_during_execution"}),),
        outcomes=("failed",),
    ),
    "a stream in which nobody could be asked": Neighbour(
        (
            lines(
                INIT,
                at(1, wanted("t1", "Write")),
                at(
                    2,
                    given(
                        "t1",
                        True,
                        "Claude requested permissions to write to x, but you haven't granted it yet.",
                    ),
                ),
                {**OVER, "permission_denials": [DENIAL]},
            ),
        ),
        blocked=("Write",),
        decisions=("rejection/machine",),
    ),
    "a stream that says why a call was not made": Neighbour(
        (
            lines(
                INIT,
                at(1, wanted("t1", "Bash")),
                at(
                    2,
                    given(
                        "t1",
                        True,
                        "no",
                        tool_result_meta=[{"id": "t1", "non_execution_kind": "permission-rule"}],
                    ),
                ),
                OVER,
            ),
        ),
        blocked=("Bash",),
        decisions=("rejection/machine",),
    ),
    "a tool that failed in a stream": Neighbour(
        (lines(INIT, at(1, wanted("t1", "Bash")), at(2, given("t1", True, "exit 1")), OVER),),
        failed=("Bash",),
    ),
    "a stream with parts of messages": Neighbour(
        (
            lines(
                at(0, INIT),
                {
                    "type": "stream_event",
                    "event": {"type": "message_start"},
                    "session_id": "s1",
                    "uuid": "x",
                },
                at(1, wanted("t1", "Bash")),
                at(2, given("t1")),
                OVER,
            ),
        ),
        succeeded=("Bash",),
    ),
    "a sub-agent in a stream": Neighbour(
        (
            lines(
                INIT,
                at(1, wanted("t1", "Task")),
                at(2, wanted("t2", "Bash", parent_tool_use_id="t1")),
                at(3, given("t2", parent_tool_use_id="t1")),
                at(4, given("t1")),
                OVER,
            ),
        ),
        succeeded=("Bash", "Task"),
    ),
    "the result alone": Neighbour((lines(OVER),), findings=NO_TIME),
    "the result alone, refused a call": Neighbour(
        (json.dumps({**OVER, "permission_denials": [DENIAL]}).encode(),),
        blocked=("Write",),
        decisions=("rejection/machine",),
        findings=NO_TIME,
    ),
    "all messages as one array": Neighbour(
        (
            json.dumps(
                [at(0, INIT), at(1, wanted("t1", "Bash")), at(2, given("t1")), OVER]
            ).encode(),
        ),
        succeeded=("Bash",),
    ),
    "two prompts of one stream": Neighbour(
        (
            lines(
                at(0, INIT),
                OVER,
                at(5, INIT),
                at(6, wanted("t1", "Bash")),
                at(7, given("t1")),
                OVER,
            ),
        ),
        succeeded=("Bash",),
    ),
    "a fork and its session: the calls before the fork were made once": Neighbour(
        (
            lines(PROMPT, ASKED, DONE, END),
            lines(
                *map(copied, (PROMPT, ASKED, DONE)),
                forked(row("user", 70, "Go on")),
                forked(use("t2", "Bash", 71)),
                forked(result("t2", 72)),
                forked(row("assistant", 80, "Done.", message={"stop_reason": "end_turn"})),
            ),
        ),
        outcomes=("ok", "ok"),
        succeeded=("Bash", "Read"),
    ),
    "a fork that was never used": Neighbour(
        (lines(*map(copied, (PROMPT, ASKED, DONE))),), outcomes=("unknown",)
    ),
    "a fork answers a call that was proposed before it": Neighbour(
        (lines(copied(PROMPT), copied(ASKED), forked(result("t1", 71)), forked({**END})),),
        succeeded=("Read",),
    ),
    "resumed in a file of its own, under its id": Neighbour(
        (
            lines(PROMPT, ASKED, DONE, END),
            lines(
                row("user", 70, "Go on"),
                use("t2", "Bash", 71),
                result("t2", 72),
                row("assistant", 80, "Done.", message={"stop_reason": "end_turn"}),
            ),
        ),
        succeeded=("Bash", "Read"),
    ),
    "compacted in between": Neighbour(
        (
            lines(
                PROMPT,
                ASKED,
                DONE,
                {
                    "type": "system",
                    "subtype": "compact_boundary",
                    "sessionId": "s1",
                    "uuid": "c1",
                    "parentUuid": None,
                    "logicalParentUuid": "u2",
                    "timestamp": iso(3),
                    "content": "Conversation compacted",
                    "compactMetadata": {"trigger": "auto", "preTokens": 155025},
                },
                row("user", 4, "condensed", isCompactSummary=True, isVisibleInTranscriptOnly=True),
                END,
            ),
        ),
        succeeded=("Read",),
    ),
    "the file of a sub-agent beside that of its session": Neighbour(
        (
            lines(PROMPT, use("t1", "Task", 1), result("t1", 9), END),
            lines(
                row("user", 2, "look", isSidechain=True, agentId="a1"),
                use("t2", "Bash", 3, isSidechain=True, agentId="a1"),
                result("t2", 4, isSidechain=True, agentId="a1"),
                row(
                    "assistant",
                    5,
                    "ok",
                    message={"stop_reason": "end_turn"},
                    isSidechain=True,
                    agentId="a1",
                ),
            ),
        ),
        succeeded=("Bash", "Task"),
    ),
}


# Judgements that hang from a span of another trace, or from no trace.


def marked(run: str, score: object, **more: Any) -> Row:
    return {
        "id": "f1",
        "run_id": run,
        "created_at": iso(70),
        "key": "approved",
        "score": score,
        "feedback_source": {"type": "model"},
        **more,
    }


def judge(told: Mapping[str, object], *links: tuple[str, str], **fields: Any) -> Row:
    return span(
        9,
        {"openinference.span.kind": "EVALUATOR", **told},
        traceId="e" * 32,
        parentSpanId="",
        startTimeUnixNano=nano(100),
        endTimeUnixNano=nano(101),
        links=[{"traceId": trace, "spanId": id} for trace, id in links],
        **fields,
    )


def verdict(scope: str = "", **more: object) -> dict[str, object]:
    head = f"{scope}evaluations.0.evaluation."
    return {
        f"{head}name": "faithful",
        f"{head}label": "fail",
        f"{head}annotator_kind": "LLM",
        **more,
    }


TARGET = ("a" * 32, f"{1:016x}")
JUDGES = {
    "feedback on the root names no trace": Neighbour(
        (lines(SMITH_ROOT, marked("r1", False)),), failed_checks=("approved",)
    ),
    "feedback on a call names no trace": Neighbour(
        (lines(SMITH_ROOT, smith("r2", "tool", "pay"), marked("r2", False)),),
        succeeded=("pay",),
        failed_checks=("approved",),
    ),
    "feedback on a call, before its run and in another file": Neighbour(
        (lines(marked("r2", False)), lines(smith("r2", "tool", "pay"), SMITH_ROOT)),
        succeeded=("pay",),
        failed_checks=("approved",),
    ),
    "feedback on a whole session": Neighbour(
        (lines(SMITH_ROOT, marked("", False, run_id=None, session_id="p1", trace_id="r1")),),
        failed_checks=("approved",),
    ),
    "an evaluator in a trace of its own, with a link": Neighbour(
        (lines(spans(ROOT), spans(judge(verdict(), TARGET), service="judge")),),
        failed_checks=("faithful",),
    ),
    "an evaluator that failed itself": Neighbour(
        (lines(spans(ROOT), spans(judge(verdict(), TARGET, **ERROR))),), failed_checks=("faithful",)
    ),
    "an evaluator of the whole session": Neighbour(
        (lines(spans(ROOT), spans(judge({"session.id": "case-1", **verdict("session.")}))),),
        failed_checks=("faithful",),
    ),
    "an evaluator below the agent, and linked": Neighbour(
        (
            lines(
                spans(
                    ROOT,
                    span(
                        2,
                        {"openinference.span.kind": "EVALUATOR", **verdict()},
                        links=[{"traceId": "a" * 32, "spanId": f"{1:016x}"}],
                    ),
                )
            ),
        ),
        failed_checks=("faithful",),
    ),
    "a link of an agent is no judgement": Neighbour(
        (
            lines(
                spans(
                    ROOT | {"links": [{"traceId": "b" * 32, "spanId": "1" * 16}]},
                    span(3, called("pay")),
                )
            ),
        ),
        succeeded=("pay",),
    ),
}


# Logs of Inspect without their samples, and what else is refused or said.

REST = {
    "inspect: a log that was told to keep no samples": Neighbour(
        (
            json.dumps(
                {
                    "version": 2,
                    "status": "success",
                    "eval": {"eval_id": "e1", "task": "refund-triage"},
                    "results": {"total_samples": 3},
                }
            ).encode(),
        ),
        outcomes=(),
        findings=("trace-unreadable",),
    ),
    "inspect: started, and nothing done yet": Neighbour(
        (
            json.dumps(
                {
                    "version": 2,
                    "status": "started",
                    "eval": {"eval_id": "e1", "task": "refund-triage"},
                }
            ).encode(),
        ),
        outcomes=(),
        findings=("trace-unreadable",),
    ),
    "inspect: a sample that hit its limit": Neighbour(
        (inspected(sample(limit={"type": "message", "limit": 10})),)
    ),
    "an HTTP server whose caller is elsewhere, and the agent below it": Neighbour(
        (
            lines(
                spans(
                    span(2, {"http.request.method": "POST"}, parent=77, kind=2),
                    span(3, AGENT, parent=2),
                    span(4, called("pay"), parent=3),
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "a consumer of a queue, by the name of its kind": Neighbour(
        (lines(spans(span(2, asked(("c1", "pay", {})), parent=77, kind="SPAN_KIND_CONSUMER"))),),
        unrecorded=("pay",),
    ),
    "a chain whose parent is known to be elsewhere": Neighbour(
        (lines(spans(span(2, CHAIN, parent=77, flags=0x301), span(3, called("pay"), parent=2))),),
        succeeded=("pay",),
    ),
    "a chain whose parent did not come yet": Neighbour(
        (lines(spans(span(2, CHAIN, parent=77, flags=0x101), span(3, called("pay"), parent=2))),),
        outcomes=("unknown",),
        succeeded=("pay",),
    ),
    "a server whose request failed": Neighbour(
        (lines(spans(span(2, {}, parent=77, kind=2, **ERROR))),), outcomes=("failed",)
    ),
}

EXPORTED = {
    f"{kind}: {name}": one
    for kind, found in (
        ("langfuse", LANGFUSE),
        ("phoenix", PHOENIX),
        ("claude", CLAUDE),
        ("judges", JUDGES),
        ("rest", REST),
    )
    for name, one in found.items()
}
