"""One line a finding: ``postmortems/PM-2026-001.md:41:5: error action-owner: A2 has no owner``."""

from __future__ import annotations

from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.output.style import Style
from pmlint.output.verdict import lines as verdict_lines
from pmlint.parsing.escape import terminal


def line(finding: Finding, style: Style) -> str:
    """A finding as one line."""
    place = f"{terminal(finding.path)}:{finding.span.row}:{finding.span.column}"
    return f"{style.bold(place)}: {style.level(finding.level)} {style.bold(terminal(finding.code))}: {terminal(finding.message)}"


def render(report: Report, color: bool = False) -> str:
    """All findings, the gate's verdict where there is one, and the summary."""
    style = Style(color)
    lines = [line(finding, style) for finding in report.counted]
    if report.verdict is not None:
        lines += verdict_lines(report.verdict, style)
    return "\n".join([*lines, report.closing, ""])
