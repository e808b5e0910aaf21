"""Spans that come twice: an exporter that tries again sends what it has sent.

The first counts. A second one with the same content is left out, one with other content is reported
(docs/spec/runs.md, *Bad input*: ``trace-conflict``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pmlint.runs.event import TraceSource, TraceSpan

MOST_SPANS = 50_000
"""So many spans are known again, and at most twice as many: a million would take 170 MB, and who
exports twice does so within minutes.
"""
_MADE_IDS = frozenset(("inspect", "mcp"))
"""Formats without spans: their ids are made of lines, and two files have the same ones."""


class SeenSpans:
    """The spans that have come so far; ``conflicts`` are those that came again and differed."""

    def __init__(self) -> None:
        self.conflicts: list[TraceSource] = []
        # What a span says, hashed, by trace and id. The older half is forgotten at once: to take
        # out the oldest one by one walks over the holes that the others have left.
        self._latest: dict[str, dict[str, int]] = {}
        self._older: dict[str, dict[str, int]] = {}
        self._size = 0
        self._records: set[int] = set()

    def new_of(self, trace: str, spans: Iterable[TraceSpan]) -> list[TraceSpan]:
        """The spans of a trace that come for the first time, in their order."""
        latest, older = self._latest.setdefault(trace, {}), self._older.get(trace, {})
        new = []
        for span in spans:
            content = hash((span.name, span.parent, span.start, span.end, span.failed))
            first = latest.get(span.id, older.get(span.id))
            if first is None or span.source.format in _MADE_IDS or span.id.startswith("line-"):
                latest[span.id] = content
                new.append(span)
            elif first != content:
                self.conflicts.append(span.source)
        self._size += len(new)
        if self._size >= MOST_SPANS:
            self._older, self._latest, self._size = self._latest, {}, 0
        return new

    def trace_of(self, id: str) -> str:
        """The trace of a span that came lately; empty where none is known."""
        for known in (self._latest, self._older):
            for trace, spans in known.items():
                if id in spans:
                    return trace
        return ""

    def is_new_record(self, record: TraceSpan) -> bool:
        """Whether a log record comes for the first time; it has no id, so all of it is compared."""
        told = json.dumps(record.attributes, sort_keys=True, default=str)
        content = hash((record.trace, record.parent, record.name, record.start, told))
        if content in self._records:
            return False
        self._records.add(content)
        return True
