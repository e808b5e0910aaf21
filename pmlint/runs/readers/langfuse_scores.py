"""Scores of Langfuse: as its SDK posts them, as its server answers, or one a line.

Its spans are OTLP. The server sets who judged: ``ANNOTATION`` is a person and ``EVAL`` a machine;
what an SDK posts does not say it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.names import map_of
from pmlint.runs.reading import TraceInput
from pmlint.runs.times import nanoseconds

_DECIDED_BY = {"ANNOTATION": "person", "EVAL": "machine"}
_MARKS = (
    *((b"parentObservationId",), (b"parent_observation_id",), (b"htmlPath", b"observations")),
    *((b"session_id", b"bookmarked", b"project_id"), (b"data_type", b"string_value", b"trace_id")),
    *((b'"trace-create"',), (b'"span-create"',), (b'"generation-create"',), (b'"event-create"',)),
)
"""What only its objects have: of an observation, a trace, a score in a bucket, or a post."""


def is_exported(head: bytes) -> bool:
    """Whether a file that begins with these bytes is such an export; it may hold scores, too."""
    has_marks = any(all(mark in head for mark in marks) for marks in _MARKS)
    return has_marks and b"resourceSpans" not in head


class LangfuseScores:
    """Scores of Langfuse."""

    name = "langfuse-scores"

    def recognises(self, head: bytes) -> bool:
        """By the fields that each score has; spans in OTLP have others."""
        has_fields = b'"dataType"' in head and b'"value"' in head and b'"name"' in head
        return has_fields and b'"resourceSpans"' not in head and not is_exported(head)

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """A score as a log record of OpenTelemetry's evaluation event."""
        for line, row in file.read_json():
            source = TraceSource(file.path, line, self.name)
            for score in _scores(row):
                yield score_record(score, file, source)


def _scores(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The scores in a row: a request with its body, a batch of them, an answer with its data, or a
    score.
    """
    for name in ("body", "data", "batch"):
        inner = row.get(name)
        if isinstance(inner, list | dict):
            for one in map(map_of, inner if isinstance(inner, list) else [inner]):
                yield from _posted(one)
            return
    yield row


def _posted(one: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A score as it is, or an event of the ingestion about one; others are about spans."""
    if "body" not in one:
        yield one
    elif one.get("type") == "score-create":
        # The event has a time of its own, and the score in it may have none.
        yield {"timestamp": one.get("timestamp"), **_present(map_of(one["body"]))}


def _present(score: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in score.items() if value is not None}


def score_record(score: Mapping[str, Any], file: TraceInput, source: TraceSource) -> TraceSpan:
    """A score by the names of the interface, as a log record of OpenTelemetry's evaluation."""
    at = nanoseconds(score.get("timestamp"))
    start, end = file.clock(at, at, source.line)
    category, value = score.get("stringValue"), score.get("value")
    # A boolean is a number in the older interfaces, with a word beside it or without one.
    if score.get("dataType") == "BOOLEAN" and value in (0, 1):
        value = bool(value)
    attributes = {
        "session.id": score.get("sessionId"),
        "gen_ai.evaluation.name": score.get("name"),
        "gen_ai.evaluation.score.value": None if category else value,
        "gen_ai.evaluation.score.label": category,
        "pmlint.decided_by": _DECIDED_BY.get(str(score.get("source")), "unknown"),
        "pmlint.by": score.get("authorUserId"),
    }
    trace, parent = str(score.get("traceId") or ""), str(score.get("observationId") or "")
    name = "gen_ai.evaluation.result"
    return TraceSpan(trace, "", parent, name, start, end, False, attributes, {}, (), source)
