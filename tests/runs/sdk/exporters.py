"""Neighbours of dialects of OTLP: the AI SDK, Traceloop, Claude Code's spans, OpenInference, MLflow."""

from __future__ import annotations

import json
from typing import Any

from tests.runs.neighbours import (
    CHAIN,
    ERROR,
    Neighbour,
    flat,
    inference,
    lines,
    logs,
    span,
    spans,
)
from tests.runs.neighbours import (
    claude as claude_log,
)


def vercel(operation: str, **more: object) -> dict[str, object]:
    return {
        "ai.operationId": operation,
        "ai.telemetry.functionId": "refund-triage",
        "ai.telemetry.metadata.sessionId": "case-1",
        **{f"ai.{name.replace('_', '.')}": one for name, one in more.items()},
    }


VERCEL_CALLS = json.dumps([{"toolCallId": "c1", "toolName": "pay", "input": {"amount": 480}}])
VERCEL_ASKED = vercel("ai.generateText.doGenerate", response_toolCalls=VERCEL_CALLS)
VERCEL_CALLED = vercel(
    "ai.toolCall", toolCall_name="pay", toolCall_id="c1", toolCall_args='{"amount": 480}'
)
VERCEL_ROOT = span(1, vercel("ai.generateText"))
VERCEL = {
    "ai sdk: asked for and called": Neighbour(
        (lines(spans(span(2, VERCEL_ASKED), span(3, VERCEL_CALLED), VERCEL_ROOT)),),
        succeeded=("pay",),
    ),
    "ai sdk: asked for and not called, by the name of its function": Neighbour(
        (lines(spans(span(2, VERCEL_ASKED), VERCEL_ROOT, **{"service.name": "shop"})),),
        unrecorded=("pay",),
    ),
    "ai sdk: a call that failed, in two traces of one session": Neighbour(
        (
            lines(
                spans(span(2, VERCEL_CALLED, **ERROR), VERCEL_ROOT),
                spans({**VERCEL_ROOT, "traceId": "b" * 32}),
            ),
        ),
        failed=("pay",),
    ),
}


def traceloop(kind: str, name: str, **more: object) -> dict[str, object]:
    return {
        "traceloop.span.kind": kind,
        "traceloop.entity.name": name,
        "traceloop.workflow.name": "refund-triage",
        "traceloop.association.properties.session_id": "case-1",
        **more,
    }


