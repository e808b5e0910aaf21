"""What an expression raises that has no answer."""

from __future__ import annotations


class Failed(Exception):
    """An expression that could not be compiled, or not evaluated.

    ``reason`` is the same text whichever engine found it; ``offset`` is the character (from 0) of
    an expression that could not be compiled, ``field`` the name of a field that nothing has.
    """

    def __init__(self, reason: str, offset: int | None = None, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.field = field
