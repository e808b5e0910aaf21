"""Neighbours of MCP: tasks, and the revision without sessions."""

from __future__ import annotations

from typing import Any

from tests.runs.neighbours import (
    DOWN,
    HELLO,
    UP,
    Neighbour,
    answer,
    lines,
    request,
    rpc,
    wire,
)

META = {"io.modelcontextprotocol/clientInfo": {"name": "refund-triage", "version": "1"}}


def call(id: object, second: float, **more: Any) -> dict[str, Any]:
    """A call as revision 2026-07-28 has it: no session, and the client in each request."""
    params = {"name": "pay", "arguments": {"amount": 1}, "_meta": META, **more}
    return wire(second, UP, rpc(id=id, method="tools/call", params=params))


def needs(id: object, second: float, **more: Any) -> dict[str, Any]:
    """A result that asks for input first, and is retried."""
    return answer(id, second, result={"resultType": "input_required", **more})


ASK = {
    "inputRequests": {"ok": {"method": "elicitation/create", "params": {"message": "Pay?"}}},
    "requestState": "blob",
}


def retry(action: str) -> dict[str, Any]:
    return call(2, 3, inputResponses={"ok": {"action": action}}, requestState="blob")


DONE = {"resultType": "complete", "content": [], "isError": False}


def task(
    id: int, second: float, method: str, reply: Any, **more: Any
) -> tuple[dict[str, Any], ...]:
    """A request about a task of a call, and its answer."""
    asked = rpc(id=id, method=f"tasks/{method}", params={"taskId": "T", **more})
    return wire(second, UP, asked), answer(id, second + 0.5, result=reply)


BEGUN = (request(1, 1), answer(1, 1.5, result={"task": {"taskId": "T", "status": "working"}}))
HANDLE = (
    call(1, 1),
    answer(1, 1.5, result={"resultType": "task", "taskId": "T", "status": "working"}),
)
MCP = {
    "mcp: without a session, asked and accepted": Neighbour(
        (lines(call(1, 1), needs(1, 2, **ASK), retry("accept"), answer(2, 4, result=DONE)),),
        succeeded=("pay",),
        decisions=("approval/person",),
    ),
    "mcp: without a session, asked and declined": Neighbour(
        (lines(call(1, 1), needs(1, 2, **ASK), retry("decline"), answer(2, 4, result=DONE)),),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "mcp: without a session, asked and not answered": Neighbour(
        (lines(call(1, 1), needs(1, 2, **ASK)),),
        outcomes=("unknown",),
        waiting=("pay",),
        decisions=("question/",),
    ),
    "mcp: without a session, sent away and tried again": Neighbour(
        (
            lines(
                call(1, 1),
                needs(1, 2, requestState="blob"),
                call(2, 3, requestState="blob"),
                answer(2, 4, result=DONE),
            ),
        ),
        succeeded=("pay",),
    ),
    "mcp: a task whose result is well": Neighbour(
        (lines(HELLO, *BEGUN, *task(3, 5, "result", {"content": [], "isError": False})),),
        succeeded=("pay",),
    ),
    "mcp: a task whose result is an error": Neighbour(
        (
            lines(
                HELLO,
                *BEGUN,
                *task(2, 3, "get", {"taskId": "T", "status": "working"}),
                *task(3, 5, "result", {"content": [], "isError": True}),
            ),
        ),
        failed=("pay",),
    ),
    "mcp: a task that the client cancelled": Neighbour(
        (lines(HELLO, *BEGUN, *task(3, 5, "cancel", {"taskId": "T", "status": "cancelled"})),),
        blocked=("pay",),
        decisions=("cancellation/unknown",),
    ),
    "mcp: a task that nobody asked for again": Neighbour(
        (lines(HELLO, *BEGUN),), outcomes=("unknown",), unknown=("pay",)
    ),
    "mcp: a task of 2026 that is completed": Neighbour(
        (
            lines(
                *HANDLE,
                *task(2, 3, "get", {"taskId": "T", "status": "completed", "result": DONE}),
            ),
        ),
        succeeded=("pay",),
    ),
    "mcp: a task of 2026 that failed": Neighbour(
        (
            lines(
                *HANDLE,
                *task(2, 3, "get", {"taskId": "T", "status": "failed", "error": {"code": -32603}}),
            ),
        ),
        failed=("pay",),
    ),
    "mcp: a task of 2026 that asked, and was declined": Neighbour(
        (
            lines(
                *HANDLE,
                *task(2, 3, "get", {"taskId": "T", "status": "input_required", **ASK}),
                *task(3, 4, "update", {}, inputResponses={"ok": {"action": "decline"}}),
                *task(4, 5, "get", {"taskId": "T", "status": "completed", "result": DONE}),
            ),
        ),
        blocked=("pay",),
        decisions=("rejection/person",),
    ),
    "mcp: an address to be visited first, and then it went well": Neighbour(
        (
            lines(
                HELLO,
                request(1, 1),
                answer(1, 2, error={"code": -32042, "data": {"elicitations": [{"mode": "url"}]}}),
                wire(8, DOWN, rpc(method="notifications/elicitation/complete", params={})),
                request(2, 9),
                answer(2, 10),
            ),
        ),
        succeeded=("pay",),
        waiting=("pay",),
        decisions=("question/",),
    ),
}
