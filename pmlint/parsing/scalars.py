"""What a plain scalar of YAML means, where every reader agrees: the core schema of YAML 1.2 without
what YAML 1.1 reads otherwise.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MAX_DIGITS = 16
"""More digits than a double can tell apart are a text in disguise."""

NUMERIC = frozenset("0123456789+-.")
"""With what every number and date begins."""
LONGEST_WORD = 5
"""The most characters of a word that is no text; a longer scalar is a text if it does not begin
like a number.
"""
_KEPT = 40
# Not 010, which is 8 to YAML 1.1 and 10 to YAML 1.2; not 1e3, a text to PyYAML and 1000 to 1.2.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
_NUMBER_LIKE = re.compile(
    r"[-+]?(\.?[0-9][0-9_,.]*([eE][-+]?[0-9]+)?|0x[0-9a-fA-F_]+|\.inf|\.Inf|\.INF"
    # 0b357af, the beginning of a commit, is a text to every reader: no digit of base two or eight.
    r"|0b[01_]+|0o[0-7_]+"
    # 12:30 is 750 to YAML 1.1, which counts in sixties.
    r"|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)|\.nan|\.NaN|\.NAN",
    re.ASCII,
)
_DOTTED = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){2,9}", re.ASCII)
_TIME_OF_DAY = re.compile(r"[0-2]?[0-9](?::[0-5][0-9]){1,2}", re.ASCII)
_WORDS: dict[str, object] = {"": None, "null": None, "~": None, "true": True, "false": False}
_TWO_MEANINGS = frozenset(
    form
    for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
    for form in (word, word.capitalize(), word.upper())
    if form not in _WORDS
    # The types 'value' and 'merge' of YAML 1.1: PyYAML ends with an error at both.
) | {"=", "<<"}


class Unclear(NamedTuple):
    """Why a scalar has no value, and what to write instead."""

    why: str
    help: str


def plain(text: str) -> object:
    """The value of a plain scalar, or why it has none (`Unclear`); those of short ones are
    remembered.
    """
    # A long text hardly ever comes twice, and would push the short ones out.
    return _remembered(text) if len(text) < _KEPT else _value(text)


def is_name(text: str) -> bool:
    """Whether a plain scalar can be a key.

    As one, ``on`` has one meaning: it is a field of the format (signoff.on).
    """
    return _is_short_name(text) if len(text) < _KEPT else isinstance(_value(text), str)


def _value(text: str) -> object:
    if text in _WORDS:
        return _WORDS[text]
    if text in _TWO_MEANINGS:
        return Unclear(
            "is not the same to every YAML reader", "write true or false, or put the text in quotes"
        )
    if not (text[0].isdigit() or text[0] in "+-."):
        return text
    if len(text) > 400 and _NUMBER_LIKE.fullmatch(text):
        return Unclear("has too many digits", "put it in quotes")
    if _INTEGER.fullmatch(text):
        return (
            int(text)
            if len(text) < MAX_DIGITS
            else Unclear("has too many digits to be the same number everywhere", "put it in quotes")
        )
    if _FLOAT.fullmatch(text):
        return (
            float(text)
            if len(text) <= MAX_DIGITS + 1
            else Unclear("has too many digits", "put it in quotes")
        )
    if _DOTTED.fullmatch(text):  # 1.1.1.1 and 27.11.2026 are a text to every reader
        return text
    if _TIME_OF_DAY.fullmatch(text):
        return Unclear(
            "is a number to some YAML readers and a text to others",
            "put a text in quotes; a moment has its day too, as in 2026-09-30T06:58:00Z",
        )
    if _NUMBER_LIKE.fullmatch(text):
        return Unclear(
            "is a number to some YAML readers and a text to others",
            "write a plain decimal number, or put the text in quotes",
        )
    return text


_remembered = lru_cache(maxsize=4096)(_value)


@lru_cache(maxsize=1024)
def _is_short_name(text: str) -> bool:
    return text == "on" or isinstance(_value(text), str)
