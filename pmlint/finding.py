"""What a rule says (`Problem`) and what a user sees (`Finding`)."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import Literal, NamedTuple

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
    """The one right answer to a finding: a title in the imperative, and edits without overlap."""

    title: str
    edits: tuple[Edit, ...]


class Related(NamedTuple):
    """Another place that a finding depends on, such as an action that blocks the route.

    ``path`` and ``span`` are as in `Finding`. ``subject`` names what is there (``PM-2026-007#A2``).
    The last four answer for what blocks a route: what is missing, who owes it, by which day, and
    the command that releases it; empty elsewhere.
    """

    message: str
    path: str
    span: Span = Span()
    subject: str = ""
    reason: str = ""
    owner: str = ""
    deadline: date | None = None
    release: str = ""


class Problem(NamedTuple):
    """What a rule, a policy or the schema says of a document, before anyone knows rows and columns.

    ``message`` states the fact: lower case, no full stop, user text quoted. ``help`` is the advice;
    empty means the rule's own. ``subject`` is what it is about inside the document (``A2``); empty
    means the document itself. ``level`` overrides the rule's own; ``file`` names another document
    than the one that is being checked. ``expected``, ``by`` and ``related`` are as in `Finding`.
    """

    message: str
    at: Path | Where = Path()
    subject: str = ""
    help: str = ""
    level: Level | None = None
    fix: Fix | None = None
    file: str = ""
    expected: tuple[str, ...] = ()
    by: Literal["", "person"] = ""
    related: tuple[Related, ...] = ()


class Finding(NamedTuple):
    """One thing that is wrong, where, and what to do: the fields of `schema/finding.json`.

    ``path`` is relative to the repository's root with ``/``; ``pointer`` is the JSON Pointer into
    the front matter and ``None`` for the body or a file that could not be read; ``waived`` says who
    waived it and why, and is empty where nobody did.

    ``expected`` lists the values of a closed list; ``by`` marks what an agent must leave to a
    person. A refusal of the gate names the ``field`` that changed (``actions[].deadline``) and its
    value ``before`` and ``after``, None where it is absent; such values are plain data and need not
    be hashable, so findings are never keys. ``side`` says that ``path`` exists on the base alone.
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
    expected: tuple[str, ...] = ()
    by: Literal["", "person"] = ""
    field: str = ""
    before: object = None
    after: object = None
    related: tuple[Related, ...] = ()
    side: Literal["", "base"] = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The order of every output: path, row, column, code, message."""
        return (self.path, self.span.row, self.span.column, self.code, self.message)
