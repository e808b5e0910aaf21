"""The clocks contradict each other.

A containment before the first impact, or a restart before the containment, is a typing error or a
wrong memory; both spoil the review.

Fix: look the moments up in the evidence and correct them. A first warning may come after the first
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
      first_impact: 2026-09-12T06:31:00Z
      containment: 2026-09-12T06:58:00Z
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule

_PAIRS = (
    ("route_start", "first_warning"),
    ("route_start", "first_impact"),
    ("first_warning", "containment"),
    ("first_impact", "containment"),
    ("containment", "restart"),
)


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """Each pair in order, none in the future, and the timeline sorted."""
    clocks = postmortem.clocks
    moments = {name: clocks.moment(name) for name in clocks.data}
    for earlier, later in _PAIRS:
        first, second = moments.get(earlier), moments.get(later)
        if first and second and second < first:
            message = (
                f"'{later}' is {clocks.data[later]}, before '{earlier}' at {clocks.data[earlier]}"
            )
            yield Problem(
                message,
                Path() / "clocks" / later,
                later,
                help="correct one of the two from the evidence",
            )
    for name, moment in moments.items():
        if moment and moment.date() > context.today:
            yield Problem(
                f"'{name}' lies in the future",
                Path() / "clocks" / name,
                name,
                help="correct it from the evidence",
            )
    latest = None
    for event in postmortem.timeline:
        moment = event.moment
        if latest and moment and moment < latest:
            yield Problem(
                "this event is earlier than the one above it",
                event.at / "at",
                help="sort the timeline",
            )
        latest = moment or latest


RULE = Rule("clock-order", Level.ERROR, "postmortem", check, __doc__)
