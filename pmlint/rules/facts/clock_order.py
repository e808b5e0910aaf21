"""The clocks contradict each other.

A containment before the first impact, or a restart before the containment, is a typing error or a
wrong memory; both spoil the review.

Fix: look the times up in the evidence and correct them. A first warning may come after the first
impact: that is a late detection.

Bad::
    clocks:
      route_start: 2026-09-12T06:00:00Z
      first_warning: 2026-09-12T06:04:10Z
      first_impact: 2026-09-12T06:31:00Z
      containment: 2026-09-12T06:05:00Z
Good::
    clocks:
      route_start: 2026-09-12T06:00:00Z
      first_warning: 2026-09-12T06:40:00Z
      first_impact: {unknown: "the mails have no time", not_before: 2026-09-12}
      containment: 2026-09-12T06:58:00Z
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmlint.finding import Level, Problem
from pmlint.model import CLOCKS, Postmortem
from pmlint.model.dates import Interval, is_before, is_longer, of_day
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule

_FREE = {("first_warning", "first_impact")}
"""A warning after the impact is a late detection, and no mistake."""
HELP = "correct it from the evidence"


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each pair in order, no bound against its own other one, none after today, and the timeline
    sorted. Only what is sure is a problem (docs/spec/tables.md, "Clocks with bounds").
    """
    clocks = postmortem.clocks
    known = {name: found for name in CLOCKS if (found := clocks.interval(name)) is not None}
    today = of_day(context.today.latest)
    ordered = dict(known)
    for name, interval in known.items():
        alone = list(_inside(f"'{name}'", interval, today, Path() / "clocks" / name, name))
        if alone:
            # A clock of the wrong year is one mistake, though every later one is before it.
            del ordered[name]
        yield from alone
    yield from _pairs(ordered, clocks.data)
    latest: Interval | None = None
    for number, event in enumerate(postmortem.timeline, 1):
        found = event.interval
        if found is None:
            continue
        yield from _inside(f"event {number}", found, today, event.at / "at", "")
        if latest is not None and is_before(found, latest) == "surely":
            yield Problem(
                "this event is earlier than the one above it",
                event.at / "at",
                help="sort the timeline",
            )
        # an event without bounds says nothing of its neighbours, so the one before it still counts
        latest = latest if found == Interval() else found


def _pairs(known: dict[str, Interval], written: Mapping[str, object]) -> Iterator[Problem]:
    """One problem for each clock that is surely before an earlier one: before the nearest."""
    names = list(known)
    for number, later in enumerate(names):
        before = [
            earlier
            for earlier in names[:number]
            if (earlier, later) not in _FREE and is_before(known[later], known[earlier]) == "surely"
        ]
        if before:
            yield Problem(
                f"'{later}' is {_shown(written.get(later), 'not_after')}, "
                f"before '{before[-1]}' ({_shown(written.get(before[-1]), 'not_before')})",
                Path() / "clocks" / later,
                later,
                help="correct one of the two from the evidence",
            )


def _inside(
    name: str, interval: Interval, today: Interval, at: Path, subject: str
) -> Iterator[Problem]:
    """One time alone: its bounds are in order, and it is not after today."""
    if is_before(interval, interval) == "surely":
        yield Problem(f"{name} has 'not_before' after 'not_after'", at, subject, help=HELP)
    # Today is a whole day: a clock of this evening is not surely ahead.
    elif is_longer(today, interval, 0) == "surely":
        yield Problem(f"{name} lies in the future", at, subject, help=HELP)


def _shown(value: object, bound: str) -> str:
    """A clock as it is written; of an unknown one the bound that contradicts."""
    if isinstance(value, dict):
        return f"{bound.replace('_', ' ')} {value.get(bound)}"
    return str(value)


RULE = Rule("clock-order", Level.ERROR, "postmortem", check, __doc__)
