"""Text as the rules about prose read it: lower-case tokens with offsets; code, quotations and links
are not words.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import cached_property, lru_cache

from pmlint.parsing.markdown import SILENT

_OPENS = re.compile(r"[`\"“„«]|(?<!\w)'")
_CLOSES = {"`": "`", '"': '"', "“": "”", "„": "“”", "«": "»", "'": "'"}
_LINK = re.compile(r"(?<!\w)\w++://\S+")
# The bounds ({1,64}) keep the expression linear: "a/a/a/..." without a suffix took the square of
# its length.
_TOKEN = re.compile(
    r"\w+(?:['\-.]\w+)*(?:(?:/[\w*-]+){1,64}\.\w+)?|(?<!\S)\.{0,2}/?\w[\w.*/-]*\w|\0+|[^\w\s]"
)
END = frozenset(".;!?。！？；")
"""Tokens that end a sentence."""
BREAK = END | frozenset(":,()–—\0、，：（）「」")
"""Tokens that end a clause: no phrase reaches across them."""
_OPENING = frozenset(
    "we we'll we're you they i the our team will should shall plan planned to need needs have has "
    "are is am be being also please then now just already currently actively continue continuing "
    "begun begin began started start action item fix immediate next step let's lets".split()
)
_JOINING = frozenset(
    "about after against and are at be because before been but by can could did do does "
    "during for from had has have if in into is it no not of off on onto or out over since "
    "than that their through to under until up was were what when where which while who will "
    "with without would als auf aus bei bis dass durch für gegen hat im ist mit nach oder "
    "ohne um und vom von vor war weil wenn wurde zu zum zur con de del desde en es fue ha no "
    "para pero por que se sin sobre au aux avec ce dans des du et est n' ne pas par pour qu' "
    "qui s' sans sur ao com da do dos e em foi na no não nas nos para pelo pela por".split()
)
"""Words that end the attributes before a subject: behind them a noun is somebody else. "das" is
missing: in Portuguese it joins, but German sentences begin with it.
"""
_ATTRIBUTES = 4
"""The most words before a subject: "the newly hired night nurse"."""
_LABEL = 8
"""The most tokens before the colon of a label such as "Access control: ..."; before a dash there
may be half as many.
"""


class Vocabulary:
    """The words that are known of scripts without blanks, by which a run of them is parted: at each
    place the longest word, and what lies between two words is one piece.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(set(words), key=len, reverse=True):
            if is_spaceless(word):
                self._by_first.setdefault(word[0], []).append(word)

    def part(self, run: str) -> Iterator[tuple[int, int]]:
        """Where the pieces of a run begin and end."""
        start = at = 0
        while at < len(run):
            plain = _PLAIN.match(run, at)  # such as CLAUDE.md inside of a Japanese sentence
            end = plain.end() if plain else at + self._longest(run, at)
            if end > at:
                if start < at:
                    yield start, at
                yield at, end
                start = at = end
            else:
                at += 1
        if start < at:
            yield start, at

    def _longest(self, run: str, at: int) -> int:
        """The length of the longest word that begins at a place, 0 where none does."""
        known = self._by_first.get(run[at], ())
        return next((len(word) for word in known if run.startswith(word, at)), 0)


_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_'./-]*", re.ASCII)
NONE = Vocabulary(())
"""No word is known: a run of such a script is one token."""


def is_spaceless(text: str) -> bool:
    """Whether a text holds kana or Han, which put no blank between words."""
    # Not by a pattern: `re` walks a range sign by sign, 3% of the instructions of one file's run.
    return not text.isascii() and max(text) >= "぀" and any("぀" <= char <= "鿿" for char in text)


