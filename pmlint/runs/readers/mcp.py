"""MCP: the JSON-RPC messages of one connection, with their direction and time.

- A call whose question was declined or cancelled ends with ``isError: false``: it was blocked.
- A call may end later than its answer: as a task (revision 2025-11-25, and the extension of 2026),
  or tried again with what it asked for (``input_required``, revision 2026-07-28). It is one call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.names import map_of
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds

_QUESTION = "elicitation/create"
_ANSWERS = {"accept": "approval", "decline": "rejection", "cancel": "cancellation"}
_DENIALS = ("rejection", "cancellation")
_CLIENT = "io.modelcontextprotocol/clientInfo"
"""Where each request names its client since there are no sessions."""
_TASK = "io.modelcontextprotocol/related-task"
_VISIT_FIRST = -32042
"""The error of a call that asks its user to visit an address, and then to be called again."""
_OVER = ("completed", "failed", "cancelled")
"""States of a task that no other state follows."""


class _Request(NamedTuple):
    """A request that waits for its answer: what it asks, when, and for which call; ``needs`` is
    what it was asked for in turn.
    """

    method: str
    params: Mapping[str, Any]
    at: int
    source: TraceSource
    call: str
    id: str = ""
    needs: Mapping[str, Any] = {}  # never changed
    state: object = None


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
            for message in map(map_of, found if isinstance(found, list) else [found]):
                if message.get("method") == "initialize" and connection.times:
                    yield from connection.end()
                    number += 1
                    connection = _Connection(f"{trace[:24]}{number:08x}")
                yield from connection.take(message, side, at, source)
        yield from connection.end()


class _Connection:
    """One connection from its ``initialize`` on: the requests that wait, by side and id; the calls
    that are tasks, by the id of the task; those that are to be tried again with what they need.
    """

    def __init__(self, trace: str) -> None:
        self.times: list[int] = []
        self._trace = trace
        self._client = ""
        self._waiting: dict[tuple[str, str], _Request] = {}
        self._tasks: dict[str, _Request] = {}
        self._paused: list[_Request] = []
        self._denied: set[str] = set()
        self._last = TraceSource("", 1, "")

    def take(
        self, message: Mapping[str, Any], side: str, at: int, source: TraceSource
    ) -> Iterator[TraceSpan]:
        """What a message answers; a request waits for its answer."""
        self.times.append(at)
        self._last = source
        id, method = str(message.get("id")), message.get("method")
        params = map_of(message.get("params"))
        if method == "notifications/cancelled":
            id = str(params.get("requestId"))
            yield from self._cancelled(self._waiting.pop((side, id), None), at)
        elif str(method).startswith("notifications/tasks"):
            yield from self._task(params, at)
        elif method is not None:
            request = self._request(str(method), params, id, at, source)
            yield from self._given(request, params, at)
            if "id" in message:
                self._waiting[side, id] = request
        else:
            # An answer has the id of a request that came from the other side.
            asked = [key for key in self._waiting if key[1] == id and key[0] != side]
            if asked:
                yield from self._answered(self._waiting.pop(asked[0]), message, at)

    def end(self) -> Iterator[TraceSpan]:
        """The connection as a root, behind what was never answered."""
        times = list(filter(None, self.times))
        if not times:
            return
        asked = {one.call for one in self._waiting.values() if one.method == _QUESTION}
        calls = [one for one in self._waiting.values() if one.method == "tools/call"]
        calls += [*self._tasks.values(), *self._paused]
        for request in calls:
            # A call waits while its question does; of another nobody knows how it ended.
            waits = request.call in asked or any(map(_is_question, request.needs.values()))
            yield self._call(request, times[-1], "waiting" if waits else "unknown")
        attributes = {"agent.name": self._client, "openinference.span.kind": "AGENT"}
        root = _Request("", {}, min(times), self._last, "")
        # A connection that broke off while a call ran has not ended.
        end = 0 if calls else max(times)
        yield self._span(root, end)._replace(
            id="session", parent="", name=self._client, end=end, attributes=attributes
        )

    def _request(
        self, method: str, params: Mapping[str, Any], id: str, at: int, source: TraceSource
    ) -> _Request:
        """A request; one that is tried again is the first one still."""
        client = params.get("clientInfo") or map_of(params.get("_meta")).get(_CLIENT)
        self._client = str(map_of(client).get("name") or self._client)
        if method != "tools/call":
            return _Request(method, params, at, source, self._asking_call(params), id)
        again = "inputResponses" in params or "requestState" in params
        for paused in self._paused if again else ():
            same = paused.params.get("name") == params.get("name")
            if same and paused.state == params.get("requestState"):
                self._paused.remove(paused)
                return paused
        return _Request(method, params, at, source, id, id)

    def _asking_call(self, params: Mapping[str, Any]) -> str:
        """The call that a question belongs to: MCP says it of a task only; else the server asks
        while one is open.
        """
        task = map_of(map_of(params.get("_meta")).get(_TASK)).get("taskId")
        if str(task) in self._tasks:
            return self._tasks[str(task)].call
        open = [one for one in self._waiting.values() if one.method == "tools/call"]
        open = open or list(self._tasks.values())
        return open[-1].call if open else ""

    def _given(self, request: _Request, params: Mapping[str, Any], at: int) -> Iterator[TraceSpan]:
        """What people answered to the questions of a call, where its next request brings it."""
        task = str(params.get("taskId"))
        of_task = self._tasks.get(task) if request.method == "tasks/update" else None
        asked = of_task or request
        for name, answer in map_of(params.get("inputResponses")).items():
            if _is_question(asked.needs.get(name)):
                yield from self._decided(asked, map_of(answer), at)
        if of_task is not None:
            self._tasks[task] = of_task._replace(needs={})

    def _decided(
        self, request: _Request, answer: Mapping[str, Any], at: int
    ) -> Iterator[TraceSpan]:
        """What a person answered about a call."""
        kind = _answer_of(answer)
        if kind in _DENIALS:
            self._denied.add(request.call)
        if kind:
            span = self._span(request, at)
            yield _decision(span, request, kind, "person", self._tool_of(request))

    def _tool_of(self, request: _Request) -> object:
        """The name of the tool that a question, or a call itself, is about."""
        if request.method == "tools/call":
            return request.params.get("name")
        calls = (*self._waiting.values(), *self._tasks.values(), *self._paused)
        named = (one for one in calls if one.method == "tools/call" and one.call == request.call)
        return next((one.params.get("name") for one in named), None)

    def _cancelled(self, request: _Request | None, at: int) -> Iterator[TraceSpan]:
        """A call that the client took back. Who was behind the client is not carried."""
        if request is None or request.method != "tools/call":
            return
        span = self._call(request, at, "blocked")
        yield span
        yield _decision(span, request, "cancellation", "unknown", self._tool_of(request))

    def _answered(
        self, request: _Request, message: Mapping[str, Any], at: int
    ) -> Iterator[TraceSpan]:
        result = map_of(message.get("result"))
        failed = "error" in message or result.get("isError") is True
        if request.method == "tools/call":
            yield from self._call_answered(request, message, at)
        elif request.method in ("tasks/get", "tasks/cancel"):
            yield from self._task(result, at)
        elif request.method == "tasks/result":
            call = self._tasks.pop(str(request.params.get("taskId")), None)
            if call is not None:
                yield self._ended(call, at, failed)
        elif request.method == "resources/read":
            attributes = {
                "gen_ai.operation.name": "retrieval",
                "gen_ai.retrieval.documents": [{"id": request.params.get("uri")}],
            }
            yield self._span(request, at)._replace(attributes=attributes, failed=failed)
        elif request.method == _QUESTION:
            yield from self._decided(request, result, at)

    def _call_answered(
        self, request: _Request, message: Mapping[str, Any], at: int
    ) -> Iterator[TraceSpan]:
        """The answer to a call: its end, a question, or the promise of a later end."""
        result, error = map_of(message.get("result")), map_of(message.get("error"))
        task = map_of(result.get("task")) or (result if result.get("resultType") == "task" else {})
        if task.get("taskId"):
            self._tasks[str(task["taskId"])] = request
            yield from self._task(task, at)
        elif result.get("resultType") == "input_required":
            needs, state = map_of(result.get("inputRequests")), result.get("requestState")
            self._paused.append(request._replace(needs=needs, state=state))
        elif error.get("code") == _VISIT_FIRST:
            yield self._call(request, at, "waiting")
        else:
            yield self._ended(request, at, bool(error) or result.get("isError") is True)

    def _task(self, told: Mapping[str, Any], at: int) -> Iterator[TraceSpan]:
        """The state of a task: that it is over, or what it needs."""
        task, status = str(told.get("taskId")), told.get("status")
        request = self._tasks.get(task)
        if request is None:
            return
        if status not in _OVER:
            self._tasks[task] = request._replace(needs=map_of(told.get("inputRequests")))
            return
        del self._tasks[task]
        if status == "cancelled":
            yield from self._cancelled(request, at)
        else:
            wrong = map_of(told.get("result")).get("isError") is True
            yield self._ended(request, at, status == "failed" or wrong)

    def _ended(self, request: _Request, at: int, failed: bool) -> TraceSpan:
        if request.call in self._denied:
            return self._call(request, at, "blocked")
        return self._call(request, at)._replace(failed=failed)

    def _call(self, request: _Request, end: int, status: str = "") -> TraceSpan:
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": request.params.get("name"),
            "gen_ai.tool.call.id": request.call,
            "gen_ai.tool.call.arguments": request.params.get("arguments"),
            **({"pmlint.status": status} if status else {}),
        }
        return self._span(request, end)._replace(attributes=attributes)

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


def _is_question(request: object) -> bool:
    return map_of(request).get("method") == _QUESTION


def _answer_of(result: Mapping[str, Any]) -> str:
    """What a person answered to a question; empty for a client that could not ask."""
    answer = _ANSWERS.get(str(result.get("action")), "")
    ticked = [one for one in map_of(result.get("content")).values() if isinstance(one, bool)]
    # A form that was sent, with a no in its only box.
    return "rejection" if answer == "approval" and ticked == [False] else answer


def _decision(span: TraceSpan, request: _Request, kind: str, by: str, tool: object) -> TraceSpan:
    """What was decided about a call, as a log record, at the moment of the answer."""
    attributes = {
        "pmlint.intervention.kind": kind,
        "pmlint.intervention.tool_call": request.call,
        "pmlint.decided_by": by,
        "gen_ai.tool.name": tool,
    }
    name = "pmlint.intervention"
    return span._replace(id="", name=name, start=span.end, attributes=attributes)
