"""One line a finding: ``postmortems/PM-2026-001.md:41:5: error action-owner: A2 has no owner; help:
name one person``.
"""

from __future__ import annotations

from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.output.interface import Format, Page
from pmlint.output.listing import listed, shown_path
from pmlint.output.style import Style
from pmlint.output.verdict import lines as verdict_lines
from pmlint.output.verdict import refusals
from pmlint.parsing.escape import terminal


def line(finding: Finding, style: Style, here: str = "") -> str:
    """A finding as one line, with its help: scripts and agents read pipes, and see nothing else."""
    path = terminal(shown_path(finding.path, here))
    # Editors and terminals jump to FILE:ROW:COLUMN; without a file there is nowhere to go.
    place = f"{path}:{finding.span.row}:{finding.span.column}: " if path else ""
    level, code = style.level(finding.level), style.bold(terminal(finding.code))
    help = f"; help: {terminal(finding.help)}" if finding.help else ""
    return f"{style.bold(place)}{level} {code}: {terminal(finding.message)}{help}"


class ConciseFormat(Format):
    """All findings, the gate's verdict where there is one, and the summary."""

    description = (
        "one line a finding, `FILE:ROW:COLUMN: LEVEL CODE: MESSAGE; help: HELP`; the default in a"
        " pipe"
    )
    for_people = True

    def render(self, report: Report, page: Page) -> str:
        style = Style(page.color)
        found = [*listed(report.counted), *refusals(report)]
        lines = [line(finding, style, page.here) for finding in found]
        if report.verdict is not None:
            lines += verdict_lines(report.verdict, style)
        return "\n".join([*lines, report.closing, ""])


FORMAT = ConciseFormat()
