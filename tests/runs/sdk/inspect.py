"""Neighbours of Inspect."""

from __future__ import annotations

from typing import Any

from tests.runs.neighbours import (
    Neighbour,
    approved,
    inspect_tool,
    inspected,
    iso,
    sample,
)


def asks(*calls: str) -> dict[str, Any]:
    """A model's event that asks for calls of ``pay`` with these ids."""
    listed = [{"id": id, "function": "pay", "arguments": {"amount": 1}} for id in calls]
    message = {"role": "assistant", "content": "", "tool_calls": listed}
    return {
        "event": "model",
        "uuid": "m1",
        "timestamp": iso(1),
        "completed": iso(1.5),
        "output": {"choices": [{"message": message, "stop_reason": "tool_calls"}]},
    }


def interrupted(source: str) -> dict[str, Any]:
    return {
        "event": "interrupt",
        "timestamp": iso(4),
        "source": source,
        "interrupted": "tool_call",
        "interrupted_tool_call_id": "c1",
    }


CANCELLED = inspect_tool("c1", 3, error={"type": "cancelled", "message": ""}, failed=True)
INSPECT = {
    "inspect: refused by an approver with a name of its own": Neighbour(
        (
            inspected(
                sample(
                    approved("c1", "reject", "refund_desk"),
                    inspect_tool("c1", 3, error={"type": "approval", "message": "no"}),
                )
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "inspect: broken off by a person while a call ran": Neighbour(
        (inspected(sample(CANCELLED, interrupted("user_cancel"))),),
        blocked=("pay",),
        decisions=("cancellation/person",),
    ),
    "inspect: broken off by a limit while a call ran": Neighbour(
        (inspected(sample(CANCELLED, interrupted("limit"))),),
        blocked=("pay",),
        decisions=("cancellation/machine",),
    ),
    "inspect: an operator stopped the sample": Neighbour(
        (
            inspected(
                sample(
                    inspect_tool("c1", 3),
                    {"event": "sample_limit", "timestamp": iso(9), "type": "operator"},
                    limit={"type": "operator", "limit": 1},
                )
            ),
        ),
        succeeded=("pay",),
        decisions=("cancellation/person",),
    ),
    "inspect: a sample with an empty end": Neighbour(
        (inspected(sample(inspect_tool("c1", 3), completed_at=""), status="started"),),
        outcomes=("unknown",),
        succeeded=("pay",),
    ),
    "inspect: a score that could not be given": Neighbour(
        (inspected(sample(scores={"safe": {"value": float("nan")}})),),
    ),
    "inspect: a model asked for two calls, and one was made": Neighbour(
        (inspected(sample(asks("c1", "c2"), inspect_tool("c1", 3))),),
        succeeded=("pay",),
        unrecorded=("pay",),
    ),
    "inspect: a model asked for a call that a person refused": Neighbour(
        (
            inspected(
                sample(
                    asks("c1"),
                    approved("c1", "reject", second=2),
                    inspect_tool("c1", 3, error={"type": "approval", "message": "no"}),
                )
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "inspect: an approval inside its call, as logs of 2024 have it": Neighbour(
        (inspected(sample(inspect_tool("c1", 3, events=[approved("c1", "approve")]))),),
        succeeded=("pay",),
        decisions=("approval/person",),
    ),
}
