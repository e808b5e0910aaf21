"""The timeline has no event, or none that evidence shows.

A review without a timeline is an opinion. One whose events cite nothing, although evidence is
there, was not written from it.

Fix: add the events, and the kind of evidence that shows each.

Bad::
    timeline: [{at: 2026-09-12T06:04:10Z, event: "the verifier returned low confidence"}]
Good::
    timeline: [{at: 2026-09-12T06:04:10Z, event: "the verifier returned low confidence",
      evidence: tool_log}]
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.saying import has_placeholder, is_hollow, is_same
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """At least one event that says something, and one that cites a kind of evidence where there is
    any.
    """
    written = postmortem.data.get("timeline")
    if not isinstance(written, (list, type(None))):
        return  # it has the wrong shape, which the schema says
    at = Path() / "timeline" if "timeline" in postmortem.data else Path()
    present = [kind.kind for kind in postmortem.evidence if kind.pieces]
    if not written:
        yield Problem(
            "the timeline has no event", at, help="add 'timeline' with what happened when"
        )
    elif present and not any(event.evidence for event in postmortem.timeline):
        yield Problem(
            "no event of the timeline cites evidence",
            at,
            help=f"add 'evidence: {present[0]}' to the events that it shows",
        )
    for event in postmortem.timeline:
        text = event.event
        if not text or has_placeholder(text):
            continue  # the shape or the placeholder is a finding of its own
        if is_hollow(text):
            message = f"the event '{text.strip()}' says nothing"
        elif len(postmortem.timeline) == 1 and is_same(text, postmortem.title):
            message = "the only event repeats the title"
        else:
            continue
        yield Problem(message, event.at / "event", help="say what happened at that time")


RULE = Rule("timeline-missing", Level.ERROR, "postmortem", check, __doc__)
