"""The text of a new postmortem: every field, with placeholders that no check accepts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import date

TEMPLATE = """\
---
id: {name}
title: {title}
status: draft
severity: {severity}   # near-miss | internal-impact | customer-visible-defect | control-breach
trigger: TODO   # customer-visible-defect | control-breach | unsafe-action | repeated-rescue | near-miss | budget-alert
opened: {day}
authors: [{author}]
routes: [{routes}]
summary: "TODO: one paragraph: what happened and what it did to the business"
impact:
  description: "TODO: what happened to whom, with numbers"
  customers: {{unknown: "TODO: a number, or why it is not known"}}
clocks:   # RFC 3339 with an offset, or {{unknown: "why"}}
  route_start: {{unknown: "TODO"}}
  first_warning: {{unknown: "TODO"}}
  first_impact: {{unknown: "TODO"}}
  containment: {{unknown: "TODO"}}
  restart: null
evidence:   # [{{path: evidence/{name}/..., sha256: "..."}}], or {{missing: "why", action: A1}}
  instructions: {{missing: "TODO"}}
  retrieval: {{missing: "TODO"}}
  tool_log: {{missing: "TODO"}}
  interventions: {{missing: "TODO"}}
  outcome: {{missing: "TODO"}}
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
    title: "TODO: the permanent change"
    layer: investigation
    findings: [F1]
    owner: TODO
    deadline: TODO
    done_when: "TODO: a test, a path, an alert with its threshold, a number with its unit"
    status: open
---
## Business impact

## Timeline

## Agent path

## Failed controls

## Permanent changes
"""


def postmortem(name: str, title: str, day: date, *, routes: Sequence[str] = (), author: str = "", severity: str = "") -> str:
    """The text of a new postmortem. User text is quoted, so that it stays one value."""
    return TEMPLATE.format(
        name=name,
        title=_quoted(title or "TODO: what happened, in one line"),
        day=day.isoformat(),
        severity=severity or "TODO",
        author=_quoted(author or "TODO"),
        routes=", ".join(map(_quoted, routes)) or "TODO",
    )


def slug(title: str) -> str:
    """A title as a part of a file name: at most six words of ASCII letters and digits."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:6])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
