"""MCP: the JSON-RPC messages of one connection, with their direction and time.

A call whose question was declined or cancelled ends with ``isError: false``: it was blocked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds

_ANSWERS = {"accept": "approval", "decline": "rejection", "cancel": "cancellation"}


class _Request(NamedTuple):
    """A request that waits for its answer: what it asks, when, and for which call."""

    method: str
    params: Mapping[str, Any]
    at: int
    line: int
    call: str


class McpSession:
    """Messages of the Model Context Protocol."""

    name = "mcp"

    def recognises(self, head: bytes) -> bool:
        """By the version of JSON-RPC beside a direction."""
        return b'"jsonrpc"' in head and b'"direction"' in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """Calls, reads and answers; at the end the connection itself."""
        trace = hashlib.sha256(file.head).hexdigest()[:32]
        client = ""
        open_requests: dict[tuple[str, Any], _Request] = {}
        denied: set[str] = set()
        times: list[int] = []
        source = TraceSource(file.path, 1, self.name)
        for line, row in file.read_json():
            message, side = _map(row.get("message")), str(row.get("direction"))
            at, _ = file.clock(*(nanoseconds(row.get("time")),) * 2, line)
            times.append(at)
            source = TraceSource(file.path, line, self.name)
            if "method" in message:
                request = _request(message, at, line, open_requests)
                client = str(_map(request.params.get("clientInfo")).get("name") or client)
                if "id" in message:
                    open_requests[side, message["id"]] = request
                continue
            # An answer has the id of a request that came from the other side.
            other = next(
                (key for key in open_requests if key[0] != side and key[1] == message.get("id")),
                None,
            )
            if other is not None:
                request = open_requests.pop(other)
                result = _map(message.get("result"))
                if request.method == "elicitation/create" and result.get("action") != "accept":
                    denied.add(request.call)
                yield from _answered(trace, client, request, message, at, denied, source)
        if times:
            start, end = min(times), max(times)
            attributes = {"agent.name": client, "openinference.span.kind": "AGENT"}
            yield TraceSpan(
                trace, "session", "", client, start, end, False, attributes, {}, (), source
            )


def _request(
    message: Mapping[str, Any], at: int, line: int, waiting: Mapping[tuple[str, Any], _Request]
) -> _Request:
    """A request; a question of the server belongs to the call that it is busy with."""
    method = str(message.get("method"))
    calls = [key[1] for key, one in waiting.items() if one.method == "tools/call"]
    if method == "tools/call":
        calls = [message.get("id")]
    # MCP does not say to which call a question belongs; the sample's server asks while one is open.
    call = str(calls[-1]) if calls else ""
    return _Request(method, _map(message.get("params")), at, line, call)


def _answered(
    trace: str,
    client: str,
    request: _Request,
    message: Mapping[str, Any],
    at: int,
    denied: set[str],
    source: TraceSource,
) -> Iterator[TraceSpan]:
    result = _map(message.get("result"))
    id = f"line-{request.line}"
    base = TraceSpan(
        trace, id, "session", request.method, request.at, at, False, {}, {}, (), source
    )
    if request.method == "tools/call":
        arguments = request.params.get("arguments")
        blocked = {"pmlint.status": "blocked"} if request.call in denied else {}
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": request.params.get("name"),
            "gen_ai.tool.call.id": request.call,
            "gen_ai.tool.call.arguments": arguments,
            **blocked,
        }
        failed = "error" in message or result.get("isError") is True
        yield base._replace(attributes=attributes, failed=failed)
    elif request.method == "resources/read":
        documents = [{"id": request.params.get("uri")}]
        attributes = {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.documents": documents,
        }
        yield base._replace(attributes=attributes, failed="error" in message)
    elif request.method == "elicitation/create":
        attributes = {
            "pmlint.intervention.kind": _ANSWERS.get(str(result.get("action")), ""),
            "pmlint.intervention.tool_call": request.call,
            "pmlint.decided_by": "person",
        }
        yield base._replace(id="", name="pmlint.intervention", start=at, attributes=attributes)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
