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
from pmlint.model.saying import has_placeholder, is_hollow, is_same, known_words, words_of
from pmlint.place import Path
from pmlint.rules.rule import Context, Rule

_LOGS = ("tool_log", "interventions")
"""The kinds of evidence that have a line for each moment."""


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
    yield from _one_text(postmortem)
    known = known_words("document", "event")
    for event in postmortem.timeline:
        text = event.event
        if not text or has_placeholder(text):
            continue  # the shape or the placeholder is a finding of its own
        if is_hollow(text, known):
            message = f"the event '{text.strip()}' says nothing"
        elif len(postmortem.timeline) == 1 and is_same(text, postmortem.title):
            message = "the only event repeats the title"
        else:
            continue
        yield Problem(message, event.at / "event", help="say what happened at that time")


def _one_text(postmortem: Postmortem) -> Iterator[Problem]:
    """Two events or more that all say the same."""
    events = postmortem.timeline
    texts = {" ".join(words_of(event.event)) for event in events}
    if len(events) < 2 or len(texts) > 1:
        return
    text = events[0].event
    if is_hollow(text) or has_placeholder(text):
        return  # a finding of its own
    # Three rescues are three lines of a log, and `pmlint evidence` writes them as such.
    if all(event.evidence in _LOGS and event.moment for event in events):
        return
    yield Problem(
        f"all {len(events)} events say the same",
        events[1].at / "event",
        help="say what happened at each time",
    )


RULE = Rule("timeline-missing", Level.ERROR, "postmortem", check, __doc__)
