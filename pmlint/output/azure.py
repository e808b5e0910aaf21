"""Azure Pipelines logging commands: each finding as an issue of the run, with its file and line."""

from __future__ import annotations

from pmlint.check.report import Report
from pmlint.finding import Finding
from pmlint.output.interface import Format, Page
from pmlint.output.verdict import all_findings, headline
from pmlint.parsing.escape import azure, azure_property


class AzureFormat(Format):
    """One command a finding, errors first, then the summary."""

    description = "logging commands of Azure Pipelines; the default there"

    def render(self, report: Report, page: Page) -> str:
        # the run's page shows ten of each level, as GitHub's does
        worst = sorted(all_findings(report), key=lambda finding: (-finding.level, finding.order))
        verdict = [headline(report.verdict)] if report.verdict is not None else []
        return "\n".join([*map(_command, worst), *verdict, report.closing, ""])


def _command(finding: Finding) -> str:
    properties = {"type": str(finding.level)}
    if finding.path:
        properties |= {
            "sourcepath": finding.path,
            "linenumber": str(finding.span.row),
            "columnnumber": str(finding.span.column),
        }
    properties["code"] = finding.code
    listed = "".join(f"{name}={azure_property(value)};" for name, value in properties.items())
    help = f"; help: {finding.help}" if finding.help else ""
    text = azure(f"{finding.code}: {finding.message}{help}")
    return f"##vso[task.logissue {listed}]{text}"


FORMAT = AzureFormat()
