"""GitLab Code Quality: a JSON list for the report ``codequality`` of a job, shown in the merge
request.
"""

from __future__ import annotations

import json

from pmlint.check.report import Report
from pmlint.finding import Level
from pmlint.output.fingerprint import stable
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import all_findings
from pmlint.parsing.escape import terminal


class GitLabFormat(Format):
    """All findings; GitLab matches those of two runs by their fingerprint, which does not depend on
    rows.
    """

    description = (
        "the report of GitLab Code Quality; the default in GitLab CI where a file is written"
    )

    def render(self, report: Report, page: Page) -> str:
        findings = all_findings(report)
        data = [
            {
                "description": terminal(f"{finding.code}: {finding.message}"),
                "check_name": finding.code,
                "fingerprint": key,
                # Not 'critical' or 'blocker': whether a merge is blocked is the job's to say.
                "severity": "major" if finding.level is Level.ERROR else "minor",
                "location": {
                    # The path is required there, and a refusal of the gate may belong to no file.
                    "path": finding.path or ".",
                    "positions": {
                        "begin": {"line": finding.span.row, "column": finding.span.column},
                        "end": {"line": finding.span.end_row, "column": finding.span.end_column},
                    },
                },
            }
            for finding, key in zip(findings, stable(findings), strict=True)
        ]
        return json.dumps(data, indent=2) + "\n"


FORMAT = GitLabFormat()