LOOP_ASKED = {
    "llm.request.type": "chat",
    "gen_ai.completion.0.role": "assistant",
    "gen_ai.completion.0.tool_calls.0.id": "c1",
    "gen_ai.completion.0.tool_calls.0.name": "pay",
    "gen_ai.completion.0.tool_calls.0.arguments": '{"amount": 480}',
}
LOOP_ROOT = span(1, traceloop("workflow", "refund-triage"))
LOOP_CALLED = traceloop("tool", "pay", **{"traceloop.entity.input": '{"amount": 480}'})
TRACELOOP = {
    "traceloop: asked for and called": Neighbour(
        (
            lines(
                spans(
                    span(2, LOOP_ASKED),
                    span(3, LOOP_CALLED, name="pay.tool"),
                    LOOP_ROOT,
                    **{"service.name": "shop"},
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "traceloop: asked for and not called": Neighbour(
        (lines(spans(span(2, LOOP_ASKED), LOOP_ROOT)),), unrecorded=("pay",)
    ),
}


def claude(type: str, id: int, parent: int = 1, **more: object) -> dict[str, Any]:
    told = {"span.type": type, "session.id": "s1", **more}
    return span(id, told, parent, name=f"claude_code.{type}")


CLAUDE_OF_CALL = {"tool_name": "Bash", "tool_use_id": "t1", "session.id": "s1"}
CLAUDE_ROOT = span(1, {"span.type": "interaction", "session.id": "s1"})
CLAUDE_CALL = claude("tool", 2, tool_name="Bash", tool_use_id="t1")
CLAUDE_CODE = {"service.name": "claude-code"}
CLAUDE_SPANS = {
    "claude code: asked, accepted and carried out": Neighbour(
        (
            lines(
                spans(
                    claude("llm_request", 9),
                    CLAUDE_CALL,
                    claude(
                        "tool.blocked_on_user", 3, 2, decision="accept", source="user_temporary"
                    ),
                    claude("tool.execution", 4, 2, success=True, tool_use_id="t1"),
                    CLAUDE_ROOT,
                    **CLAUDE_CODE,
                )
            ),
        ),
        succeeded=("Bash",),
        decisions=("approval/person",),
    ),
    "claude code: a person refused it": Neighbour(
        (
            lines(
                spans(
                    CLAUDE_CALL,
                    claude("tool.blocked_on_user", 3, 2, decision="reject", source="user_reject"),
                    CLAUDE_ROOT,
                    **CLAUDE_CODE,
                )
            ),
        ),
        blocked=("Bash",),
        decisions=("rejection/person",),
    ),
    "claude code: carried out by a rule, and it failed": Neighbour(
        (
            lines(
                spans(
                    CLAUDE_CALL,
                    claude("tool.blocked_on_user", 3, 2, decision="accept", source="config"),
                    claude("tool.execution", 4, 2, success=False, error="exit 1"),
                    CLAUDE_ROOT,
                    **CLAUDE_CODE,
                )
            ),
        ),
        failed=("Bash",),
        decisions=("approval/machine",),
    ),
}


CLAUDE_SPANS["claude code: in its traces and in its log events"] = Neighbour(
    (
        lines(
            logs(
                claude_log(
                    "tool_decision",
                    3,
                    {"decision": "accept", "source": "user_temporary"} | CLAUDE_OF_CALL,
                ),
                claude_log("tool_result", 4, {"success": "true"} | CLAUDE_OF_CALL),
                service="claude-code",
            )
        ),
        *CLAUDE_SPANS["claude code: asked, accepted and carried out"].files,
    ),
    succeeded=("Bash",),
    decisions=("approval/person",),
)


def judged(scope: str, word: str, kind: str, **told: object) -> dict[str, object]:
    head = f"{scope}.0.{word}"
    return {f"{head}.annotator_kind": kind, **{f"{head}.{name}": one for name, one in told.items()}}


OPENINFERENCE = {
    "openinference: a model judged it as failed, on the span": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        inference("LLM")
                        | judged("evaluations", "evaluation", "LLM", name="safe", label="fail"),
                    ),
                    CHAIN,
                )
            ),
        ),
        failed_checks=("safe",),
    ),
    "openinference: code and a person judged the trace": Neighbour(
        (
            lines(
                spans(
                    span(
                        1,
                        inference("CHAIN")
                        | judged(
                            "trace.annotations", "annotation", "CODE", name="grounded", label="no"
                        )
                        | judged(
                            "session.annotations", "annotation", "HUMAN", name="nice", label="no"
                        ),
                    )
                )
            ),
        ),
        failed_checks=("grounded",),
    ),
    "openinference: the calls say which proposal they are": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        inference("LLM")
                        | flat(0, "pay", '{"amount": 480}', "c1")
                        | flat(1, "pay", '{"amount": 20}', "c2"),
                    ),
                    *(
                        span(
                            id,
                            inference(
                                "TOOL",
                                **{"tool.name": "pay", "tool.id": call, "input.value": told},
                            ),
                        )
                        for id, call, told in (
                            (3, "c2", '{"amount": 300}'),
                            (4, "c1", '{"amount": 480}'),
                        )
                    ),
                    CHAIN,
                )
            ),
        ),
        succeeded=("pay", "pay"),
        decisions=("edit/unknown",),
    ),
    "mlflow by OTLP: its values are JSON": Neighbour(
        (
            lines(
                spans(
                    span(
                        2,
                        {"mlflow.spanType": '"TOOL"', "mlflow.spanInputs": '{"amount": 480}'},
                        name="pay",
                    ),
                    span(1, {"mlflow.spanType": '"AGENT"', "mlflow.trace.session": '"case-1"'}),
                )
            ),
        ),
        succeeded=("pay",),
    ),
}

EXPORTERS = VERCEL | TRACELOOP | CLAUDE_SPANS | OPENINFERENCE
