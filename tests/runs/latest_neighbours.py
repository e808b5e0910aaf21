"""A fourth list of neighbours: refusals by their kinds, and fields that public documents name.

The 33 were written as what happened; the version before read 16 of them wrongly.
"""

from __future__ import annotations

import base64
from typing import Any

from tests.runs.neighbours import (
    AGENT,
    END,
    ERROR,
    FLOW_ROOT,
    FUSE_ROOT,
    OPENAI_ROOT,
    OPENAI_TRACE,
    PAY,
    PROMPT,
    ROOT,
    SMITH_ROOT,
    Neighbour,
    asked,
    assessed,
    attributes,
    called,
    feedback,
    flow,
    function,
    fuse,
    inspect_tool,
    inspected,
    lines,
    result,
    sample,
    score,
    smith,
    span,
    spans,
    step,
    use,
)


def refused(text: str = "", kind: str = "") -> Neighbour:
    """A session whose one call was refused in these words, and by this kind of denial."""
    more: dict[str, Any] = {"toolUseResult": text} if text else {}
    more |= {"toolDenialKind": kind} if kind else {}
    told = lines(PROMPT, use("t1", "Bash", 1), result("t1", 2, True, text, **more), END)
    return Neighbour((told,), blocked=("Bash",))


def decided(one: Neighbour, *decisions: str) -> Neighbour:
    return one._replace(decisions=decisions)


REFUSALS = {
    "nobody could be asked": decided(
        refused(
            "Error: Claude requested permissions to use Bash, but you haven't granted it yet.",
            "user-rejected",
        ),
        "rejection/machine",
    ),
    "a file that nobody granted, in an earlier version": decided(
        refused("Error: Claude requested permissions to write to /a, but you haven't granted it"),
        "rejection/machine",
    ),
    "a hook refused it, in the words of its result": decided(
        refused("Error: PreToolUse:Bash hook error: [guard.py]: not on Fridays"),
        "rejection/machine",
    ),
    "refused by itself, in a mode that asks nobody": decided(
        refused("Error: Permission to use Bash has been auto-denied in dontAsk mode."),
        "rejection/machine",
    ),
    "blocked by the auto mode": decided(refused("", "automode-blocked"), "rejection/machine"),
    "the auto mode was not available": decided(
        refused("", "automode-unavailable"), "rejection/machine"
    ),
    "a person, by the kind alone": decided(refused("", "user-rejected"), "rejection/person"),
    "a person, in words that are older": decided(
        refused("Error: The user doesn't want to take this action right now. STOP what you are"),
        "rejection/person",
    ),
    "a kind of denial of tomorrow": decided(refused("", "sandbox-denied"), "rejection/unknown"),
    "interrupted while it ran": decided(refused("", "interrupted"), "cancellation/person"),
    "cancelled, for another call beside it failed": decided(
        refused("Error: Cancelled: parallel tool call Bash(ls) errored", "cancelled"),
        "cancellation/machine",
    ),
    "a command that prints the words of a refusal": Neighbour(
        (
            lines(
                PROMPT,
                use("t1", "Bash", 1),
                result(
                    "t1",
                    2,
                    True,
                    "Exit code 1\nPermission to use sudo has been denied",
                    toolUseResult="Error: Exit code 1\nPermission to use sudo has been denied",
                ),
                END,
            ),
        ),
        failed=("Bash",),
    ),
}

