"""For programs: one object with all findings and the summary, as `schema/finding.json` describes
it.
"""

from __future__ import annotations

import json

from pmlint.finding import Edit, Finding
from pmlint.output import Report
from pmlint.parsing.source import Source
from pmlint.project.holds import Hold

VERSION = 1
"""The version of the shape; it changes where a reader of the old one would break."""


def render(report: Report) -> str:
    """The report as one object.

    Everything outside ASCII is escaped, so that the bytes depend on no locale.
    """
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
        data["cases"] = list(verdict.cases)
        data["judged"] = dict(verdict.judged)
    return json.dumps(data, indent=2) + "\n"


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
    data.update((name, value) for name, value in optional.items() if value is not None)
    if finding.fix is not None and source is not None:
        data["fix"] = {
            "title": finding.fix.title,
            "edits": [_edit(edit, source) for edit in finding.fix.edits],
        }
    return data


def _edit(edit: Edit, source: Source) -> dict[str, object]:
    span = source.span(edit.start, edit.end)
    return {
        "location": {"row": span.row, "column": span.column},
        "end_location": {"row": span.end_row, "column": span.end_column},
        "content": edit.text,
    }


def _hold(hold: Hold) -> dict[str, object]:
    return {
        "postmortem": hold.postmortem,
        "kind": hold.kind,
        "action": hold.subject,
        "owner": hold.owner,
        "deadline": hold.deadline.isoformat() if hold.deadline else None,
        "reason": hold.reason,
        "release": hold.release,
    }
