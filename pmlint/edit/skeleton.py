"""The text of a new postmortem: one page, with placeholders that no check accepts where nothing is
known yet.

It asks for what one page needs and for nothing twice (docs/spec/source.md, 17): the
front matter is the page, and a section of prose may be added where it tells more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pmlint.edit.value import inline
from pmlint.model.resources import read_json
from pmlint.model.vocabulary import SEVERITIES
from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.strict_yaml import parse

TRIGGERS: tuple[str, ...] = tuple(read_json("vocabulary.json")["trigger"])


class Typed(NamedTuple):
    """What somebody typed for a value that has a form: kept as a comment beside the placeholder,
    because nobody but its author can say which value is meant.
    """

    text: str


class ReportedEvent(NamedTuple):
    """An event of the timeline: when it was (None where nobody knows), and what happened."""

    at: str | Typed | None
    event: str


# TODO fails every check from `in-review` on, so a page that nobody filled in cannot pass.
_UNKNOWN = {"unknown": "TODO"}
_TEMPLATE = """\
---
id: {name}
{source}title: {title}
status: draft
severity: {severity}   # {severities}
trigger: {trigger}   # {triggers}
opened: {day}
authors: {authors}
routes: {routes}
summary: {summary}
impact:{description}
  customers: {customers}
clocks:   # a day, a moment, or {{unknown: "why"}} with not_before and not_after
  route_start: {route_start}
  first_warning: {first_warning}
  first_impact: {first_impact}
  containment: {containment}
timeline:
{timeline}
agent_path:   # prompt | tool | retrieval | approval | output | handoff | memory | subagent
  - {{step: TODO, name: TODO, note: TODO}}
evidence:   # [{{path: evidence/{name}/..., sha256: "..."}}], or {{missing: "why", action: A1}}
  instructions: {{missing: TODO, action: A1}}
  retrieval: {{missing: TODO, action: A1}}
  tool_log: {{missing: TODO, action: A1}}
  interventions: {{missing: TODO, action: A1}}
  outcome: {{missing: TODO, action: A1}}
findings:   # what was wrong with the workflow, not with the answer
  - {{id: F1, class: TODO, statement: TODO}}
failed_controls:   # control: one that the route has; absent: one that it should have had
  - {{absent: TODO, expected: TODO, why: TODO, findings: [F1]}}
actions:   # one change, owner, date and end each; evidence-capture for what is missing
  - {{id: A1, title: TODO, layer: TODO, findings: [F1], owner: TODO,
     deadline: TODO, done_when: TODO}}
restart:
  conditions:   # what must be true before the route is trusted again, with a number
    - {{id: R1, text: TODO}}
---
"""


def postmortem(
    name: str, day: date, told: Mapping[str, object], severities: Sequence[str] = SEVERITIES
) -> str:
    """The text of a new postmortem, with the id ``name`` and opened on ``day``.

    ``told`` is what is known of its front matter: any of title, severity, trigger, authors, routes,
    summary, impact and clocks, ``timeline`` with each `ReportedEvent`, and ``x-`` keys that say
    where it is from; a `Typed` stands for a value that could not be read. ``severities`` are the
    words that the repository knows.
    """
    impact, clocks = _part(told, "impact"), _part(told, "clocks")
    events = told.get("timeline") or (ReportedEvent(None, "TODO"),)
    assert isinstance(events, tuple)
    sources = [f"{key}: {inline(value)}\n" for key, value in told.items() if key[:2] == "x-"]
    description = impact.get("description")
    return _TEMPLATE.format(
        name=name,
        source="".join(sources),
        timeline="\n".join(map(_event_line, events)),
        day=day.isoformat(),
        severities=" | ".join(severities),
        triggers=" | ".join(TRIGGERS),
        title=inline(told.get("title", "TODO")),
        severity=inline(told.get("severity", "TODO")),
        trigger=inline(told.get("trigger", "TODO")),
        authors=inline(told.get("authors", ["TODO"])),
        routes=inline(told.get("routes", ["TODO"])),
        summary=_long(told.get("summary", "TODO"), 2),
        description=f"\n  description: {_long(description, 4)}" if description else "",
        customers=_value(impact.get("customers", _UNKNOWN)),
        **{
            clock: _value(clocks.get(clock, _UNKNOWN))
            for clock in ("route_start", "first_warning", "first_impact", "containment")
        },
    )


def _event_line(event: ReportedEvent) -> str:
    at = _UNKNOWN if event.at is None or isinstance(event.at, Typed) else event.at
    typed = f"   # {' '.join(event.at.text.split())}" if isinstance(event.at, Typed) else ""
    return f"  - {inline({'at': at, 'event': event.event})}{typed}"


def _value(value: object) -> str:
    """A value, or a placeholder with what somebody typed behind it."""
    if isinstance(value, Typed):
        return f"{inline(_UNKNOWN)}   # {' '.join(value.text.split())}"
    return inline(value)


def slug(title: str) -> str:
    """A title as a part of a file name: at most six words of ASCII letters and digits."""
    # ASCII, because macOS stores "é" in another form than Linux, and links to the file break.
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = plain.replace("'", "")  # "last year's" is two words, not three
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:6])


def _part(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = told.get(name, {})
    assert isinstance(part, Mapping)
    return part


def _long(value: object, indent: int) -> str:
    """A value; a text of several lines is a block where it reads back as it is."""
    if not isinstance(value, str) or "\n" not in value:
        return inline(value)
    # A line of blanks alone would be trailing space, which most editors remove.
    block = "|-\n" + "\n".join(" " * indent + line if line else "" for line in value.split("\n"))
    try:
        parsed = parse(Source("", f"x: {block}\n"))
    except Malformed:  # its first line begins with blanks
        return inline(value)
    return block if parsed.data == {"x": value} and not parsed.problems else inline(value)
