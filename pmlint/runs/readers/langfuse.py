"""Langfuse as its server exports it: traces with their observations, lists and batches of either,
the files of its bucket, and what an SDK before version 3 posted. Its spans in OTLP are read there.

- Names are in camel case on its interface and in snake case in its bucket, where times are in UTC
  and have no zone.
- A trace is no span: it names the session and the route of its observations. One of which no
  observation is there has a run of unknown outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.finding import Level
from pmlint.runs.event import TraceSource, TraceSpan
from pmlint.runs.names import list_of, map_of, parsed
from pmlint.runs.numbered_rows import objects_in
from pmlint.runs.readers.langfuse_scores import is_exported, score_record
from pmlint.runs.reading import TraceInput, TraceLine
from pmlint.runs.times import nanoseconds

_OF_TRACES = frozenset(("observations", "htmlPath", "bookmarked"))
_PACKED = ("input", "output", "metadata", "observations", "scores")
_UNDERSCORE = re.compile("_([a-z])")


class Langfuse:
    """Exports of Langfuse."""

    name = "langfuse"

    def recognises(self, head: bytes) -> bool:
        """By fields that only its objects have; spans in OTLP have others."""
        return is_exported(head)

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The observations and scores, and the traces without any observation."""
        export = _Export(file)
        for line, row in objects_in(file):
            source = TraceSource(file.path, line, self.name)
            for one in _parts(_named(row)):
                yield from export.take(one, source)
        yield from export.end()


class _Export:
    """One file: its traces by id, those of which an observation came, and what was posted."""

    def __init__(self, file: TraceInput) -> None:
        self._file = file
        self._traces: dict[str, tuple[Mapping[str, Any], TraceSource]] = {}
        self._observed: set[str] = set()
        self._posted: dict[str, tuple[Mapping[str, Any], TraceSource]] = {}

    def take(self, one: Mapping[str, Any], source: TraceSource) -> Iterator[TraceSpan]:
        """An object: a trace, an observation, a score, or an event about one of them."""
        if not _OF_TRACES.isdisjoint(one):
            yield from self._trace(one, source)
        elif "dataType" in one and "startTime" not in one:
            yield score_record(one, self._file, source)
        elif "startTime" in one and "traceId" in one:
            yield self._observation(one, source)
        elif isinstance(one.get("body"), dict):
            yield from self._event(one, source)
        else:
            self._file.skipped += 1
            text = "the line has no trace, observation or score of Langfuse"
            line = TraceLine(source.line, b"")
            self._file.report("trace-unreadable", Level.ERROR, text, line)

    def end(self) -> Iterator[TraceSpan]:
        """What was posted, once all of it is known; and traces whose observations are not there."""
        for body, source in self._posted.values():
            yield self._observation(body, source)
        for id, (trace, source) in self._traces.items():
            if id in self._observed:
                continue
            start = nanoseconds(trace.get("timestamp"))
            start, _ = self._file.clock(start, start, source.line)
            attributes, name = _names_of({}, trace), str(trace.get("name") or "")
            yield TraceSpan(
                id, f"trace-{id}", "", name, start, 0, False, attributes, {}, (), source
            )

    def _trace(self, trace: Mapping[str, Any], source: TraceSource) -> Iterator[TraceSpan]:
        id = str(trace.get("id") or "")
        self._traces[id] = (trace, source)
        # A list of traces has the ids of their observations alone.
        for one in filter(None, map(map_of, list_of(trace.get("observations")))):
            yield self._observation({"traceId": id, **_named(one)}, source)
        for one in filter(None, map(map_of, list_of(trace.get("scores")))):
            yield score_record({"traceId": id, **_named(one)}, self._file, source)

    def _event(self, event: Mapping[str, Any], source: TraceSource) -> Iterator[TraceSpan]:
        """What an SDK posts: an object is created and then updated, by its id."""
        body = {name: one for name, one in _named(event["body"]).items() if one is not None}
        id, kind = str(body.get("id") or ""), str(event.get("type")).partition("-")[0]
        known = self._traces if kind == "trace" else self._posted
        if kind == "score":
            # The spans of its trace may have gone another way, by OpenTelemetry.
            self._observed.add(str(body.get("traceId") or ""))
            yield score_record({"timestamp": event.get("timestamp"), **body}, self._file, source)
        elif kind != "sdk":  # the log of the SDK itself
            before, first = known.get(
                id, ({"type": kind, "timestamp": event.get("timestamp")}, source)
            )
            known[id] = ({**before, **body}, first)

    def _observation(self, one: Mapping[str, Any], source: TraceSource) -> TraceSpan:
        id = str(one.get("traceId") or "")
        self._observed.add(id)
        trace = self._traces.get(id, ({}, source))[0]
        # What came by OpenTelemetry keeps its attributes there.
        told = map_of(one.get("metadata"))
        start, kind = nanoseconds(one.get("startTime")), str(one.get("type") or "")
        end = start if kind.upper() == "EVENT" else nanoseconds(one.get("endTime"))
        start, end = self._file.clock(start, end, source.line)
        attributes = {
            **map_of(parsed(told.get("attributes"))),
            **_names_of(one, trace),
            "langfuse.observation.type": kind,
            "langfuse.observation.level": one.get("level"),
            "langfuse.observation.input": one.get("input"),
            "langfuse.observation.output": one.get("output"),
        }
        return TraceSpan(
            trace=id,
            id=str(one.get("id") or f"line-{source.line}"),
            parent=str(one.get("parentObservationId") or ""),
            name=str(one.get("name") or ""),
            start=start,
            end=end,
            failed=one.get("level") == "ERROR",
            attributes={name: value for name, value in attributes.items() if value is not None},
            resource=map_of(parsed(told.get("resourceAttributes"))),
            events=(),
            source=source,
        )


def _parts(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The objects of a row: itself, those of an answer or a batch, or a trace that was downloaded
    beside its observations.
    """
    if isinstance(row.get("trace"), dict) and isinstance(row.get("observations"), list):
        yield {**_named(row["trace"]), "observations": row["observations"]}
        return
    found = next((row[name] for name in ("data", "batch") if isinstance(row.get(name), list)), None)
    if found is None:
        yield row
    else:
        yield from map(_named, map(map_of, found))


def _names_of(one: Mapping[str, Any], trace: Mapping[str, Any]) -> dict[str, Any]:
    """What an observation says of its run and route, else its trace."""
    told = {**map_of(parsed(trace.get("metadata"))), **map_of(parsed(one.get("metadata")))}
    names = {
        "langfuse.session.id": one.get("sessionId") or trace.get("sessionId"),
        "langfuse.trace.name": one.get("traceName") or trace.get("name"),
        "langfuse.trace.metadata.route": told.get("route"),
    }
    return {name: value for name, value in names.items() if value}


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """An object by the names of the interface; what is JSON in a text is read."""
    found = {_UNDERSCORE.sub(lambda match: match[1].upper(), name): row[name] for name in row}
    packed = {name: parsed(found[name]) for name in _PACKED if _is_packed(found.get(name))}
    return {**found, **packed}


def _is_packed(value: object) -> bool:
    return isinstance(value, str) and value[:1] in ("{", "[")
