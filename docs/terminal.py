"""What a terminal shows, in its colours: as HTML for the site, as a picture for the README.

The picture is text in an SVG, which needs no browser, no font of its own and is the same on every
machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

_CODES = re.compile(r"\x1b\[([\d;]*)m")
_NAMES = {"1": "bold", "31": "red", "32": "green", "34": "blue", "35": "magenta"}
"""The codes that `pmlint/output/style.py` uses, by the class that shows them."""
ROW, COLUMN, EDGE = 19, 8.4, 16
"""Height of a line, width of a character at 14 pixels, and the margin, in pixels."""
_STYLE = """\
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#24292f;white-space:pre}
rect{fill:#f6f8fa}.bold{font-weight:700}
.red{fill:#b3261e}.green{fill:#1a6b32}.magenta{fill:#8e24aa}.blue{fill:#0550ae}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#161b22}
.red{fill:#ff8a80}.green{fill:#7ee2a0}.magenta{fill:#e5a3ff}.blue{fill:#79c0ff}}"""


class Piece(NamedTuple):
    """Some characters of one line, and the classes that colour them."""

    text: str
    classes: str


def pieces(line: str) -> Iterator[Piece]:
    """A line as a terminal reads it. Raises `KeyError` for a code that has no class."""
    classes, at = "", 0
    for code in _CODES.finditer(line):
        if code.start() > at:
            yield Piece(line[at : code.start()], classes)
        at = code.end()
        numbers = code[1].split(";")
        classes = " ".join(_NAMES[number] for number in numbers if number not in ("", "0"))
    if at < len(line):
        yield Piece(line[at:], classes)


def html(output: str) -> str:
    """The output as a block of HTML; a reader without our style sees the plain text."""
    lines = ("".join(map(_span, pieces(line))) for line in output.split("\n"))
    # A region that scrolls is reached by the keyboard (WCAG 2.1.1).
    return '<pre class="terminal" tabindex="0">' + "\n".join(lines) + "</pre>"


def _span(piece: Piece) -> str:
    text = escape(piece.text, quote=False)
    return f'<span class="{piece.classes}">{text}</span>' if piece.classes else text


def svg(output: str) -> str:
    """The output as a picture that follows the reader's light or dark scheme."""
    lines = output.split("\n")
    plain = [_CODES.sub("", line) for line in lines]
    width = round(2 * EDGE + COLUMN * max(map(len, plain)))
    height = 2 * EDGE + ROW * len(lines)
    rows = "\n".join(
        f'<text x="{EDGE}" y="{EDGE + ROW * number + 14}">{_tspans(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img">\n'
        f"<style>{_STYLE}</style>\n"
        f'<rect width="{width}" height="{height}" rx="8"/>\n{rows}\n</svg>\n'
    )


def _tspans(line: str) -> str:
    shown = (
        f'<tspan class="{classes}">{escape(text)}</tspan>' if classes else escape(text)
        for text, classes in pieces(line)
    )
    return "".join(shown)
