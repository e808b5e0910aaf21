"""Whether a text says anything: the one predicate of every rule that asks for words.

A text *says something* when it has no placeholder, is not an empty word, and has two words; a
*sentence* has six. In scripts without blanks it is four and twelve characters (docs/spec/format.md,
"Accepted is not empty"). The words are data by language, `schema/empty.json`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pmlint.model.resources import read_json

WORDS, SENTENCE_WORDS = 2, 6
CHARACTERS, SENTENCE_CHARACTERS = 4, 12
"""The least of each in scripts without blanks."""

_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that set no blanks between words: Thai, Lao, Burmese, Khmer, kana, Han."""
_CUES = ("TODO", "FIXME", "TBD", "XXX", "orem ipsum")
"""What every text with a placeholder holds at least one of; found as fast as a text is copied."""


@cache
def _placeholders() -> tuple[str, ...]:
    return tuple(read_json("empty.json")["placeholders"])


@cache
def _empty() -> frozenset[str]:
    languages = read_json("empty.json")["empty"].values()
    return frozenset(_folded(word) for words in languages for word in words)


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip(" .,;:!?()[]\"'").split())


def placeholders(text: str) -> Iterator[tuple[int, int]]:
    """Where words of a template are in a text: start and end, from 0, in code points."""
    if not any(cue in text for cue in _CUES):
        return
    for word in _placeholders():
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            around = text[max(start - 1, 0) : start] + text[end : end + 1]
            # XXX is also a part of names: a path, a ticket's number
            if not any(char.isalnum() or (char in "_-/." and word == "XXX") for char in around):
                yield start, end
            start = text.find(word, end)


def has_placeholder(text: str) -> bool:
    """Whether a word of a template is still in a text."""
    return next(placeholders(text), None) is not None


def is_empty_word(text: str) -> bool:
    """Whether a text is nothing, a sign, or one of the words that say nothing (``n/a``, ``?``)."""
    folded = _folded(text)
    return not any(char.isalnum() for char in folded) or folded in _empty()


def says_something(text: str) -> bool:
    """Whether a text says something: two words that are not empty ones."""
    return _is_said(text) and _is_long(text, WORDS, CHARACTERS)


def is_sentence(text: str) -> bool:
    """Whether a text is as long as a sentence, and says something."""
    return _is_said(text) and _is_long(text, SENTENCE_WORDS, SENTENCE_CHARACTERS)


def _is_said(text: str) -> bool:
    return not is_empty_word(text) and not has_placeholder(text)


def _is_long(text: str, words: int, characters: int) -> bool:
    found = [word.casefold() for word in text.split() if any(char.isalnum() for char in word)]
    # the same word again and again is not a sentence: "x x x x x x"
    if len(found) >= words and len(set(found)) >= WORDS:
        return True
    return len(re.findall(_UNSPACED, text)) >= characters
