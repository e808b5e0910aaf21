"""What a run has to say: its findings, what was judged, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pmlint.check.verdict import Verdict
from pmlint.finding import Finding, Level
from pmlint.model.counting import count
from pmlint.parsing.source import Source


class RuleInfo(NamedTuple):
    """What a format may say of a rule or policy beside its findings; all texts but ``id`` may be
    empty.
    """

    id: str
    title: str = ""
    why: str = ""
    fix: str = ""
    url: str = ""
    level: Level = Level.ERROR


class Summary(NamedTuple):
    """What was judged and what came of it; ``errors`` and ``warnings`` are neither waived nor in
    the baseline.
    """

    postmortems: int = 0
    routes: int = 0
    errors: int = 0
    warnings: int = 0
    waived: int = 0
    baseline: int = 0

    @property
    def where(self) -> str:
        """How much was judged."""
        return f"{count(self.postmortems, 'postmortem')} and {count(self.routes, 'route')}"

    def __str__(self) -> str:
        counts = ((self.waived, "waived"), (self.baseline, "in the baseline"))
        set_aside = [f"{number} {what}" for number, what in counts if number]
        tail = f" ({', '.join(set_aside)})" if set_aside else ""
        if not self.errors and not self.warnings:
            return f"All clean: {self.where}{tail}"
        found = [
            count(number, word)
            for number, word in ((self.errors, "error"), (self.warnings, "warning"))
            if number
        ]
        return f"Found {' and '.join(found)} in {self.where}{tail}"


class Report(NamedTuple):
    """What a run found, in `Finding.order`; those that somebody waived are among them.

    ``source`` answers with the text of a file that has findings and ``rule`` with a rule's page
    (for a dictionary: its ``get``); both may answer None. ``fail_level`` is the level from which
    the run fails.
    """

    findings: tuple[Finding, ...]
    summary: Summary
    source: Callable[[str], Source | None] = lambda file: None
    rule: Callable[[str], RuleInfo | None] = lambda code: None
    verdict: Verdict | None = None
    fail_level: Level = Level.ERROR

    @property
    def counted(self) -> list[Finding]:
        """The findings that nobody waived."""
        return [finding for finding in self.findings if not finding.waived]

    @property
    def closing(self) -> str:
        """The last line of what people read."""
        summary = self.summary
        if summary.errors or summary.warnings:
            return str(summary)
        # The gate says what it judged: 'All clean' would be read as 'allowed'.
        if self.verdict is not None:
            return f"Judged {summary.where}"
        # set up and still empty: never "All clean", since nothing was judged
        return str(summary) if summary.postmortems or summary.routes else "nothing to check yet"


def summarize(
    findings: tuple[Finding, ...], postmortems: int, routes: int, baseline: int = 0
) -> Summary:
    """Count the findings of a run over so many files; ``baseline`` is how many were left out
    because they were known.
    """
    waived = sum(1 for finding in findings if finding.waived)
    errors = sum(1 for finding in findings if finding.level is Level.ERROR and not finding.waived)
    return Summary(postmortems, routes, errors, len(findings) - waived - errors, waived, baseline)
