"""One file's bytes as text: strict UTF-8, within limits, with nothing in it that a reviewer can't
see.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from pmlint.finding import Edit, Fix
from pmlint.place import Span

MAX_BYTES = 256 * 1024
"""The largest file that is read (docs/spec/security.md, budgets)."""

INVISIBLE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad"
    # Fillers of Hangul and Khmer, and the joiner of graphemes: letters to a tool, gaps to a reader.
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    # Marks of direction: text that is read in another order than a compiler reads it
    # (CVE-2021-42574). U+2028 and U+2029 are line ends to PyYAML and to nobody's editor.
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    # Selectors of variants, which can carry any bytes behind one letter.
    "\u180b-\u180f\ufe00-\ufe0e"
    "\ufeff\ufff0-\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    # Tags: ASCII that a model reads and a person does not.
    "\U000e0000-\U000e0fff]"
)
"""A pattern for controls (tab and line feed apart), zero-width, bidirectional and filler
characters: text that means two things.

U+FE0F stays: it only asks for the coloured form of an emoji that stands before it.
"""
_PLAIN = b"\t\n" + bytes(range(0x20, 0x7F))


class Malformed(Exception):
    """A document that can't be read as what it should be; becomes a finding ``syntax`` (or
    ``code``) at ``span``.
    """

    def __init__(
        self,
        message: str,
        span: Span = Span(),
        *,
        help: str = "",
        code: str = "syntax",
        fix: Fix | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.help = help
        self.code = code
        self.fix = fix


class Source:
    """A file as text: ``file`` is its path as shown (relative to the root, ``/``), ``text`` its
    decoded content, CRLF and a byte order mark kept.

    ``marks`` are the characters that ``--fix`` takes out without a change of meaning.
    """

    def __init__(self, file: str, text: str, marks: tuple[Malformed, ...] = ()) -> None:
        self.file = file
        self.text = text
        self.marks = marks

    @property
    def byte_order_mark(self) -> tuple[Malformed, ...]:
        """The mark at the very beginning, where there is one."""
        return self.marks[:1] if self.text.startswith(BOM) else ()

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of each line's first character."""
        starts = [0]
        find = self.text.find
        while (at := find("\n", starts[-1])) >= 0:
            starts.append(at + 1)
        return starts

    def line(self, row: int) -> str:
        """The text of a row (from 1) without its line end; empty past the last."""
        starts = self.line_starts
        if row > len(starts):
            return ""
        end = starts[row] - 1 if row < len(starts) else len(self.text)
        return self.text[starts[row - 1] : end].rstrip("\r")

    def position(self, offset: int) -> tuple[int, int]:
        """Row and column, both from 1, of the character at ``offset``."""
        row = bisect_right(self.line_starts, offset)
        return row, offset - self.line_starts[row - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span of the characters ``start`` to ``end`` (exclusive)."""
        return Span(*self.position(start), *self.position(end))

    def offset(self, row: int, column: int) -> int:
        """The offset of a row and column, both from 1."""
        return self.line_starts[row - 1] + column - 1


BOM = "\ufeff"
SOFT_HYPHEN = "\u00ad"
_MARKS = f"^{BOM}|{SOFT_HYPHEN}"
MOST_MARKS = 100
"""So many are named and fixed in a run; ``--fix`` looks again."""


def decode_utf8(file: str, data: bytes) -> str:
    """The text of bytes in UTF-8. Raises `Malformed` at the first byte that is not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Source(file, data[: error.start].decode("utf-8"))
        row, column = before.position(len(before.text))
        raise Malformed(
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            Span(row, column, row, column + 1),
            help="save the file as UTF-8",
        ) from None


def decode(file: str, data: bytes, *, keeps_marks: bool = False) -> Source:
    """Turn a file's bytes into text.

    ``keeps_marks`` takes a byte order mark and soft hyphens for findings with a fix, in ``marks``:
    documents that people paste from word processors stay readable to the verbs. Raises `Malformed`
    for more than `MAX_BYTES`, a byte order mark, UTF-16, bytes that are not UTF-8 and characters
    that can't be seen.
    """
    if len(data) > MAX_BYTES:
        raise too_large(len(data))
    # Before UTF-8, where it would only be "byte 0xff is not UTF-8", which helps nobody.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Malformed(
            "the file is UTF-16, not UTF-8", help="save it as UTF-8 without a byte order mark"
        )
    if data.startswith(b"\xef\xbb\xbf") and not keeps_marks:
        raise Malformed(
            "the file begins with a byte order mark",
            help="save it as UTF-8 without a byte order mark",
        )
    text = decode_utf8(file, data)
    source = Source(file, text)
    if not keeps_marks or (BOM not in text and SOFT_HYPHEN not in text):
        refuse_invisible(source)
        return source
    # What is left must be visible; a blank in the place of each mark keeps rows and columns.
    refuse_invisible(Source(file, re.sub(_MARKS, " ", text)))
    return Source(file, text, tuple(_marks(source)))


