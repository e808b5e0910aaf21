"""What a verb refuses: the finding that the edit would cause, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable

from pmlint.finding import Finding, Level
from pmlint.parsing.document import Document
from pmlint.place import Path


class Refused(Exception):
    """The edit would cause findings; nothing is written, and the exit code is 1."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


def refused(
    code: str, message: str, document: Document, at: Path, *, subject: str = "", help: str = ""
) -> Refused:
    """A refusal with one error, at a place of the document as it is now."""
    finding = Finding(
        code,
        Level.ERROR,
        message,
        document.source.file,
        document.locate(at),
        at.pointer,
        subject,
        help,
    )
    return Refused((finding,))
