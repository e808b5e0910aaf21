"""LangSmith: runs as its service stores them, one a line, and rows of feedback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.event import SpanEvent, TraceSource, TraceSpan
from pmlint.runs.names import map_of, parsed
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds

_OBJECTS = ("inputs", "outputs", "extra")
_TYPE = re.compile(r"([A-Za-z_][\w.]*)(?=[(:]|$)")
"""How an error begins: ``TimeoutError('...')`` in Python, ``TimeoutError: ...`` in JavaScript. What
follows is a message, which a pack does not keep.
"""
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
        for line, told in file.read_json():
            source = TraceSource(file.path, line, self.name)
            # An export for tables has its objects as texts.
            row = {**told, **{name: parsed(told.get(name)) for name in _OBJECTS if name in told}}
            if "feedback_source" in row:
                yield _feedback(row, file, source)
            else:
                yield _run(row, file, source)


def _run(row: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    start, end = nanoseconds(row.get("start_time")), nanoseconds(row.get("end_time"))
    start, end = file.clock(start, end, source.line)
    metadata = map_of(map_of(row.get("extra")).get("metadata"))
    error = _error(row)
    answer, result = map_of(row.get("outputs")), map_of(map_of(row.get("outputs")).get("output"))
    attributes = {
        **{f"metadata.{name}": value for name, value in metadata.items()},
        "langsmith.run_type": row.get("run_type"),
        "input.value": row.get("inputs"),
        "gen_ai.output.messages": answer if row.get("run_type") == "llm" else None,
        "error.type": error,
    }
    # A graph catches the error of a tool and hands it to the model as a message.
    if "error" in (result.get("status"), map_of(result.get("kwargs")).get("status")):
        attributes["pmlint.status"] = "failed"
    # An error that begins with GraphInterrupt is a question to a person.
    events = (SpanEvent("exception", end, {"exception.type": error}),) if error else ()
    if isinstance(documents := answer.get("documents"), list):
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


def _error(row: Mapping[str, Any]) -> str:
    """The type of the error with which a run ended; empty where it ended in none."""
    told = str(row.get("error") or "").strip()
    found = _TYPE.match(told)
    if found is not None:
        return found[1]
    return "error" if told else ""


def _feedback(row: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    at = nanoseconds(row.get("created_at"))
    start, end = file.clock(at, at, source.line)
    given = map_of(row.get("feedback_source"))
    by = map_of(given.get("metadata")).get("user")
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
    # Most feedback names a run and no trace: a trace by the id of its root, or a run within one.
    run = str(row.get("run_id") or "")
    trace = str(row.get("trace_id") or run)
    return TraceSpan(trace, "", run, name, start, end, False, attributes, {}, (), source)
