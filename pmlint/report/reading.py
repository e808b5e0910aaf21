"""A text as somebody reads it: letters without case and accents, without the tags, entities and
percent signs in which they may be written, each with its place in the text as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from html import unescape
from itertools import chain
from typing import NamedTuple
from urllib.parse import unquote

_INLINE = frozenset(
    "a abbr b big code del em font i ins kbd mark q s samp small span strike strong sub sup tt u "
    "wbr".split()
)
"""Tags that begin no new word: ``<b>@</b>maria`` is read as ``@maria``."""
_ODD = re.compile(
    # `&amp;#64;` is shown as `&#64;`, which is still read as a name with its sign.
    r"(?P<entity>&(?:amp;)*(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?)"
    r"|(?P<percent>%[0-9a-fA-F]{2})"
    r"|(?P<tag></?(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>|<!--.*?-->)"
    r"|(?P<mark>[*`~])"
    # Not with IGNORECASE, which takes a dotted capital I for the letter of ASCII.
    r"|(?P<letter>[^\x00-\x7f])",
    re.DOTALL,
)
_BLANKS = str.maketrans("\t\n\r", "   ")
_UNSEEN = ("Mn", "Me", "Cf")
"""Categories of Unicode: marks on a letter, and characters that show nothing."""


class Tags(Enum):
    """How tags and marks are read: as characters of the text, as its breaks, or as on a page, where
    those inside a line join what is around them.
    """

    AS_TEXT = "text"
    AS_BREAKS = "breaks"
    AS_ON_A_PAGE = "page"


class _Run(NamedTuple):
    """Letters and the part of the text from ``start`` to ``end`` that says them. ``is_plain``:
    letter by letter.
    """

    letters: str
    start: int
    end: int
    is_plain: bool


class ReadText:
    """The letters of a text, and the place of each in it."""

    def __init__(self, text: str, tags: Tags) -> None:
        self.text = text
        runs = tuple(run for run in _runs(text, tags) if run.letters)
        # A line may end between the two words of a name.
        self.letters = "".join(run.letters for run in runs).translate(_BLANKS)
        self._runs = runs

    def written(self, start: int, end: int) -> tuple[int, int]:
        """The part of the text that says the letters from ``start`` to ``end``, not empty."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, index: int) -> tuple[int, int]:
        at = 0
        for run in self._runs:
            if index < at + len(run.letters):
                if not run.is_plain:
                    return run.start, run.end
                return run.start + index - at, run.start + index - at + 1
            at += len(run.letters)
        raise IndexError(index)


def fold(text: str) -> str:
    """A text without case, accents, invisible characters and other forms of the same letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in plain if unicodedata.category(char) not in _UNSEEN)


def _runs(text: str, tags: Tags) -> Iterator[_Run]:
    end = 0
    for match in _ODD.finditer(text):
        yield _Run(text[end : match.start()].lower(), end, match.start(), is_plain=True)
        end = match.end()
        letters = _letters(match, tags)
        yield _Run(letters, match.start(), end, is_plain=letters == match[0].lower())
    yield _Run(text[end:].lower(), end, len(text), is_plain=True)


def _letters(match: re.Match[str], tags: Tags) -> str:
    """What is read of one odd part of a text."""
    if match["entity"]:
        return fold(unescape(re.sub("^&(?:amp;)*", "&", match[0])))
    if match["percent"]:
        # Half of a character is not UTF-8; unquote then gives U+FFFD, which is in no name.
        return fold(unquote(match[0]))
    if match["letter"]:
        return fold(match[0])
    if tags is Tags.AS_TEXT:
        return match[0].lower()
    if tags is Tags.AS_BREAKS:
        return match[0] if match["mark"] else " "
    is_inside = match["mark"] or match["name"] is None or match["name"].lower() in _INLINE
    return "" if is_inside else " "


def tags_of(text: str) -> str:
    """The tags of a part of a text, which its replacement must keep: HTML stays balanced."""
    return "".join(match[0] for match in _ODD.finditer(text) if match["tag"])


def words_of(letters: str) -> Iterator[re.Match[str]]:
    """Each word of folded letters: letters and digits without anything between."""
    return re.finditer(r"[^\W_]+", letters)


def parts_with(letters: str, pattern: re.Pattern[str]) -> frozenset[int]:
    """The places of all letters that a pattern finds."""
    found = (range(*match.span()) for match in pattern.finditer(letters))
    return frozenset(chain.from_iterable(found))