_B64 = base64.b64encode
SPANS = {
    "a trace in capitals and in small letters": Neighbour(
        (
            lines(
                spans({**span(2, called("pay", "c1")), "traceId": "A" * 32}),
                spans(ROOT),
            ),
        ),
        succeeded=("pay",),
    ),
    "one file with ids in base64, the other in hex": Neighbour(
        (
            lines(
                spans(
                    {
                        **span(2, called("pay", "c1")),
                        "traceId": _B64(bytes.fromhex("a" * 32)).decode(),
                        "spanId": _B64(bytes.fromhex(f"{2:016x}")).decode(),
                        "parentSpanId": _B64(bytes.fromhex(f"{1:016x}")).decode(),
                    }
                )
            ),
            lines(spans(ROOT)),
        ),
        succeeded=("pay",),
    ),
    "a parent of zeros in base64 is none": Neighbour(
        (lines(spans({**ROOT, "parentSpanId": _B64(bytes(8)).decode()})),),
    ),
    "lists that are null": Neighbour(
        (
            lines(
                {"resourceSpans": [{"resource": None, "scopeSpans": [{"spans": None}]}]},
                {"resourceSpans": None, "resourceLogs": []},
                spans({**ROOT, "events": None, "links": None, "status": None}),
            ),
        ),
    ),
    "an error that the code of the tool handled": Neighbour(
        (lines(spans(span(2, called("pay", "c1", **{"error.type": "Timeout"})), ROOT)),),
        succeeded=("pay",),
    ),
    "an attribute twice, the last one counts": Neighbour(
        (
            lines(
                spans(
                    {
                        **span(2, called("ask", "c1")),
                        "attributes": attributes(called("ask", "c1"))
                        + attributes({"gen_ai.tool.name": "pay"}),
                    },
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
    ),
    "two calls were proposed, the second one was made": Neighbour(
        (
            lines(
                spans(
                    span(2, asked(PAY, ("c2", "pay", {"amount": 20}))),
                    span(3, called("pay", "c2", '{"amount": 20}')),
                    ROOT,
                )
            ),
        ),
        succeeded=("pay",),
        unrecorded=("pay",),
    ),
    "an outcome that is a list says nothing": Neighbour(
        (lines(spans(span(1, {**AGENT, "pmlint.outcome": ["ok", "failed"]}))),),
    ),
    "the whole trace was sent again after its root": Neighbour(
        (
            lines(spans(span(2, called("pay", "c1")), ROOT)),
            lines(spans(ROOT, span(2, called("pay", "c1")))),
        ),
        succeeded=("pay",),
    ),
    "the root was sent again as failed": Neighbour(
        (lines(spans(span(2, called("pay", "c1")), ROOT), spans({**ROOT, **ERROR})),),
        succeeded=("pay",),
        findings=("trace-conflict",),
    ),
}

PLATFORMS = {
    "langfuse: a level in small letters": Neighbour(
        (lines(spans(span(2, fuse("tool", level="error"), name="pay"), FUSE_ROOT)),),
        failed=("pay",),
    ),
    "langfuse: a level by another of its names": Neighbour(
        (lines(spans(span(2, fuse("tool", level="FATAL"), name="pay"), FUSE_ROOT)),),
        failed=("pay",),
    ),
    "langfuse: the route in the metadata of its trace": Neighbour(
        (
            lines(
                spans(
                    span(
                        1,
                        {
                            **fuse("span"),
                            "langfuse.trace.metadata.route": "refund-triage",
                            "langfuse.trace.name": "checkout",
                        },
                    ),
                    **{"service.name": "shop"},
                )
            ),
        ),
    ),
    "langfuse: a boolean score that a model set to 0": Neighbour(
        (
            lines(spans(FUSE_ROOT)),
            lines(score("safe", 0, dataType="BOOLEAN", stringValue="False", source="EVAL")),
        ),
        failed_checks=("safe",),
    ),
    "langsmith: the status alone says that it failed": Neighbour(
        (lines(SMITH_ROOT, smith("t", "tool", "pay", status="error")),), failed=("pay",)
    ),
    "langsmith: the parents as a list": Neighbour(
        (
            lines(
                SMITH_ROOT,
                smith("m", "chain", "step"),
                smith("t", "tool", "pay", None, parent_run_ids=["r1", "m"], extra={"metadata": {}}),
            ),
        ),
        succeeded=("pay",),
    ),
    "langsmith: a person in the application, and only a comment": Neighbour(
        (lines(SMITH_ROOT, {**feedback("note", None, type="app"), "comment": "fine"}),),
    ),
    "mlflow: a judge by its older name": Neighbour(
        (lines(flow(FLOW_ROOT, assessments=(assessed("safe", "no", "AI_JUDGE"),))),),
        failed_checks=("safe",),
    ),
    "openai: a call that failed before it began": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                {**function(2), "error": {"message": "Tool not found", "data": {}}},
                OPENAI_ROOT,
            ),
        ),
        failed=("pay",),
    ),
    "openai: a guardrail that held, and a span of its own kind": Neighbour(
        (
            lines(
                OPENAI_TRACE,
                step(2, {"type": "guardrail", "name": "limit", "triggered": False}),
                step(3, {"type": "custom", "name": "lookup", "data": {}}),
                OPENAI_ROOT,
            ),
        ),
    ),
    "inspect: the error of a call says that it was not approved": Neighbour(
        (
            inspected(
                sample(inspect_tool("c1", 3, error={"type": "approval", "message": "Not this one"}))
            ),
        ),
        blocked=("pay",),
    ),
}

LATEST = REFUSALS | SPANS | PLATFORMS
