"""Spans become runs: what belongs together, and what is counted.

- A run is a session, conversation or thread within one route, over all traces that it has; where
  nothing names it, the trace itself.
- A trace is held until its root has come, and the rest of its line, in which spans have any order;
  where spans come behind their roots, until a thousand roots later. What grows is the number of
  open traces and of runs, never of spans. Log records wait for the end: they may come first.
- A span that comes later still takes its own names, else those of its root. Those of the spans
  between them are not kept: they would grow with the spans.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import attrgetter

from pmlint.runs.case import RunCase
from pmlint.runs.claude_spans import KIND, with_their_ends
from pmlint.runs.dialects import (
    arguments_of,
    edit_of,
    events_of,
    is_silent,
    kind_of,
    tool_of,
    was_interrupted,
)
from pmlint.runs.event import EventKind, TraceEvent, TraceRun, TraceSource, TraceSpan
from pmlint.runs.mapping import mapped
from pmlint.runs.names import REMOTE, first_of, holders, look_up, names_of, values_of
from pmlint.runs.proposals import proposals_of, unrecorded_of
from pmlint.runs.seen import SeenSpans
from pmlint.runs.settings import DEFAULT_RUNS, RunSettings

LATEST_TRACES = 1_000
"""So many traces stay open after their roots have come: LangSmith writes the root first, as do
exports by time. Where as many in a row had nothing behind their root's line, none stays: spans that
wait leave the caches of the processor, and a fold of 40,000 runs took a fifth longer.
"""
Sink = Callable[[TraceEvent], None]
"""What is to happen with each event of a run, in the order in which they were read."""


_OF_CALLS = ("tool_decision", "tool_result")
"""Log events of Claude Code about a call, by their names without its own."""


class Fold:
    """Collects spans, and answers with the runs that they make.

    ``known`` are the ids of the registry's routes; ``settings`` name other keys, map names in
    traces to routes, and say what a team's own events mean; ``everything`` is the route that takes
    all runs where the user names one. ``sink`` gets each event as it becomes known.
    """

    def __init__(
        self,
        known: Collection[str],
        settings: RunSettings = DEFAULT_RUNS,
        everything: str = "",
        sink: Sink | None = None,
    ) -> None:
        self._known = {_folded(name): name for name in known}
        self._known |= {_folded(name): route for name, route in settings.names.items()}
        self._run_keys = settings.run or names_of("run")
        self._route_keys = settings.route or names_of("route")
        self._run_holders = holders(self._run_keys)
        self._holders = self._run_holders | holders(self._route_keys)
        self._maps = settings.map
        self._everything = everything
        self._sink = sink
        self._watched = bool(settings.map) or sink is not None
        self._open: dict[str, list[TraceSpan]] = {}
        # The roots of open traces, the line that is being read, and how many traces in a row had
        # nothing behind their root's line.
        self._ended: dict[str, TraceSpan] = {}
        self._whole = 0
        self._source: TraceSource | None = None
        self._closed: dict[str, RunCase] = {}
        self._records: list[TraceSpan] = []
        self._seen = SeenSpans()
        self._cases: dict[str, dict[str, RunCase]] = defaultdict(dict)
        # The same few names come with each of a route's runs, so their tuple is kept once.
        self._place_of = lru_cache(maxsize=1024)(self._route_of)

    def add(self, span: TraceSpan) -> None:
        """Take one span or log record."""
        if not span.id:  # as `is_log`, whose call takes a tenth of this method
            if self._seen.is_new_record(span):
                self._records.append(span)
            return
        if span.source is not self._source and span.source != self._source:
            self._close_ended(LATEST_TRACES if self._whole < LATEST_TRACES else 0)
            self._source = span.source
        # What comes behind a root that was closed is placed at once, so that it does not wait for a
        # second root until the end of the file.
        if span.parent and span.trace in self._closed:
            for late in self._seen.new_of(span.trace, [span]):
                self._late(late)
            return
        self._open.setdefault(span.trace, []).append(span)
        if not span.parent:
            self._ended.setdefault(span.trace, span)

    @property
    def conflicts(self) -> Sequence[TraceSource]:
        """Where spans came again with other content than the first, which counts."""
        return self._seen.conflicts

    def finish(self) -> list[TraceRun]:
        """All runs, by route and start, after the last span."""
        self._close_ended(0)
        # A trace whose root never came was cut off, or its agent still runs.
        for trace in list(self._open):
            self._close(trace, root=None)
        for record in sorted(self._records, key=lambda record: record.start):
            self._join(record)
        self._closed.clear()
        runs = []
        for route in sorted(self._cases):
            cases = self._cases.pop(route)
            ended = [self._end(cases.pop(run)) for run in list(cases)]
            runs += sorted(ended, key=lambda run: (run.started or 0, run.run))
        return runs

    def _close_ended(self, most: int) -> None:
        """Close the traces whose roots have come, all but the latest of so many."""
        for trace in list(islice(self._ended, max(len(self._ended) - most, 0))):
            root = self._ended.pop(trace)
            has_more = self._open[trace][-1].source != root.source
            self._whole = 0 if has_more else self._whole + 1
            self._close(trace, root)

    def _close(self, trace: str, root: TraceSpan | None) -> None:
        spans = self._seen.new_of(trace, self._open.pop(trace))
        if not spans:  # the root of a closed trace, which came again
            return
        if KIND in spans[0].attributes:
            spans = with_their_ends(spans)
        by_id = {span.id: span for span in spans}
        # An interrupt leaves each span around it. It is one question, of the innermost.
        around = {span.parent for span in spans if span.events and was_interrupted(span)}
        placed: dict[str, RunCase] = {}
        run, several = self._of_trace(spans, root)
        # By start: a proposal comes before its call, whatever was exported first. What takes no
        # time comes before what began with it.
        for span in sorted(spans, key=attrgetter("start", "end")):
            kind = kind_of(span)
            if kind == "tool" and "mcp.method.name" in span.attributes:
                kind = _unless_again(span, by_id)
            case, is_top = placed.get(span.parent), False
            if case is None or not self._inherits(span, by_id[span.parent]):
                line, above = _line(span, by_id, root), case
                own = run if span is root else self._run_key(line) or run
                # What only groups the runs of several cases is no run.
                if several and not own and kind is None and is_silent(span):
                    continue
                case = self._case(own or f"trace:{trace}", *self._place(line))
                is_top = case is not above and _may_be_top(span, kind, by_id, root)
                self._enter(case, span)
            placed[span.id] = case
            self._span(case, span, kind, is_top=is_top, asks=span.id not in around)
        # Its root's, else that of what began first.
        first = next(iter(placed.values()))
        self._closed.setdefault(trace, first)
        if root is not None:
            self._closed[trace] = placed.get(root.id, first)

    def _of_trace(self, spans: Sequence[TraceSpan], root: TraceSpan | None) -> tuple[str, bool]:
        """The run of what names none itself: its root's, else the only one that the trace names,
        empty where none does; and whether the trace names several.
        """
        if root is not None and (run := self._run_key([root])):
            return run, False
        parts = [one.attributes for one in spans]
        parts = [part for part in parts if not self._run_holders.isdisjoint(part)]
        for name in self._run_keys if parts else ():
            found = {_run_of(value) for part in parts if (value := look_up(part, name))}
            if found:
                return (found.pop(), False) if len(found) == 1 else ("", True)
        return "", False

    def _inherits(self, span: TraceSpan, parent: TraceSpan) -> bool:
        """Whether a span names nothing itself: four of five belong to the run of their parent."""
        return (
            # The spans of a message share their resource; comparing it each time would walk it.
            (span.resource is parent.resource or span.resource == parent.resource)
            and self._holders.isdisjoint(span.attributes)
        )

    def _late(self, span: TraceSpan) -> None:
        """A span that came after its root, as LangSmith and MLflow write them: its own names, else
        the place of its trace.
        """
        self._whole = 0
        root = self._closed[span.trace]
        route, names = self._place([span])
        case = self._case(self._run_key([span]) or root.run, route or root.route, names)
        self._enter(case, span)
        self._span(case, span, kind_of(span), is_top=case is not root, asks=True)

    def _enter(self, case: RunCase, span: TraceSpan) -> None:
        """What the trace and the resource of a span say of its run, also for its children."""
        case.join(span.trace)
        case.version = str(first_of("version", span.resource) or case.version)

    def _span(
        self, case: RunCase, span: TraceSpan, kind: EventKind | None, *, is_top: bool, asks: bool
    ) -> None:
        """Take a span into its run; ``is_top`` says whether it is the first of its run in this
        trace, ``asks`` whether a question that it has is its own.
        """
        waits = case.take(span, kind, is_top=is_top)
        changed: tuple[str, ...] = ()
        if kind == "tool" and waits:
            case.hold(span)
        elif kind == "tool":
            changed = case.carry_out(span)
        # Nothing else of a span is counted: its events are made for a sink, or for a map.
        if changed or span.events or self._watched:
            events = events_of(span, kind)
            told = [event for event in events if asks or event.decision != "question"]
            self._events(case, span, told, changed)
        if kind == "model":
            case.propose(proposals_of(span))

    def _events(
        self, case: RunCase, span: TraceSpan, events: list[TraceEvent], changed: tuple[str, ...]
    ) -> None:
        own = mapped(span, events, self._maps)
        case.record(own.outcomes)
        for event in (*events, *own.decisions):
            if event.kind == "tool" and event.status != "waiting":
                if changed:
                    self._event(case, edit_of(event, changed))
                attempt = case.attempt(event.name, arguments_of(span))
                event = event._replace(attempt=attempt, changed=changed)
            self._event(case, event)

    def _join(self, record: TraceSpan) -> None:
        events = list(events_of(record, None))
        means = mapped(record, events, self._maps)
        speaks = first_of("outcome", record.attributes) or first_of("autonomy", record.attributes)
        proposals = proposals_of(record)
        if not (events or means.decisions or means.outcomes or speaks or proposals):
            return
        case = self._joined(record)
        case.extend(record)
        # Claude Code writes a call as a log event, too, where its traces are on.
        if record.name.startswith("claude_code.") or record.name in _OF_CALLS:
            events = [one for one in events if not case.has_made(one.call)]
        case.hear(record.attributes)
        case.record(means.outcomes)
        case.version = case.version or str(first_of("version", record.resource) or "")
        for proposal in proposals:
            if changed := case.propose_late(proposal):
                events.append(edit_of(unrecorded_of(proposal), changed))
        for event in (*events, *means.decisions):
            self._event(case, event)

    def _joined(self, record: TraceSpan) -> RunCase:
        """The run of a log record: the one that it names, else that of its trace."""
        run = self._run_key([record])
        of_trace = self._closed.get(record.trace)
        if of_trace is None and record.parent and not run:
            # A judgement may name its span alone.
            of_trace = self._closed.get(self._seen.trace_of(record.parent))
        if of_trace is not None and not run:
            return of_trace
        route, names = self._place([record])
        # A score of a session names no route: it belongs to the only run of that session.
        named = [cases[run] for cases in self._cases.values() if run in cases]
        if not route and len(named) == 1:
            return named[0]
        return self._case(run or f"trace:{record.trace}", route, names)

    def _event(self, case: RunCase, event: TraceEvent) -> None:
        case.count(event)
        if self._sink is not None:
            self._sink(event._replace(run=case.run, route=case.route))

    def _end(self, case: RunCase) -> TraceRun:
        for event in case.unrecorded():
            self._event(case, event)
        return case.finished()

    def _case(self, run: str, route: str, names: tuple[str, ...]) -> RunCase:
        cases = self._cases[route]
        if run not in cases:
            cases[run] = RunCase(run, route, names)
        return cases[run]

    def _place(self, line: Sequence[TraceSpan]) -> tuple[str, tuple[str, ...]]:
        """The route of a span and its ancestors, and the names that were tried."""
        return self._place_of(tuple(dict.fromkeys(self._route_names(line))))

    def _route_of(self, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        if self._everything:
            return self._everything, names
        route = next((self._known[_folded(n)] for n in names if _folded(n) in self._known), "")
        return route, names

    def _run_key(self, line: Sequence[TraceSpan]) -> str:
        """The run that a span or its ancestors name; empty where none does.

        The first key of the list that any of them has counts, not the nearest span: pydantic-ai
        gives each of its agents a conversation of its own below the one session of the case.
        """
        parts = [part for span in line for part in (span.attributes, span.resource)]
        parts = [part for part in parts if not self._run_holders.isdisjoint(part)]
        for name in self._run_keys if parts else ():
            for value in (look_up(part, name) for part in parts):
                if value not in (None, ""):
                    return _run_of(value)
        return ""

    def _route_names(self, line: Sequence[TraceSpan]) -> Iterator[str]:
        """The names that may be a route: of each span from the nearest on, then of the resources,
        which are another one where a service called another.
        """
        parts = [*(span.attributes for span in line), line[0].resource]
        parts += [span.resource for span in line if span.resource is not line[0].resource]
        for part in parts:
            for value in values_of(self._route_keys, part):
                if isinstance(value, str) and value:
                    yield value
        if line[-1].name:
            yield line[-1].name


def _line(
    span: TraceSpan, by_id: Mapping[str, TraceSpan], root: TraceSpan | None
) -> list[TraceSpan]:
    """A span and its ancestors, the nearest first; where a parent is missing or parents go round,
    with the root of its trace at the end.
    """
    line: dict[str, TraceSpan] = {}
    here: TraceSpan | None = span
    while here is not None and here.id not in line:
        line[here.id] = here
        here = by_id.get(here.parent)
    found = list(line.values())
    return [*found, root] if root is not None and found[-1].parent else found


def _may_be_top(
    span: TraceSpan, kind: EventKind | None, by_id: Mapping[str, TraceSpan], root: TraceSpan | None
) -> bool:
    """Whether a span of another run than its parent's can be the top of it. Where the trace has no
    root, an agent is, and what another service asked for; of a call it is only known that what it
    is part of did not come: it may not have ended.
    """
    if not span.parent or span.parent in by_id:
        return True
    return root is None and (kind == "agent" or REMOTE in span.attributes)


def _unless_again(span: TraceSpan, by_id: Mapping[str, TraceSpan]) -> EventKind | None:
    """What a call by MCP is: none, where its client or server traced it once more below the span of
    the agent.
    """
    above = _line(span, by_id, None)[1:]
    again = any(kind_of(one) == "tool" and tool_of(one) == tool_of(span) for one in above)
    return None if again else "tool"


def _run_of(value: object) -> str:
    """The name of a run; MLflow writes it as JSON."""
    return str(value).strip('"')


def _folded(name: str) -> str:
    """A name in the form of an id: case, ``_`` and blanks do not count."""
    return re.sub(r"[_\s]+", "-", name.strip().casefold())
