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

_QUESTION = "elicitation/create"
_ANSWERS = {"accept": "approval", "decline": "rejection", "cancel": "cancellation"}


class _Request(NamedTuple):
    """A request that waits for its answer: what it asks, when, and for which call."""

    method: str
    params: Mapping[str, Any]
    at: int
    source: TraceSource
    call: str
    id: str = ""


class McpSession:
    """Messages of the Model Context Protocol."""

    name = "mcp"

    def recognises(self, head: bytes) -> bool:
        """By the version of JSON-RPC beside a direction."""
        return b'"jsonrpc"' in head and b'"direction"' in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """Calls, reads and answers of each connection, and then the connection itself."""
        trace = hashlib.sha256(file.head).hexdigest()
        connection = _Connection(trace[:32])
        number = 0
        for line, row in file.read_json():
            side, at = str(row.get("direction")), nanoseconds(row.get("time"))
            at, _ = file.clock(at, at, line)
            source = TraceSource(file.path, line, self.name)
            found = row.get("message")
            # Version 2025-03-26 of the protocol had batches.
            for message in map(_map, found if isinstance(found, list) else [found]):
                if message.get("method") == "initialize" and connection.times:
                    yield from connection.end()
                    number += 1
                    connection = _Connection(f"{trace[:24]}{number:08x}")
                yield from connection.take(message, side, at, source)
        yield from connection.end()


class _Connection:
    """One connection from its ``initialize`` on: the requests that wait, by side and id."""

    def __init__(self, trace: str) -> None:
        self.times: list[int] = []
        self._trace = trace
        self._client = ""
        self._waiting: dict[tuple[str, str], _Request] = {}
        self._denied: set[str] = set()
        self._last = TraceSource("", 1, "")

    def take(
        self, message: Mapping[str, Any], side: str, at: int, source: TraceSource
    ) -> Iterator[TraceSpan]:
        """What a message answers; a request waits for its answer."""
        self.times.append(at)
        self._last = source
        id = str(message.get("id"))
        if message.get("method") == "notifications/cancelled":
            id = str(_map(message.get("params")).get("requestId"))
            yield from self._cancelled(self._waiting.pop((side, id), None), at)
        elif "method" in message:
            request = self._request(message, at, source)
            self._client = str(_map(request.params.get("clientInfo")).get("name") or self._client)
            if "id" in message:
                self._waiting[side, id] = request
        else:
            # An answer has the id of a request that came from the other side.
            asked = [key for key in self._waiting if key[1] == id and key[0] != side]
            if asked:
                request = self._waiting.pop(asked[0])
                result = _map(message.get("result"))
                if _answer_of(request, result) in ("rejection", "cancellation"):
                    self._denied.add(request.call)
                yield from self._answered(request, message, at)

    def end(self) -> Iterator[TraceSpan]:
        """The connection as a root, behind what was never answered."""
        times = list(filter(None, self.times))
        if not times:
            return
        calls = [one for one in self._waiting.values() if one.method == "tools/call"]
        asked = {one.call for one in self._waiting.values() if one.method == _QUESTION}
        for request in calls:
            # A call waits while its question does; of another nobody knows how it ended.
            status = "waiting" if request.call in asked else "unknown"
            attributes = {**_tool(request), "pmlint.status": status}
            yield self._span(request, times[-1])._replace(attributes=attributes)
        attributes = {"agent.name": self._client, "openinference.span.kind": "AGENT"}
        root = _Request("", {}, min(times), self._last, "")
        # A connection that broke off while a call ran has not ended.
        end = 0 if calls else max(times)
        yield self._span(root, end)._replace(
            id="session", parent="", name=self._client, end=end, attributes=attributes
        )

    def _request(self, message: Mapping[str, Any], at: int, source: TraceSource) -> _Request:
        """A request; a question of the server belongs to the call that it is busy with."""
        method = str(message.get("method"))
        calls = [key[1] for key, one in self._waiting.items() if one.method == "tools/call"]
        if method == "tools/call":
            calls = [str(message.get("id"))]
        # MCP does not say to which call a question belongs; the server asks while one is open.
        call = calls[-1] if calls else ""
        id = str(message.get("id"))
        return _Request(method, _map(message.get("params")), at, source, call, id)

    def _cancelled(self, request: _Request | None, at: int) -> Iterator[TraceSpan]:
        """A call that the client took back. Who was behind the client is not carried."""
        if request is None or request.method != "tools/call":
            return
        span = self._span(request, at)
        yield span._replace(attributes={**_tool(request), "pmlint.status": "blocked"})
        yield _decided(span, request, "cancellation", "unknown")

    def _answered(
        self, request: _Request, message: Mapping[str, Any], at: int
    ) -> Iterator[TraceSpan]:
        result = _map(message.get("result"))
        failed = "error" in message or result.get("isError") is True
        span = self._span(request, at)
        if request.method == "tools/call":
            is_denied = request.call in self._denied
            blocked = {"pmlint.status": "blocked"} if is_denied else {}
            attributes = {**_tool(request), **blocked}
            yield span._replace(attributes=attributes, failed=failed and not is_denied)
        elif request.method == "resources/read":
            attributes = {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.retrieval.documents": [{"id": request.params.get("uri")}],
            }
            yield span._replace(attributes=attributes, failed=failed)
        elif answer := _answer_of(request, result):
            yield _decided(span, request, answer, "person")

    def _span(self, request: _Request, end: int) -> TraceSpan:
        return TraceSpan(
            trace=self._trace,
            id=f"line-{request.source.line}-{request.id}",
            parent="session",
            name=request.method,
            start=request.at,
            end=max(request.at, end),
            failed=False,
            attributes={},
            resource={},
            events=(),
            source=request.source,
        )


def _answer_of(request: _Request, result: Mapping[str, Any]) -> str:
    """What a person answered to a question; empty for another request, and for a client that could
    not ask.
    """
    if request.method != _QUESTION:
        return ""
    answer = _ANSWERS.get(str(result.get("action")), "")
    ticked = [one for one in _map(result.get("content")).values() if isinstance(one, bool)]
    # A form that was sent, with a no in its only box.
    return "rejection" if answer == "approval" and ticked == [False] else answer


def _tool(request: _Request) -> dict[str, Any]:
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": request.params.get("name"),
        "gen_ai.tool.call.id": request.call,
        "gen_ai.tool.call.arguments": request.params.get("arguments"),
    }


def _decided(span: TraceSpan, request: _Request, kind: str, by: str) -> TraceSpan:
    """What was decided about a call, as a log record, at the moment of the answer."""
    attributes = {
        "pmlint.intervention.kind": kind,
        "pmlint.intervention.tool_call": request.call,
        "pmlint.decided_by": by,
    }
    name = "pmlint.intervention"
    return span._replace(id="", name=name, start=span.end, attributes=attributes)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
