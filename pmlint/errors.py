"""The user's configuration or command is wrong."""

from __future__ import annotations

from pmlint.place import Span


class UsageError(Exception):
    """The user's configuration or command is wrong: exit 2, with the place where there is one and
    what to do; ``code`` is the refusal of the gate that it amounts to, where there is one.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        span: Span | None = None,
        help: str = "",
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.span = span
        self.help = help
        self.code = code
