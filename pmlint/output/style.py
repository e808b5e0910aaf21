"""Colours of the terminal: only those that can be read on a light and on a dark background."""

from __future__ import annotations

from pmlint.finding import Level


class Style:
    """Writes text in colours, or plainly where nobody asked for them.

    The text must be escaped before.
    """

    def __init__(self, color: bool) -> None:
        self.color = color

    def _paint(self, codes: str, text: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if self.color and text else text

    def bold(self, text: str) -> str:
        """Bold: codes, places, keywords."""
        return self._paint("1", text)

    def faint(self, text: str) -> str:
        """Blue, for margins: grey and the faint attribute vanish on some backgrounds."""
        return self._paint("34", text)

    def bad(self, text: str) -> str:
        """Red: errors and refusals."""
        return self._paint("1;31", text)

    def doubtful(self, text: str) -> str:
        """Magenta: yellow can't be read on white."""
        return self._paint("1;35", text)

    def good(self, text: str) -> str:
        """Green: what is allowed."""
        return self._paint("1;32", text)

    def level(self, level: Level) -> str:
        """A level as a word in its colour."""
        return self.bad("error") if level is Level.ERROR else self.doubtful("warning")
