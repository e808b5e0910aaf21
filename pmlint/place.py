"""Where something is: a path into a document's data, and a span of its text.

Rules say *where* as a path (``action.at / "owner"``); one place, ``Document.locate``, turns paths
into rows and columns.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Step = str | int


class Path(tuple[Step, ...]):
    """Steps from the root of a document's data: keys of mappings and indices of lists.

    >>> Path() / "actions" / 1 / "owner"
    Path('/actions/1/owner')
    """

    __slots__ = ()

    def __truediv__(self, step: Step) -> Path:
        return Path((*self, step))

    @property
    def key(self) -> Where:
        """The key itself (``owner`` in ``owner: "@maria"``) and not its value."""
        return Where(self, "key")

    def chars(self, start: int, end: int) -> Where:
        """The characters ``start`` to ``end`` (exclusive) of the text at this path."""
        return Where(self, "value", (start, end))

    @property
    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901) of this path; the root is the empty text."""
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in self)

    def __repr__(self) -> str:
        return f"Path({self.pointer!r})"


class Where(NamedTuple):
    """A part of a document: a value or a key of the front matter, or characters of the body.

    ``chars`` counts from 0 in code points: in the text of the value, or in the body (``part ==
    "body"``); ``None`` is all of it.
    """

    path: Path = Path()
    part: Literal["value", "key", "body"] = "value"
    chars: tuple[int, int] | None = None


def in_body(start: int, end: int) -> Where:
    """Characters ``start`` to ``end`` (exclusive, from 0, code points) of a postmortem's body."""
    return Where(Path(), "body", (start, end))


class Span(NamedTuple):
    """A stretch of text: rows and columns count from 1, columns in code points, the end is
    exclusive.
    """

    row: int = 1
    column: int = 1
    end_row: int = 1
    end_column: int = 1
