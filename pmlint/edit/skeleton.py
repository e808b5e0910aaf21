"""The text of a new postmortem: every field, with placeholders that no check accepts where nothing
is known yet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from pmlint.edit.value import inline
from pmlint.model.resources import read_json
from pmlint.model.vocabulary import SEVERITIES
from pmlint.parsing.source import Malformed, Source
from pmlint.parsing.strict_yaml import parse

TRIGGERS: tuple[str, ...] = tuple(read_json("vocabulary.json")["trigger"])

_UNKNOWN = {"unknown": "TODO"}
_TEMPLATE = """\
---
id: {name}
title: {title}
status: draft
severity: {severity}   # {severities}
trigger: {trigger}   # {triggers}
opened: {day}
authors: {authors}
routes: {routes}
summary: {summary}
impact:
  description: {description}
  customers: {customers}
clocks:   # RFC 3339 with an offset, or {{unknown: "why"}}
  route_start: {route_start}
  first_warning: {first_warning}
  first_impact: {first_impact}
  containment: {containment}
  restart: null
timeline:
  - {{at: {{unknown: TODO}}, event: "TODO: what happened"}}
agent_path:
  - {{step: prompt, name: TODO, note: "TODO: what the agent was asked, and what it did next"}}
evidence:   # [{{path: evidence/{name}/..., sha256: "..."}}], or {{missing: "why", action: A1}}
  instructions: {{missing: TODO}}
  retrieval: {{missing: TODO}}
  tool_log: {{missing: TODO}}
  interventions: {{missing: TODO}}
  outcome: {{missing: TODO}}
findings:
  - id: F1
    class: other
    statement: "TODO: what was wrong with the workflow, not with the answer"
failed_controls:
  - absent: TODO
    expected: prevent
    why: "TODO: why nothing stopped it sooner"
    findings: [F1]
actions:
  - id: A1
    title: "TODO: change"
    layer: investigation
    findings: [F1]
    owner: TODO
    deadline: TODO
    done_when: "TODO: a test, a path, an alert with its threshold, a number with its unit"
    status: open
recurrence_of: [TODO]   # earlier postmortems of the same class of failure; [] once somebody has looked
restart:
  conditions:
    - {{id: R1, text: "TODO: what must be true before the route is trusted again, with a number", met: false}}
---
## Business impact

## Timeline

## Agent path

## Failed controls

## Permanent changes
"""


def postmortem(name: str, day: date, told: Mapping[str, object]) -> str:
    """The text of a new postmortem, with the id ``name`` and opened on ``day``.

    ``told`` is what is known of its front matter: any of title, severity, trigger, authors, routes,
    summary, impact and clocks.
    """
    impact, clocks = _part(told, "impact"), _part(told, "clocks")
    return _TEMPLATE.format(
        name=name,
        day=day.isoformat(),
        severities=" | ".join(SEVERITIES),
        triggers=" | ".join(TRIGGERS),
        title=inline(told.get("title", "TODO: what happened, in one line")),
        severity=inline(told.get("severity", "TODO")),
        trigger=inline(told.get("trigger", "TODO")),
        authors=inline(told.get("authors", ["TODO"])),
        routes=inline(told.get("routes", ["TODO"])),
        summary=_long(
            told.get(
                "summary", "TODO: one paragraph: what happened and what it did to the business"
            ),
            2,
        ),
        description=_long(
            impact.get("description", "TODO: what happened to whom, with numbers"), 4
        ),
        customers=inline(
            impact.get("customers", {"unknown": "TODO: a number, or why it is not known"})
        ),
        **{
            clock: inline(clocks.get(clock, _UNKNOWN))
            for clock in ("route_start", "first_warning", "first_impact", "containment")
        },
    )


def slug(title: str) -> str:
    """A title as a part of a file name: at most six words of ASCII letters and digits."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:6])


def _part(told: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = told.get(name, {})
    assert isinstance(part, Mapping)
    return part


def _long(value: object, indent: int) -> str:
    """A value; a text of several lines stands as its lines where they read back as they are."""
    if not isinstance(value, str) or "\n" not in value:
        return inline(value)
    block = "|-\n" + "\n".join(" " * indent + line if line else "" for line in value.split("\n"))
    try:
        parsed = parse(Source("", f"x: {block}\n"))
    except Malformed:  # its first line begins with blanks
        return inline(value)
    return block if parsed.data == {"x": value} and not parsed.problems else inline(value)
