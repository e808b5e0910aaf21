"""GitHub workflow commands: each finding as an annotation of the pull request, worst first because
GitHub shows ten of a level.
"""

from __future__ import annotations

from collections.abc import Mapping

from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.output.columns import convert, utf16
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import all_findings, headline
from pmlint.parsing.escape import command, command_property


class GitHubFormat(Format):
    """One command a finding, then the summary.

    All findings stand in the step summary too, which `publish` writes.
    """

    description = (
        "workflow commands, which GitHub shows at the lines of a pull request; the default in"
        " GitHub Actions"
    )

    def render(self, report: Report, page: Page) -> str:
        worst_first = sorted(
            all_findings(report), key=lambda finding: (-finding.level, finding.order)
        )
        verdict = [headline(report.verdict)] if report.verdict is not None else []
        return "\n".join(
            [*(_command(finding, report) for finding in worst_first), *verdict, report.closing, ""]
        )

    def publish(self, report: Report, environ: Mapping[str, str]) -> None:
        """The step summary, where GitHub names its file."""
        path = environ.get("GITHUB_STEP_SUMMARY", "")
        if path:
            from pmlint.output.markdown import step_summary

            # Appended, since the page belongs to all commands of a step.
            with open(path, "a", encoding="utf-8", newline="\n") as file:
                file.write(step_summary(report))


def _command(finding: Finding, report: Report) -> str:
    span = convert(finding.span, report.source(finding.path), utf16)
    properties = {"title": f"pmlint {finding.code}"}
    if finding.path:
        properties |= {"file": finding.path, "line": str(span.row), "endLine": str(span.end_row)}
        if span.row == span.end_row:  # GitHub takes columns only where a finding stands on one line
            properties |= {
                "col": str(span.column),
                "endColumn": str(max(span.column, span.end_column - 1)),
            }
    listed = ",".join(f"{name}={command_property(value)}" for name, value in properties.items())
    advice = f"\n{finding.help}" if finding.help else ""
    return f"::{finding.level} {listed}::{command(finding.message + advice)}"


FORMAT = GitHubFormat()
