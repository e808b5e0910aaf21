"""One run while its spans are still coming: what is counted, and which calls are still proposed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pmlint.runs.dialects import call_of, failure_of, is_question, tool_of
from pmlint.runs.event import (
    CORRECTIONS,
    OUTCOMES,
    RESCUES,
    EventKind,
    TraceEvent,
    TraceRun,
    TraceSpan,
)
from pmlint.runs.names import first_of, holders_of, map_of, parsed
from pmlint.runs.proposals import Proposal, unrecorded_of

_SPOKEN = holders_of("outcome", "autonomy", "asking")
"""Attributes by which few spans say something of their run."""
_ACTIVE = frozenset(("tool", "model", "retrieval"))
_AGAIN = 8
"""So many of the last traces are compared with the next one: spans of a trace come together."""


class RunCase:
    """One run of a route (empty where none is known), and the names that were tried as its route.

    A log of a million spans makes 200,000 of these: slots and shared defaults take a third of the
    memory of a dictionary each.
    """

    __slots__ = (
        *("run", "route", "names", "traces", "autonomy", "version"),
        *("_started", "_ended", "_asked", "_active", "_root_last", "_has_ended", "_root_error"),
        *("_outcomes", "_rescues", "_corrections", "_approvals", "_attempts"),
        *("_proposals", "_has_proposed", "_made"),
    )

    def __init__(self, run: str, route: str, names: tuple[str, ...]) -> None:
        self.run = run
        self.route = route
        self.names = names
        self.traces: list[str] = []
        self.autonomy = self.version = ""
        self._started = self._ended = 0
        self._asked = self._active = 0
        self._root_last = 0
        self._has_ended = False
        self._root_error = ""
        self._outcomes: frozenset[str] = frozenset()
        self._rescues = self._corrections = self._approvals = 0
        self._proposals: tuple[Proposal, ...] = ()
        self._has_proposed = False
        self._made: tuple[tuple[str, object], ...] = ()
        self._attempts: dict[str, int] | None = None

    def take(self, span: TraceSpan, kind: EventKind | None) -> bool:
        """What a span says of its run by itself: its times, its error, what was recorded. Whether
        it ended by asking a person.
        """
        self.extend(span)
        if not span.parent and (span.end or span.start) >= self._root_last:
            self._root_last = span.end or span.start
            # One with a start alone is still at work; one without both has a clock that is wrong.
            self._has_ended = bool(span.end or not span.start)
            self._root_error = failure_of(span)
        # Asked for all at once: nearly every span has none of them, and no event of its own.
        speaks = span.events or not _SPOKEN.isdisjoint(span.attributes)
        if speaks:
            self.hear(span.attributes)
            for event in span.events:
                self.hear(event.attributes)
        if speaks and is_question(span):
            self._asked = max(self._asked, span.end or span.start)
            return True
        if kind in _ACTIVE and span.start > self._active:
            self._active = span.start
        return False

    def extend(self, span: TraceSpan) -> None:
        """The run lasts at least as long as a span of it."""
        if 0 < span.start < self._started or not self._started:
            self._started = span.start
        if span.end > self._ended:
            self._ended = span.end

    def join(self, trace: str) -> None:
        """A trace belongs to the run."""
        if trace not in self.traces[-_AGAIN:]:
            self.traces.append(trace)

    def hear(self, attributes: Mapping[str, Any]) -> None:
        """What the attributes of a span, an event or a log record say of the run."""
        self.record(frozenset((first_of("outcome", attributes),)))
        self.autonomy = str(first_of("autonomy", attributes) or self.autonomy)

    def record(self, outcomes: frozenset[str]) -> None:
        """Outcomes that somebody recorded; other words are left out."""
        self._outcomes |= outcomes.intersection(OUTCOMES)

    def propose(self, proposals: list[Proposal]) -> None:
        """Calls that a model asked for."""
        self._proposals += tuple(proposals)
        self._has_proposed = self._has_proposed or bool(proposals)

    def propose_late(self, proposal: Proposal) -> tuple[str, ...]:
        """A call that a model asked for, as a log record tells it after all spans. Pointers to the
        arguments that ran otherwise.
        """
        # An instrumentation that writes both repeats on a record what the span has.
        if self._has_proposed or proposal.call in (one.call for one in self._proposals):
            return ()
        for call, arguments in self._made:
            if call == proposal.call:
                return _changed(proposal.arguments, arguments)
        self._proposals += (proposal,)
        return ()

    def carry_out(self, span: TraceSpan) -> tuple[str, ...]:
        """A call that was made: its proposal is open no longer. Pointers to the arguments that were
        proposed and ran otherwise.
        """
        call, arguments = call_of(span), first_of("arguments", span.attributes)
        proposal = self._taken(call, tool_of(span), arguments) if self._proposals else None
        # In every format but OpenTelemetry's there are decisions, and nothing has to be compared.
        if not span.source.format.startswith("otlp"):
            return ()
        if proposal is None:
            self._made += ((call, arguments),) if call and not self._has_proposed else ()
            return ()
        return _changed(proposal.arguments, arguments)

    def attempt(self, tool: str, arguments: Mapping[str, Any]) -> int:
        """Which attempt of a call this is, from 1."""
        call = f"{tool} {json.dumps(arguments, sort_keys=True, default=str)}"
        self._attempts = self._attempts or {}
        self._attempts[call] = self._attempts.get(call, 0) + 1
        return self._attempts[call]

    def count(self, event: TraceEvent) -> None:
        """Count a decision. A machine's rejection or edit corrects nobody's run."""
        if event.decision in RESCUES:
            self._rescues += 1
        elif event.decision in CORRECTIONS and event.decided_by != "machine":
            self._corrections += 1
        elif event.decision == "approval" and event.decided_by == "person":
            self._approvals += 1

    def unrecorded(self) -> Iterator[TraceEvent]:
        """The calls that were proposed and of whose execution no trace tells."""
        return map(unrecorded_of, self._proposals)

    def finished(self) -> TraceRun:
        """The run, after its last span."""
        # A question is open when nothing was done behind it, in this trace or in a later one.
        waiting = self._asked > self._active
        ended = self._has_ended and not waiting
        recorded = self._outcomes
        # A tool that failed and was tried again does not make a failed run: the root decides.
        if ended and self._root_error:
            recorded |= {"failed"}
        outcome = "ok" if ended else "unknown"
        return TraceRun(
            run=self.run,
            route=self.route,
            started=self._started or None,
            ended=self._ended if ended else None,
            outcome=max(recorded, key=OUTCOMES.index) if recorded else outcome,
            rescues=self._rescues,
            corrections=self._corrections,
            approvals=self._approvals,
            autonomy=self.autonomy,
            version=self.version,
            traces=tuple(dict.fromkeys(self.traces)),
            waiting=waiting,
            unrecorded=len(self._proposals),
            names=self.names,
        )

    def _taken(self, call: str, tool: str, arguments: object) -> Proposal | None:
        """The proposal that a call carries out, taken from those that are open: by the id of the
        call, else (OpenInference has none on tool spans, some models give none) the first of the
        same name, and of these rather one with the same arguments.
        """
        same = [one for one in self._proposals if call and one.call == call]
        if not same:
            named = (one for one in self._proposals if one.name == tool)
            same = [one for one in named if not (call and one.call)]
            same.sort(key=lambda one: not _are_equal(one.arguments, arguments))
        if not same:
            return None
        open = list(self._proposals)
        open.remove(same[0])
        self._proposals = tuple(open)
        return same[0]


def _changed(proposed: object, made: object) -> tuple[str, ...]:
    """Arguments that were proposed and ran otherwise; one that was only added is a default. Where
    the trace has none of the call, nothing can be compared.
    """
    # Nearly all calls run as they were proposed: equal texts are not decoded.
    if proposed == made or not (ran := map_of(parsed(made))):
        return ()
    asked = map_of(parsed(proposed))
    return tuple(f"/{name}" for name in sorted(asked) if ran.get(name) != asked[name])


def _are_equal(proposed: object, made: object) -> bool:
    """Whether arguments say the same, each as a text of JSON or as data."""
    return proposed == made or map_of(parsed(proposed)) == map_of(parsed(made))
