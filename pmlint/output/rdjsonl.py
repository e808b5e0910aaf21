"""reviewdog's diagnostics, one JSON object a line; its columns count the bytes of UTF-8 and its
messages become Markdown comments.
"""

from __future__ import annotations

import json

from pmlint.check.report import Report
from pmlint.finding import Finding, Fix
from pmlint.output.columns import convert, utf8
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import all_findings
from pmlint.parsing.escape import markdown
from pmlint.parsing.source import Source
from pmlint.place import Span


class ReviewdogFormat(Format):
    """One line a finding, nothing for a clean run."""

    description = "the format of reviewdog, columns in UTF-8 bytes"

    def render(self, report: Report, page: Page) -> str:
        lines = (
            _diagnostic(finding, report.source(finding.path)) for finding in all_findings(report)
        )
        return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


def _diagnostic(finding: Finding, source: Source | None) -> dict[str, object]:
    data: dict[str, object] = {
        "message": "\n".join(markdown(text) for text in (finding.message, finding.help) if text),
        "location": {"path": finding.path or ".", "range": _range(finding.span, source)},
        # The names of reviewdog's protocol buffer: ERROR, WARNING.
        "severity": str(finding.level).upper(),
        "source": {"name": "pmlint"},
        "code": {"value": finding.code, "url": finding.url}
        if finding.url
        else {"value": finding.code},
    }
    if finding.fix is not None and source is not None:
        data["suggestions"] = [_suggestion(finding.fix, source)]
    return data


def _range(span: Span, source: Source | None) -> dict[str, dict[str, int]]:
    at = convert(span, source, utf8)
    return {
        "start": {"line": at.row, "column": at.column},
        "end": {"line": at.end_row, "column": at.end_column},
    }


def _suggestion(fix: Fix, source: Source) -> dict[str, object]:
    """All edits of a fix as one: reviewdog offers each suggestion by itself, and half a fix is
    none.
    """
    edits = sorted(fix.edits)
    start, end = edits[0].start, edits[-1].end
    text, at = "", start
    for edit in edits:
        text += source.text[at : edit.start] + edit.text
        at = edit.end
    return {"range": _range(source.span(start, end), source), "text": text}


FORMAT = ReviewdogFormat()