class Words:
    """A text's tokens in lower case, and on demand where each begins and ends in the text (code
    points, end exclusive).
    """

    def __init__(self, text: str, vocabulary: Vocabulary = NONE) -> None:
        self.text = text
        self._vocabulary = vocabulary if is_spaceless(text) else NONE
        quoted = (
            any(mark in text for mark in ("`", '"', "“", "„", "«", " '", "('")) or text[:1] == "'"
        )
        quiet = _unquoted(text) if quoted else text
        quiet = _LINK.sub(_blank, quiet) if "://" in quiet else quiet
        self._quiet = quiet.replace("’", "'")
        # Places in the lower text must be places in the text, so its length may not change.
        lower = self._quiet.lower()
        if len(lower) != len(text):  # such as İ, whose small letter is two characters
            lower = "".join(low if len(low := char.lower()) == 1 else char for char in self._quiet)
        self._lower = lower
        self.tokens: list[str] = (
            [token for piece in lower.split() for token in _parted(piece)]
            if self._vocabulary is NONE
            else [lower[start:end] for start, end in self.spans]
        )

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """Where each token is in the text."""
        spans = [match.span() for match in _TOKEN.finditer(self._lower)]
        if self._vocabulary is NONE:
            return spans
        return [
            (start + first, start + last)
            for start, end in spans
            for first, last in self._vocabulary.part(self._lower[start:end])
        ]

    @cached_property
    def bag(self) -> frozenset[str]:
        """The different tokens."""
        return frozenset(self.tokens)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the tokens ``first`` to ``last`` (exclusive) are in the text."""
        return self.spans[first][0], self.spans[last - 1][1]

    def quote(self, first: int, last: int) -> str:
        """The text of the tokens ``first`` to ``last`` (exclusive), as the author wrote it, on one
        line.
        """
        start, end = self.span(first, last)
        return " ".join(self.text[start:end].split())

    def clause(self, index: int) -> tuple[int, int]:
        """The tokens (first, last exclusive) of the clause around a token."""
        return self._around(index, BREAK)

    def sentence(self, index: int) -> tuple[int, int]:
        """The tokens (first, last exclusive) of the sentence around a token."""
        return self._around(index, END)

    def _around(self, index: int, marks: frozenset[str]) -> tuple[int, int]:
        first = last = index
        while first > 0 and self.tokens[first - 1][0] not in marks:
            first -= 1
        while last < len(self.tokens) and self.tokens[last][0] not in marks:
            last += 1
        return first, last

    @cached_property
    def starts(self) -> frozenset[int]:
        """Where the text's first statement begins: at its start, and after a label."""
        return frozenset({self._past_marks(0), self._past_marks(self._after_label())})

    @cached_property
    def leads(self) -> frozenset[int]:
        """The `starts`, and each place that an opening like "we will" leads to."""
        found = set(self.starts)
        for index in self.starts:
            while index + 1 < len(self.tokens) and self.tokens[index] in _OPENING:
                index += 1
                found.add(index)
        return frozenset(found)

    @cached_property
    def subjects(self) -> frozenset[int]:
        """The `starts`, and each place that no more than attributes of a subject lead to."""
        found = set(self.starts)
        for start in self.starts:
            for index in range(start, min(start + _ATTRIBUTES, len(self.tokens) - 1)):
                if self.tokens[index] in _JOINING or self.tokens[index][0] in BREAK:
                    break
                found.add(index + 1)
        return frozenset(found)

    def places(self, leads: int) -> Container[int]:
        """Where a phrase may begin that leads its statement so strictly (0: anywhere)."""
        if leads == 0:
            return range(len(self.tokens))
        return (self.leads, self.starts, self.subjects)[leads - 1]

    def _after_label(self) -> int:
        for index, token in enumerate(self.tokens[: _LABEL + 1]):
            if token in END:
                break
            if token == ":" or (index <= _LABEL / 2 and token in ("–", "—", "-")):
                return index + 1
        return 0

    def _past_marks(self, index: int) -> int:
        """Past a bullet, a check box, emphasis, and a note in brackets such as "(P1)"."""
        tokens = self.tokens
        while index < len(tokens) and not tokens[index][0].isalnum():
            closing = {"(": ")", "[": "]"}.get(tokens[index])
            if closing and closing in tokens[index : index + 5]:
                index = tokens.index(closing, index)
            index += 1
        return index


@lru_cache(maxsize=8192)
def _parted(piece: str) -> tuple[str, ...]:
    """The tokens of what stands between two blanks: no token reaches over one, and none asks what
    is beyond it.
    """
    # Remembered, since texts share most of their words: the pattern took a sixth of the
    # instructions of these rules.
    return tuple(_TOKEN.findall(piece))


def _unquoted(text: str) -> str:
    """A text with its quotations blanked.

    A mark that nothing closes is sought once, not from each place where it stands.
    """
    pieces: list[str] = []
    done = 0
    lone: set[str] = set()
    for opening in _OPENS.finditer(text):
        mark, start = opening[0], opening.start()
        # A text of nothing but opening marks would be searched once for each: the square of its
        # length.
        if start < done or mark in lone:
            continue
        end = (
            min(
                (at for close in _CLOSES[mark] if (at := text.find(close, start + 1)) >= 0),
                default=-1,
            )
            + 1
        )
        if not end:
            lone.add(mark)
        # "the owners' list isn't" has no quotation: an apostrophe before a letter does not close
        # one.
        elif mark != "'" or not re.match(r"\w", text[end : end + 1]):
            pieces += (text[done:start], SILENT * (end - start))
            done = end
    return "".join((*pieces, text[done:]))


def _blank(match: re.Match[str]) -> str:
    return SILENT * (match.end() - match.start())
