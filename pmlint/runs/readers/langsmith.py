"""LangSmith: runs as its service stores them, one a line, and rows of feedback."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.event import SpanEvent, TraceSource, TraceSpan
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds

_MACHINES = frozenset(("model", "auto_eval", "automation"))


class LangSmith:
    """Runs and feedback of LangSmith."""

    name = "langsmith"

    def recognises(self, head: bytes) -> bool:
        """By the fields that each run, and each row of feedback, has."""
        is_run = b'"run_type"' in head and b'"dotted_order"' in head
        return is_run or b'"feedback_source"' in head

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """A span for each run, an evaluation for each row of feedback."""
        for line, row in file.read_json():
            source = TraceSource(file.path, line, self.name)
            if "feedback_source" in row:
                yield _feedback(row, file, source)
            else:
                yield _run(row, file, source)


def _run(row: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    start, end = nanoseconds(row.get("start_time")), nanoseconds(row.get("end_time"))
    start, end = file.clock(start, end, source.line)
    metadata = _map(_map(row.get("extra")).get("metadata"))
    error = str(row.get("error") or "").partition("(")[0]
    attributes = {
        **{f"metadata.{name}": value for name, value in metadata.items()},
        "langsmith.run_type": row.get("run_type"),
        "input.value": row.get("inputs"),
        "gen_ai.output.messages": [{"parts": list(_proposed(row))}, *_answers(row)],
        "error.type": error,
    }
    # A graph catches the error of a tool and hands it to the model as a message.
    if _map(_map(row.get("outputs")).get("output")).get("status") == "error":
        attributes["pmlint.status"] = "failed"
    # An error that begins with GraphInterrupt is a question to a person.
    events = (SpanEvent("exception", end, {"exception.type": error}),) if error else ()
    documents = _map(row.get("outputs")).get("documents")
    if isinstance(documents, list):
        attributes["gen_ai.retrieval.documents"] = documents
    return TraceSpan(
        trace=str(row.get("trace_id") or ""),
        id=str(row.get("id") or f"line-{source.line}"),
        parent=_parent(row),
        name=str(row.get("name") or ""),
        start=start,
        end=end,
        failed=bool(error) or row.get("status") == "error",
        attributes=attributes,
        resource={"service.name": row.get("session_name")},
        events=events,
        source=source,
    )


def _parent(row: Mapping[str, Any]) -> str:
    """The run that a run is part of; some exports have only the list of all, its root first."""
    listed = row.get("parent_run_ids")
    last = listed[-1] if isinstance(listed, list) and listed else ""
    return str(row.get("parent_run_id") or last or "")


def _proposed(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The calls in what a model answered: LangChain's messages, a list of lists."""
    listed = _map(row.get("outputs")).get("generations")
    for group in listed if isinstance(listed, list) else ():
        for generation in group if isinstance(group, list) else ():
            message = _map(_map(generation).get("message"))
            calls = _map(message.get("kwargs")).get("tool_calls")
            for call in calls if isinstance(calls, list) else ():
                fields = _map(call)
                yield {"type": "tool_call", **fields, "arguments": fields.get("args")}


def _answers(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a model answered, where the client of OpenAI was wrapped: its choices."""
    listed = _map(row.get("outputs")).get("choices")
    for choice in listed if isinstance(listed, list) else ():
        yield _map(_map(choice).get("message"))


def _feedback(row: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    at = nanoseconds(row.get("created_at"))
    start, end = file.clock(at, at, source.line)
    given = _map(row.get("feedback_source"))
    by = _map(given.get("metadata")).get("user")
    type = str(given.get("type"))
    machine = type in _MACHINES
    who = "machine" if machine else "unknown"
    # A score of 0 is an answer ("no"), so it is not asked whether it is true.
    value = row.get("value") if row.get("score") is None else row.get("score")
    attributes = {
        "gen_ai.evaluation.name": row.get("key"),
        "gen_ai.evaluation.score.value": value,
        # `app` is the web page of the service, where only people are.
        "pmlint.decided_by": "person" if (by or type == "app") and not machine else who,
        "pmlint.by": by,
    }
    name = "gen_ai.evaluation.result"
    trace = str(row.get("trace_id") or row.get("run_id") or "")
    return TraceSpan(trace, "", "", name, start, end, False, attributes, {}, (), source)


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
