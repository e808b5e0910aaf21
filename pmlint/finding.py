"""What a rule says (`Problem`) and what a user sees (`Finding`)."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from pmlint.place import Path, Span, Where


class Level(IntEnum):
    """How serious a finding is; a higher level is a larger number."""

    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


class Edit(NamedTuple):
    """Replace the characters ``start`` to ``end`` (exclusive, from 0, code points of the file's
    text) by ``text``.
    """

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """The one right answer to a finding: a title in the imperative and edits that do not overlap."""

    title: str
    edits: tuple[Edit, ...]


class Problem(NamedTuple):
    """What a rule, a policy or the schema says of a document, before anyone knows rows and columns.

    ``message`` states the fact: lower case, no full stop, user text quoted. ``help`` is the advice;
    empty means the rule's own. ``subject`` is what it is about inside the document (``A2``); empty
    means the document itself. ``level`` overrides the rule's own; ``file`` names another document
    than the one that is being checked.
    """

    message: str
    at: Path | Where = Path()
    subject: str = ""
    help: str = ""
    level: Level | None = None
    fix: Fix | None = None
    file: str = ""


class Finding(NamedTuple):
    """One thing that is wrong, where, and what to do: the fields of `schema/finding.json`.

    ``path`` is relative to the repository's root with ``/``; ``pointer`` is the JSON Pointer into
    the front matter and ``None`` for the body or a file that could not be read; ``waived`` says who
    waived it and why, and is empty where nobody did.
    """

    code: str
    level: Level
    message: str
    path: str
    span: Span = Span()
    pointer: str | None = None
    subject: str = ""
    help: str = ""
    url: str = ""
    fix: Fix | None = None
    waived: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The order of every output: path, row, column, code, message."""
        return (self.path, self.span.row, self.span.column, self.code, self.message)
