"""Who may approve what a verb records: a known person who has no part in it (docs/spec/gate.md,
4)."""

from __future__ import annotations

from collections.abc import Iterable

from pmlint.edit.refusal import refused
from pmlint.errors import UsageError
from pmlint.parsing.document import Document
from pmlint.place import Path
from pmlint.project.holds import same


def require_other(
    approver: str,
    parties: Iterable[tuple[str, str]],
    *,
    code: str,
    document: Document,
    at: Path,
    subject: str,
) -> None:
    """Refuse an approver who is one of the parties, given as ``(handle, what they are)``.

    Who makes the change is asked by the gate: here nobody knows it. Raises `Refused`.
    """
    for handle, role in parties:
        # An owner that is missing is nobody, and would be the same as any empty handle.
        if handle.strip() and same(approver, handle):
            raise refused(
                code,
                f"{approver} is {role} and cannot approve this",
                document,
                at,
                subject=subject,
                help="name somebody who is neither an author nor the old or new owner",
            )


def one_line(
    reason: str, option: str = "--reason", example: str = "the vendor ships in November"
) -> str:
    """The reason of an option as it is written. Raises `UsageError` where it is not one line."""
    if not reason.strip() or not reason.isprintable():
        raise UsageError(
            f"{option} is not a sentence on one line",
            help=f'write {option} "{example}"',
        )
    return reason.strip()