def _marks(source: Source) -> Iterator[Malformed]:
    """Each byte order mark and soft hyphen as a problem that has a fix."""
    for found in islice(re.finditer(_MARKS, source.text), MOST_MARKS):
        at = found.start()
        is_bom = found[0] == BOM
        yield Malformed(
            "the file begins with a byte order mark"
            if is_bom
            else "the invisible character U+00AD, a soft hyphen, is in the text",
            source.span(at, at + 1),
            help="remove it; 'pmlint check --fix' does",
            fix=Fix(
                "remove the byte order mark" if is_bom else "remove the soft hyphen",
                (Edit(at, at + 1, ""),),
            ),
        )


def too_large(size: int, limit: int = MAX_BYTES) -> Malformed:
    """The refusal of a file of ``size`` bytes: before it is read, where the size is known."""
    return Malformed(
        f"the file has {size:,} bytes, more than the {limit:,} that are read",
        help="a postmortem is a page or two: "
        "move raw logs and transcripts into its evidence folder",
    )


JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: part of the spelling of some scripts, and of some emoji."""
# Texts, which are compiled at their first use: hardly any document needs them, and with those of
# `pmlint.model.forms` and `pmlint.rules.prose.languages` it is 3% of the run over one file.
_EMOJI = "[\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff]"
_JOINED_SCRIPTS = (
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1b00-\u1bff\ufb50-\ufdff\ufe70-\ufefc]"
)
"""Arabic and its relatives, the scripts of India and its neighbours, Khmer, Mongolian."""


def _is_joined(text: str, at: int) -> bool:
    """Whether a joiner stands where readers expect one: between emoji, or inside a word of a script
    that needs it (docs/spec/format.md, "What is read"). In names it is refused by whoever reads
    them.
    """
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char not in JOINERS:
        return False
    if char == "\u200d" and re.match(_EMOJI, before) and re.match(_EMOJI, after):
        return True
    return bool(re.match(_JOINED_SCRIPTS, before) and re.match(_JOINED_SCRIPTS, after))


def refuse_invisible(source: Source) -> None:
    """Raise `Malformed` at the first character that a reviewer can't see."""
    # A carriage return alone overwrites a line on a terminal; of CRLF it is a part. Rows and
    # columns of what is left are those of the file.
    visible = source.text.replace("\r\n", "\n") if "\r" in source.text else source.text
    # In C, and nothing is left of most texts: 8 us for 8 KB, where the pattern takes 76 us.
    rare = visible.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    if not rare or not re.search(INVISIBLE, rare.decode("utf-8", "surrogatepass")):
        return
    unseen = re.finditer(INVISIBLE, visible)
    found = next((match for match in unseen if not _is_joined(visible, match.start())), None)
    if found is None:
        return
    row = visible.count("\n", 0, found.start()) + 1
    column = found.start() - (visible.rfind("\n", 0, found.start()) + 1) + 1
    name = (
        "a carriage return without a line feed"
        if found[0] == "\r"
        else f"the invisible character U+{ord(found[0]):04X}"
    )
    raise Malformed(
        f"{name} is in the text",
        Span(row, column, row, column + 1),
        help="remove it: what a tool reads must be what a reviewer sees",
    )
