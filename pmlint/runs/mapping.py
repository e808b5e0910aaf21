"""A team's own events, assessments and scores, and what the configuration says that they mean
(docs/spec/runs.md, *Configuration*).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pmlint.runs.event import CORRECTIONS, RESCUES, TraceEvent, TraceSpan
from pmlint.runs.settings import EventMap

_DECISIONS = CORRECTIONS | RESCUES | {"approval", "cancellation"}


class MappedEvents(NamedTuple):
    """The decisions that a span's own events amount to, and the outcomes that they record."""

    decisions: tuple[TraceEvent, ...] = ()
    outcomes: frozenset[str] = frozenset()


class _Own(NamedTuple):
    """One event of a team: its name, value, attributes and time."""

    name: str
    value: object
    attributes: Mapping[str, Any]
    at: int


def mapped(span: TraceSpan, known: Iterable[TraceEvent], maps: Sequence[EventMap]) -> MappedEvents:
    """What the events of a span mean by the configuration. ``known`` are those that its format
    gave, so that an assessment or a score is mapped by its own name and value.
    """
    decisions, outcomes = [], set()
    # Most projects map nothing, and spans come by the million.
    for own in _own_events(span, known) if maps else ():
        for entry in maps:
            if entry.event != own.name:
                continue
            value = own.attributes.get(entry.key) if entry.key else own.value
            meaning = entry.values.get(_word(value), "")
            if meaning in _DECISIONS:
                by = str(own.attributes.get(entry.by) or "") if entry.by else ""
                decisions.append(_decision(span, own, meaning, by))
            elif meaning:
                outcomes.add(meaning)
    return MappedEvents(tuple(decisions), frozenset(outcomes))


def _own_events(span: TraceSpan, known: Iterable[TraceEvent]) -> Iterator[_Own]:
    for event in span.events:
        yield _Own(event.name, event.attributes.get("value"), event.attributes, event.at)
    if span.is_log:
        yield _Own(span.name, span.attributes.get("value"), span.attributes, span.start)
    for told in known:
        if told.kind == "evaluation":
            yield _Own(told.name, told.value, span.attributes, told.at or 0)


def _decision(span: TraceSpan, own: _Own, meaning: str, by: str) -> TraceEvent:
    at = own.at or None
    return TraceEvent(
        kind="decision",
        name=own.name,
        source=span.source,
        at=at,
        ended=at,
        id=span.id,
        status="succeeded",
        decision=meaning,
        # The team says that a person does this: a machine's verdict would be mapped to no decision.
        decided_by="person",
        by=by,
    )


def _word(value: object) -> str:
    """A value as the configuration writes it: ``true`` and ``false`` in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)
