"""Spans that come twice: an exporter that tries again sends what it has sent.

The first counts. A second one with the same content is left out, one with other content is reported
(docs/spec/runs.md, *Bad input*: ``trace-conflict``).
"""

from __future__ import annotations

import json

from pmlint.runs.event import TraceSource, TraceSpan

MOST_SPANS = 100_000
"""So many spans are known again, the oldest traces are forgotten first: a million spans would take
170 MB, and who exports twice does so within minutes.
"""
_MADE_IDS = frozenset(("inspect", "mcp"))
"""Formats without spans: their ids are made of lines, and two files have the same ones."""


class SeenSpans:
    """The spans that have come so far; ``conflicts`` are those that came again and differed."""

    def __init__(self) -> None:
        self.conflicts: list[TraceSource] = []
        self._contents: dict[str, dict[str, int]] = {}
        self._count = 0
        self._records: set[int] = set()

    def is_new(self, span: TraceSpan) -> bool:
        """Whether a span comes for the first time."""
        if span.source.format in _MADE_IDS or span.id.startswith("line-"):
            return True
        trace = self._contents.setdefault(span.trace, {})
        content = hash((span.name, span.parent, span.start, span.end, span.failed))
        if span.id not in trace:
            trace[span.id] = content
            self._count += 1
            self._forget()
            return True
        if trace[span.id] != content:
            self.conflicts.append(span.source)
        return False

    def is_new_record(self, record: TraceSpan) -> bool:
        """Whether a log record comes for the first time; it has no id, so all of it is compared."""
        told = json.dumps(record.attributes, sort_keys=True, default=str)
        content = hash((record.trace, record.parent, record.name, record.start, told))
        if content in self._records:
            return False
        self._records.add(content)
        return True

    def _forget(self) -> None:
        while self._count > MOST_SPANS:
            oldest = next(iter(self._contents))
            self._count -= len(self._contents.pop(oldest))
