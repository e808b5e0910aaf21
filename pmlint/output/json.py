"""For programs: one object with all findings and the summary, as `schema/finding.json` describes
it.
"""

from __future__ import annotations

import json
from datetime import date

from pmlint.check.report import Report
from pmlint.finding import Edit, Finding, Related
from pmlint.output.interface import Format, Page
from pmlint.parsing.source import Source
from pmlint.project.holds import Hold

VERSION = 1
"""The version of the shape; it changes where a reader of the old one would break."""


class JsonFormat(Format):
    """The report as one object.

    Everything outside ASCII is escaped, so that the bytes depend on no locale.
    """

    description = "one object, described below"

    def render(self, report: Report, page: Page) -> str:
        data: dict[str, object] = {
            "version": VERSION,
            "findings": [
                of(finding, report.source(finding.path) if finding.fix else None)
                for finding in report.counted
            ],
            "summary": report.summary._asdict(),
        }
        verdict = report.verdict
        if verdict is not None:
            data["verdict"] = verdict.verdict
            data["routes"] = [
                {
                    "route": route.route,
                    "verdict": route.verdict,
                    "flags": list(route.flags),
                    "held_by": [_hold(one) for one in route.held_by],
                }
                for route in verdict.routes
            ]
            data["refusals"] = [of(refusal, None) for refusal in verdict.refusals]
            data["cases"] = list(verdict.cases)
            data["judged"] = dict(verdict.judged)
            if verdict.author is not None:
                # An agent's pattern and its commit where there are any.
                named = verdict.author._asdict()
                data["author"] = {key: one for key, one in named.items() if one != ""}
            if verdict.ledgers:
                data["ledgers"] = [used._asdict() for used in verdict.ledgers]
            if verdict.warnings:
                data["warnings"] = list(verdict.warnings)
        return json.dumps(data, indent=2, default=plain) + "\n"


def of(finding: Finding, source: Source | None) -> dict[str, object]:
    """A finding as data. Rows and columns count from 1, columns in code points; what it doesn't
    have is left out.
    """
    span = finding.span
    data: dict[str, object] = {
        "code": finding.code,
        "level": str(finding.level),
        "message": finding.message,
        "path": finding.path,
        "location": {"row": span.row, "column": span.column},
        "end_location": {"row": span.end_row, "column": span.end_column},
    }
    optional = {
        "pointer": finding.pointer,
        "subject": finding.subject or None,
        "help": finding.help or None,
        "url": finding.url or None,
    }
    # An empty pointer is the whole document (RFC 6901), and stays.
    data.update((name, value) for name, value in optional.items() if value is not None)
    data |= _change(finding)
    if finding.expected:
        data["expected"] = list(finding.expected)
    if finding.by:
        data["by"] = finding.by
    if finding.related:
        data["related"] = [_related(one) for one in finding.related]
    # Edits count characters, and readers want rows and columns, which need the text.
    if finding.fix is not None and source is not None:
        data["fix"] = {
            "title": finding.fix.title,
            "edits": [_edit(edit, source) for edit in finding.fix.edits],
        }
    return data


def _change(finding: Finding) -> dict[str, object]:
    """What changed, of a refusal: both values together, so that null says absent."""
    data: dict[str, object] = {}
    if finding.field:
        data = {"field": finding.field, "before": finding.before, "after": finding.after}
    if finding.side:
        data["side"] = finding.side
    return data


def _related(one: Related) -> dict[str, object]:
    data: dict[str, object] = {
        "message": one.message,
        "path": one.path,
        "location": {"row": one.span.row, "column": one.span.column},
        "end_location": {"row": one.span.end_row, "column": one.span.end_column},
    }
    optional = {
        "subject": one.subject,
        "reason": one.reason,
        "owner": one.owner,
        "deadline": one.deadline.isoformat() if one.deadline else "",
        "release": one.release,
    }
    data.update((name, value) for name, value in optional.items() if value)
    return data


def plain(value: object) -> object:
    """For the values of a document that JSON has no form for: days and moments as they are written.

    The ``default`` of `json.dumps`; everything else is our own bug and raises `TypeError`.
    """
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not JSON data")


def _edit(edit: Edit, source: Source) -> dict[str, object]:
    span = source.span(edit.start, edit.end)
    return {
        "location": {"row": span.row, "column": span.column},
        "end_location": {"row": span.end_row, "column": span.end_column},
        "content": edit.text,
    }


def _hold(hold: Hold) -> dict[str, object]:
    data: dict[str, object] = {"repository": hold.repository} if hold.repository else {}
    return data | {
        "postmortem": hold.postmortem,
        "kind": hold.kind,
        "action": hold.subject,
        "owner": hold.owner,
        "deadline": hold.deadline.isoformat() if hold.deadline else None,
        "reason": hold.reason,
        "release": hold.release,
        # what is missing beside reviews: its refusal says what to do
        **({"code": hold.code} if hold.code else {}),
    }


FORMAT = JsonFormat()
