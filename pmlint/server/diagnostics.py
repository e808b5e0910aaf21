"""Findings as an editor underlines them."""

from __future__ import annotations

from lsprotocol.types import CodeDescription, Diagnostic, DiagnosticSeverity

from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.server.draft import Draft
from pmlint.server.view import View, address

SEVERITIES = {Level.ERROR: DiagnosticSeverity.Error, Level.WARNING: DiagnosticSeverity.Warning}


def diagnostics(draft: Draft, view: View) -> list[Diagnostic]:
    """Everything that is wrong with a document, in order."""
    return [diagnostic(finding, draft, view) for finding in view.findings(draft.file)]


def diagnostic(finding: Finding, draft: Draft, view: View) -> Diagnostic:
    """A finding, with what to do below what is wrong."""
    home = view.homes.get(finding.code)
    href = finding.url or (address(home) if home else "")
    return Diagnostic(
        draft.shown(finding.span),
        # The protocol has no place for help of its own, and what to do matters most.
        message=finding.message + (f"\n{finding.help}" if finding.help else ""),
        severity=SEVERITIES[finding.level],
        code=finding.code,
        code_description=CodeDescription(href) if href else None,
        source="pmlint",
    )


def configuration(error: UsageError, draft: Draft) -> Diagnostic:
    """A configuration or a policy that is wrong, so that nothing can be judged."""
    place = draft.shown(error.span) if error.span else draft.range(0, 0)
    message = error.message + (f"\n{error.help}" if error.help else "")
    return Diagnostic(
        place,
        message=message,
        severity=DiagnosticSeverity.Error,
        code="configuration",
        source="pmlint",
    )
