"""For programs that read line by line: each finding as an object of its own, as in ``json``; the
summary is left out.
"""

from __future__ import annotations

import json

from pmlint.check.report import Report
from pmlint.output.interface import Format, Page
from pmlint.output.json import of, plain
from pmlint.output.verdict import all_findings


class JsonLinesFormat(Format):
    """One line a finding, nothing for a clean run."""

    description = "one finding of that object a line"

    def render(self, report: Report, page: Page) -> str:
        return "".join(
            json.dumps(
                of(finding, report.source(finding.path) if finding.fix else None),
                separators=(",", ":"),
                default=plain,
            )
            + "\n"
            for finding in all_findings(report)
        )


FORMAT = JsonLinesFormat()
