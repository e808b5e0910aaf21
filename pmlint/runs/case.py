"""One run while its spans are still coming: what is counted, and which calls are still proposed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from pmlint.runs.names import first_of, holders_of
from pmlint.runs.proposals import (
    Proposal,
    changed_arguments,
    has_call,
    number_of,
    unrecorded_of,
)

_SPOKEN = holders_of("outcome", "autonomy", "asking")
"""Attributes by which few spans say something of their run."""
_ACTIVE = frozenset(("tool", "model", "retrieval"))
_COMPARED = ("otlp", "langfuse", "phoenix")
"""How the formats begin that have no decisions: an edit shows in the arguments of a call alone."""
_AGAIN = 8
"""So many of the last traces are compared with the next one: spans of a trace come together."""


class RunCase:
    """One run of a route (empty where none is known), and the names that were tried as its route.

    A log of a million spans makes 200,000 of these: slots and shared defaults take a third of the
    memory of a dictionary each.
    """

    __slots__ = (
        *("run", "route", "names", "_trace", "_traces", "autonomy", "version"),
        *("_started", "_ended", "_asked", "_active", "_root_last", "_has_ended", "_root_error"),
        *("_worst", "_rescues", "_corrections", "_approvals", "_attempts"),
        *("_open", "_has_proposed", "_made", "_held"),
    )

    def __init__(self, run: str, route: str, names: tuple[str, ...]) -> None:
        self.run = run
        self.route = route
        self.names = names
        # Nearly every run is one trace, and a list of one takes 88 bytes.
        self._trace: str | None = None
        self._traces: list[str] | None = None
        self.autonomy = self.version = ""
        self._started = self._ended = 0
        self._asked = self._active = 0
        self._root_last = 0
        self._has_ended = False
        self._root_error = ""
        self._worst = ""
        self._rescues = self._corrections = self._approvals = 0
        self._has_proposed = False
        # Few runs have any of these, and an empty list or dictionary takes 56 or 64 bytes.
        self._open: list[Proposal] | None = None
        self._made: dict[str, object] | None = None
        self._held: list[Proposal] | None = None
        self._attempts: dict[str, int] | None = None

    def take(self, span: TraceSpan, kind: EventKind | None, *, is_top: bool) -> bool:
        """What a span says of its run by itself: its times, its error, what was recorded. Whether
        it ended by asking a person. ``is_top``: no other span of the run in its trace is above it.
        """
        self.extend(span)
        if is_top and (span.end or span.start) >= self._root_last:
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
        if trace == self._trace:
            return
        if self._trace is None:
            self._trace = trace
            return
        self._traces = self._traces or []
        if trace not in self._traces[-_AGAIN:]:
            self._traces.append(trace)

    def hear(self, attributes: Mapping[str, Any]) -> None:
        """What the attributes of a span, an event or a log record say of the run."""
        self.record((first_of("outcome", attributes),))
        self.autonomy = str(first_of("autonomy", attributes) or self.autonomy)

    def record(self, outcomes: Iterable[object]) -> None:
        """Outcomes that somebody recorded, of which the worst counts; other values are left out."""
        known = [one for one in (self._worst, *outcomes) if one in OUTCOMES]
        self._worst = max(known, key=OUTCOMES.index, default="")

    def propose(self, proposals: list[Proposal]) -> None:
        """Calls that a model asked for."""
        if proposals:
            self._has_proposed = True
            self._open = self._open or []
            self._open += proposals

    def propose_late(self, proposal: Proposal) -> tuple[str, ...]:
        """A call that a model asked for, as a log record tells it after all spans. Pointers to the
        arguments that ran otherwise.
        """
        # An instrumentation that writes both repeats on a record what the span has.
        if self._has_proposed or has_call(self._open or (), proposal.call):
            return ()
        if self._made is not None and proposal.call in self._made:
            return changed_arguments(proposal.arguments, self._made[proposal.call])
        self._open = self._open or []
        self._open.append(proposal)
        return ()

    def hold(self, span: TraceSpan) -> None:
        """A call that waits for a person: its proposal stays open, and is no call of which no
        execution was recorded.
        """
        open, arguments = self._unheld(), first_of("arguments", span.attributes)
        number = number_of(call_of(span), tool_of(span), arguments, open)
        if number is not None:
            self._held = [*(self._held or ()), open[number]]

    def carry_out(self, span: TraceSpan) -> tuple[str, ...]:
        """A call that was made: its proposal is open no longer. Pointers to the arguments that were
        proposed and ran otherwise.
        """
        call, arguments = call_of(span), first_of("arguments", span.attributes)
        proposal = None
        if self._open:
            number = number_of(call, tool_of(span), arguments, self._open)
            proposal = None if number is None else self._open.pop(number)
            self._open = self._open or None
        if not span.source.format.startswith(_COMPARED):
            return ()
        if proposal is not None:
            return changed_arguments(proposal.arguments, arguments)
        if call and not self._has_proposed:
            self._made = self._made or {}
            self._made.setdefault(call, arguments)
        return ()

    def has_made(self, call: str) -> bool:
        """Whether a span of the run made the call with this id, where that is kept."""
        return self._made is not None and call in self._made

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
        return map(unrecorded_of, self._unheld())

    def _unheld(self) -> Sequence[Proposal]:
        """The open proposals that no call waits with."""
        if not self._open or not self._held:
            return self._open or ()
        held = set(map(id, self._held))
        return [one for one in self._open if id(one) not in held]

    def finished(self) -> TraceRun:
        """The run, after its last span."""
        # A question is open when nothing was done behind it, in this trace or in a later one.
        waiting = self._asked > self._active
        ended = self._has_ended and not waiting
        # A tool that failed and was tried again does not make a failed run: the root decides.
        if ended and self._root_error:
            self.record(("failed",))
        return TraceRun(
            run=self.run,
            route=self.route,
            started=self._started or None,
            ended=self._ended if ended else None,
            outcome=self._worst or ("ok" if ended else "unknown"),
            rescues=self._rescues,
            corrections=self._corrections,
            approvals=self._approvals,
            autonomy=self.autonomy,
            version=self.version,
            traces=self._all_traces(),
            waiting=waiting,
            unrecorded=len(self._unheld()),
            names=self.names,
        )

    def _all_traces(self) -> tuple[str, ...]:
        """The traces of the run, in the order in which they came."""
        if self._trace is None:
            return ()
        return tuple(dict.fromkeys((self._trace, *(self._traces or ()))))
