"""Findings as an editor underlines them, and the repairs that it offers for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lsprotocol.types import (
    CodeAction,
    CodeActionKind,
    CodeDescription,
    Diagnostic,
    DiagnosticSeverity,
    Range,
    TextEdit,
    WorkspaceEdit,
)

from pmlint.edit.value import inline
from pmlint.errors import UsageError
from pmlint.finding import Edit, Finding, Fix, Level
from pmlint.parsing.source import Source
from pmlint.server.draft import Draft
from pmlint.server.view import View, address

SEVERITIES = {Level.ERROR: DiagnosticSeverity.Error, Level.WARNING: DiagnosticSeverity.Warning}
_MEANT = re.compile(r"did you mean '([^']+)'\?")


def diagnostics(draft: Draft, view: View) -> list[Diagnostic]:
    """Everything that is wrong with a document, in order."""
    return [_diagnostic(finding, draft, view) for finding in view.findings(draft.file)]


def _diagnostic(finding: Finding, draft: Draft, view: View) -> Diagnostic:
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


def repairs(draft: Draft, view: View, place: Range, uri: str) -> list[CodeAction]:
    """The repairs of what is wrong at a place; ``uri`` is the document's address as the editor
    writes it.
    """
    start, end = draft.offset(place.start), draft.offset(place.end)
    found = []
    for finding in view.fixable(draft.file):
        span = finding.span
        first, last = (
            draft.source.offset(span.row, span.column),
            draft.source.offset(span.end_row, span.end_column),
        )
        # Also where they only touch: an editor asks with an empty range at the cursor.
        if start <= last and first <= end:
            for fix in fixes(finding, draft.source):
                edits = [
                    TextEdit(draft.range(edit.start, edit.end), edit.text) for edit in fix.edits
                ]
                found.append(
                    CodeAction(
                        fix.title[:1].upper() + fix.title[1:],
                        kind=CodeActionKind.QuickFix,
                        diagnostics=[_diagnostic(finding, draft, view)],
                        is_preferred=True,
                        edit=WorkspaceEdit(changes={uri: edits}),
                    )
                )
    return found


def fixes(finding: Finding, source: Source) -> Iterable[Fix]:
    """The fix of a finding, else the name that it takes to be meant."""
    return [finding.fix] if finding.fix else list(_meant(finding, source))


def _meant(finding: Finding, source: Source) -> Iterator[Fix]:
    """``did you mean 'x'?`` as an edit of the word that the message quotes and that stands at the
    finding's place.
    """
    found = _MEANT.search(finding.help)
    span = finding.span
    # The place of a collection is all of its lines, and the word may stand there many times.
    if found is None or span.row != span.end_row:
        return
    start, end = source.offset(span.row, span.column), source.offset(span.end_row, span.end_column)
    shown = source.text[start:end]
    style = shown[0] if shown[:1] in ('"', "'") and shown[-1:] == shown[:1] else ""
    word = shown.strip(style) if style else shown
    quoted = re.findall(r"'([^']+)'", finding.message)
    if word in quoted:
        yield Fix(f"write '{found[1]}'", (Edit(start, end, inline(found[1], style)),))
        return
    # The name may be a part of what is underlined, such as the list in "owasp-asi:ASI22"; twice
    # would be a guess.
    parts = [part for part in quoted if word.count(part) == 1]
    if parts:
        first = start + shown.index(parts[-1])
        yield Fix(f"write '{found[1]}'", (Edit(first, first + len(parts[-1]), found[1]),))
