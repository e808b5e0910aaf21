"""What a trace is made of, and what becomes of it: spans, events and runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

EventKind = Literal["agent", "model", "tool", "retrieval", "decision", "evaluation"]
EventStatus = Literal["succeeded", "failed", "blocked", "waiting", "unrecorded", "unknown"]
CORRECTIONS = frozenset(("rejection", "edit"))
"""Decisions that correct what the agent proposed (docs/spec/runs.md, *A run*)."""
RESCUES = frozenset(("rescue", "override", "takeover", "undo"))
"""Decisions by which somebody did the work of the agent or took it back."""
OUTCOMES = (
    "ok",
    "near-miss",
    "failed",
    "customer-visible-defect",
    "unsafe-action",
    "control-breach",
)
"""From the best to the worst; of several that are recorded the worst counts."""
_EPOCH = datetime(1970, 1, 1)  # without a zone, which `isoformat` would print
EVENT_FIELDS = (
    *("at", "ended", "run", "id", "kind", "name", "status", "call", "attempt"),
    *("decision", "decided_by", "by", "arguments", "changed"),
    *("error", "value", "documents", "sha256", "text"),
)
"""The fields of a row in their order, before its ``source``."""


class TraceSource(NamedTuple):
    """Where an event was read: the file as it was named, its line from 1, and the format."""

    file: str
    line: int
    format: str


class SpanEvent(NamedTuple):
    """An event on a span, such as an exception; ``at`` in nanoseconds since 1970 (UTC)."""

    name: str
    at: int
    attributes: Mapping[str, Any]


class TraceSpan(NamedTuple):
    """A span or a log record of a trace, whatever wrote it.

    Times are nanoseconds since 1970 (UTC), 0 where the trace has none. A log record has an empty
    ``id``, and ``parent`` names the span that it belongs to. ``failed`` is the span's own status.
    """

    trace: str
    id: str
    parent: str
    name: str
    start: int
    end: int
    failed: bool
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    events: tuple[SpanEvent, ...]
    source: TraceSource

    @property
    def is_log(self) -> bool:
        """Whether this is a log record and no span."""
        return not self.id


class TraceEvent(NamedTuple):
    """One thing that happened in a run: the fields of `schema/event.json`.

    ``at`` and ``ended`` are nanoseconds since 1970 (UTC), None where the trace's clock is wrong.
    ``text`` is content, which a pack keeps only on request. A row has neither ``route``, which is
    its run's, nor ``warning``, why the event is one although it did not fail.
    """

    kind: EventKind
    name: str
    source: TraceSource
    at: int | None = None
    ended: int | None = None
    run: str = ""
    id: str = ""
    status: EventStatus = "unknown"
    call: str = ""
    attempt: int = 0
    decision: str = ""
    decided_by: str = ""
    by: str = ""
    arguments: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    error: str = ""
    value: object = None
    documents: tuple[Mapping[str, Any], ...] = ()
    sha256: str = ""
    text: str = ""
    route: str = ""
    warning: str = ""

    def row(self) -> dict[str, object]:
        """The event as one flat object, without the fields that have nothing to say."""
        fields = self._asdict()
        shown: dict[str, object] = {
            name: fields[name]
            for name in EVENT_FIELDS
            if fields[name] not in ("", (), None, 0)
            or (name == "value" and fields[name] is not None)
        }
        shown |= {name: timestamp(shown[name]) for name in ("at", "ended") if name in shown}
        return {**shown, "source": self.source._asdict()}


class TraceRun(NamedTuple):
    """One case on one route: the fields of `schema/run.json`. Times as in `TraceEvent`.

    ``waiting`` says that its last word is an open question; ``unrecorded`` counts calls that were
    proposed and whose execution no trace shows; ``names`` are the names that were tried as a route.
    """

    run: str
    route: str
    started: int | None
    ended: int | None
    outcome: str
    rescues: int = 0
    corrections: int = 0
    approvals: int = 0
    autonomy: str = ""
    version: str = ""
    traces: tuple[str, ...] = ()
    waiting: bool = False
    unrecorded: int = 0
    names: tuple[str, ...] = ()

    def row(self) -> dict[str, object]:
        """The run as the flat object that `pmlint runs` writes."""
        row: dict[str, object] = {
            "run": self.run,
            "route": self.route,
            "started": timestamp(self.started),
            "ended": timestamp(self.ended),
            "outcome": self.outcome,
            "rescues": self.rescues,
            "corrections": self.corrections,
            "approvals": self.approvals,
            "autonomy": self.autonomy,
            "version": self.version,
            "traces": list(self.traces),
        }
        optional = ("ended", "autonomy", "version", "traces")
        return {name: value for name, value in row.items() if value or name not in optional}


def timestamp(at: object) -> str | None:
    """Nanoseconds since 1970 as RFC 3339 in UTC with milliseconds; None where there is no time."""
    if not isinstance(at, int):
        return None
    moment = _EPOCH + timedelta(microseconds=at // 1_000)
    return f"{moment.isoformat(timespec='milliseconds')}Z"
