"""Spans become runs: what belongs together, and what is counted.

- A run is a session, conversation or thread within one route, over all traces that it has; where
  nothing names it, the trace itself.
- Spans arrive children first. A trace is held until its root has come, so what grows is the number
  of open traces and of runs, never of spans. Log records wait for the end: they may come first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.runs.dialects import (
    Proposal,
    arguments_of,
    events_of,
    failure_of,
    is_question,
    kind_of,
    proposals_of,
)
from pmlint.runs.event import (
    CORRECTIONS,
    OUTCOMES,
    RESCUES,
    TraceEvent,
    TraceRun,
    TraceSource,
    TraceSpan,
)
from pmlint.runs.mapping import mapped
from pmlint.runs.names import first_of, look_up, names_of
from pmlint.runs.seen import SeenSpans
from pmlint.runs.settings import DEFAULT_RUNS, RunSettings

Sink = Callable[[TraceEvent], None]
"""What is to happen with each event of a run, in the order in which they were read."""


class _Place(NamedTuple):
    """Where a span belongs: its run, its route (empty where none is known), the names tried."""

    run: str
    route: str
    names: tuple[str, ...]


class _Case:
    """One run while its spans are still coming."""

    def __init__(self, place: _Place) -> None:
        self.place = place
        self.started = self.ended = 0
        self.asked = self.active = 0
        self.root: tuple[int, str] | None = None
        self.outcomes: set[str] = set()
        self.counts = {"rescues": 0, "corrections": 0, "approvals": 0}
        self.proposals: list[Proposal] = []
        self.attempts: dict[str, int] = {}
        self.traces: dict[str, None] = {}
        self.autonomy = self.version = ""


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
        self._maps = settings.map
        self._everything = everything
        self._sink = sink
        self._open: dict[str, list[TraceSpan]] = {}
        self._closed: dict[str, _Place] = {}
        self._records: list[TraceSpan] = []
        self._seen = SeenSpans()
        self._cases: dict[tuple[str, str], _Case] = {}

    def add(self, span: TraceSpan) -> None:
        """Take one span or log record."""
        if span.is_log:
            self._records.append(span)
            return
        if not self._seen.is_new(span):
            return
        # MLflow and LangSmith write the root first; what comes behind it is placed at once, so
        # that it does not wait for a second root until the end of the file.
        if span.parent and span.trace in self._closed:
            self._late(span)
            return
        self._open.setdefault(span.trace, []).append(span)
        if not span.parent:
            self._close(span.trace)

    @property
    def conflicts(self) -> Sequence[TraceSource]:
        """Where spans came again with other content than the first, which counts."""
        return self._seen.conflicts

    def finish(self) -> list[TraceRun]:
        """All runs, by route and start, after the last span."""
        # A trace whose root never came was cut off, or its agent still runs.
        for trace in list(self._open):
            self._close(trace)
        for record in sorted(self._records, key=lambda record: record.start):
            self._join(record)
        runs = [self._run(case) for case in self._cases.values()]
        return sorted(runs, key=lambda run: (run.route, run.started or 0, run.run))

    def _close(self, trace: str) -> None:
        spans = self._open.pop(trace)
        by_id = {span.id: span for span in spans}
        # By start: a proposal comes before its call, whatever was exported first.
        ordered = sorted(spans, key=lambda span: (span.start, span.end != span.start))
        for span in ordered:
            place = self._place(span, list(_line(span, by_id)))
            case = self._case(place)
            if not span.parent or trace not in self._closed:
                self._closed[trace] = place
            self._span(case, span)

    def _late(self, span: TraceSpan) -> None:
        """A span that came after its root, as LangSmith and MLflow write them: its own names, else
        the place of its trace.
        """
        place, root = self._place(span, [span]), self._closed[span.trace]
        run = place.run if self._run_key([span]) else root.run
        self._span(self._case(_Place(run, place.route or root.route, place.names)), span)

    def _span(self, case: _Case, span: TraceSpan) -> None:
        case.traces[span.trace] = None
        _extend(case, span)
        if not span.parent and (case.root is None or span.end >= case.root[0]):
            case.root = span.end, failure_of(span)
        outcome = first_of("outcome", span.attributes)
        if outcome in OUTCOMES:
            case.outcomes.add(outcome)
        case.autonomy = str(first_of("autonomy", span.attributes) or case.autonomy)
        case.version = str(first_of("version", span.resource) or case.version)
        kind = kind_of(span)
        if is_question(span):
            case.asked = max(case.asked, span.end)
        elif kind in ("tool", "model", "retrieval"):
            case.active = max(case.active, span.start)
        events = list(events_of(span))
        own = mapped(span, events, self._maps)
        case.outcomes |= own.outcomes
        for event in (*events, *own.decisions):
            if event.kind == "tool":
                for told in _executed(case, event, arguments_of(span)):
                    self._event(case, told)
            else:
                self._event(case, event)
        case.proposals += proposals_of(span)

    def _join(self, record: TraceSpan) -> None:
        events = list(events_of(record))
        means = mapped(record, events, self._maps)
        if not (events or means.decisions or means.outcomes):
            return
        own = self._place(record, [record])
        joined = self._closed.get(record.trace)
        # A record that names its own run belongs there; else it belongs to its span's trace.
        place = joined if joined and not self._run_key([record]) else own
        case = self._case(place)
        _extend(case, record)
        case.outcomes |= means.outcomes
        case.version = case.version or str(first_of("version", record.resource) or "")
        for event in (*events, *means.decisions):
            self._event(case, event)

    def _event(self, case: _Case, event: TraceEvent) -> None:
        for name in _counted(event):
            case.counts[name] += 1
        if self._sink is not None:
            self._sink(event._replace(run=case.place.run, route=case.place.route))

    def _case(self, place: _Place) -> _Case:
        return self._cases.setdefault((place.run, place.route), _Case(place))

    def _place(self, span: TraceSpan, line: list[TraceSpan]) -> _Place:
        run = self._run_key(line) or f"trace:{span.trace}"
        names = list(dict.fromkeys(self._route_names(line)))
        if self._everything:
            return _Place(run, self._everything, tuple(names))
        route = next((self._known[_folded(n)] for n in names if _folded(n) in self._known), "")
        return _Place(run, route, tuple(names))

    def _run_key(self, line: list[TraceSpan]) -> str:
        """The run that a span or its ancestors name; empty where none does.

        The first key of the list that any of them has counts, not the nearest span: pydantic-ai
        gives each of its agents a conversation of its own below the one session of the case.
        """
        for name in self._run_keys:
            for span in line:
                value = look_up(span.attributes, name) or look_up(span.resource, name)
                if value not in (None, ""):
                    return str(value)
        return ""

    def _route_names(self, line: list[TraceSpan]) -> Iterator[str]:
        """The names that may be a route: of each span from the nearest on, then of the resource."""
        for span in line:
            for name in self._route_keys:
                value = look_up(span.attributes, name)
                if isinstance(value, str) and value:
                    yield value
        for name in self._route_keys:
            value = look_up(line[0].resource, name)
            if isinstance(value, str) and value:
                yield value
        if line[-1].name:
            yield line[-1].name

    def _run(self, case: _Case) -> TraceRun:
        for proposal in case.proposals:
            self._event(case, _unrecorded(proposal))
        # A question is open when nothing was done behind it, in this trace or in a later one.
        waiting = case.asked > case.active
        # A tool that failed and was tried again does not make a failed run: the root decides.
        failed = case.root is not None and case.root[1] and not waiting
        recorded = case.outcomes | ({"failed"} if failed else set())
        ended = case.root is not None and not waiting
        outcome = "ok" if ended else "unknown"
        return TraceRun(
            run=case.place.run,
            route=case.place.route,
            started=case.started or None,
            ended=case.ended if ended else None,
            outcome=max(recorded, key=OUTCOMES.index) if recorded else outcome,
            **case.counts,
            autonomy=case.autonomy,
            version=case.version,
            traces=tuple(case.traces),
            waiting=waiting,
            unrecorded=len(case.proposals),
            names=case.place.names,
        )


def _executed(case: _Case, event: TraceEvent, arguments: Mapping[str, Any]) -> Iterator[TraceEvent]:
    """A call that was made, behind the edit that shows only as the difference to its proposal."""
    if event.status == "waiting":  # asked for, and not made
        yield event
        return
    attempt = f"{event.name} {json.dumps(arguments, sort_keys=True, default=str)}"
    case.attempts[attempt] = case.attempts.get(attempt, 0) + 1
    proposal = _taken(case, event)
    # Only OpenTelemetry's dialects show an edit as a difference; other formats record decisions.
    comparable = proposal is not None and arguments and event.source.format.startswith("otlp")
    changed = _changed(proposal.arguments, arguments) if proposal and comparable else ()
    if changed:
        yield event._replace(
            kind="decision",
            decision="edit",
            decided_by="unknown",
            status="succeeded",
            changed=changed,
            error="",
        )
    yield event._replace(attempt=case.attempts[attempt], changed=changed)


def _taken(case: _Case, event: TraceEvent) -> Proposal | None:
    """The proposal that a call carries out, taken from those that are open: by the id of the call,
    else (OpenInference has none on tool spans) the first of the same name.
    """
    for number, proposal in enumerate(case.proposals):
        same = proposal.call == event.call if event.call else proposal.name == event.name
        if same:
            return case.proposals.pop(number)
    return None


def _changed(proposed: Mapping[str, Any], made: Mapping[str, Any]) -> tuple[str, ...]:
    """Arguments that were proposed and ran otherwise; one that was only added is a default."""
    return tuple(f"/{name}" for name in sorted(proposed) if made.get(name) != proposed[name])


def _unrecorded(proposal: Proposal) -> TraceEvent:
    last = proposal.at or None
    return TraceEvent(
        kind="tool",
        name=proposal.name,
        source=proposal.source,
        at=last,
        ended=last,
        status="unrecorded",
        call=proposal.call,
        arguments=tuple(sorted(proposal.arguments)),
    )


def _counted(event: TraceEvent) -> Iterator[str]:
    """What a decision counts as. A machine's rejection or edit corrects nobody's run."""
    if event.decision in RESCUES:
        yield "rescues"
    if event.decision in CORRECTIONS and event.decided_by != "machine":
        yield "corrections"
    if event.decision == "approval" and event.decided_by == "person":
        yield "approvals"


def _extend(case: _Case, span: TraceSpan) -> None:
    if span.start:
        case.started = min(case.started or span.start, span.start)
        case.ended = max(case.ended, span.end)


def _line(span: TraceSpan, by_id: Mapping[str, TraceSpan]) -> Iterator[TraceSpan]:
    """A span and its ancestors, the nearest first; parents that go round end the line."""
    seen: set[str] = set()
    here: TraceSpan | None = span
    while here is not None and here.id not in seen:
        seen.add(here.id)
        yield here
        here = by_id.get(here.parent)


def _folded(name: str) -> str:
    """A name in the form of an id: case, ``_`` and blanks do not count."""
    return re.sub(r"[_\s]+", "-", name.strip().casefold())
