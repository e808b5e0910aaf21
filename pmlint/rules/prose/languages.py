"""Which languages a text is written in, by its function words or its script
(`schema/words/languages.json`).

Three different function words make a language: a name or a quotation holds one or two. Words that a
language which is read shares with one that is not say nothing, so the data leaves them out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Set
from functools import cache
from typing import Any

from pmlint.model.resources import read_json
from pmlint.rules.prose.text import is_spaceless

# One or two are names or quotations: "die", "no" and "la" are words of several languages.
_ENOUGH = 3
"""How many different function words make a language."""

# One search of a body of 8,000 characters takes 30 µs, the set of its characters 150.
_UNUSUAL = "[^\x00-\u024f\u2010-\u2027\u2030-\u2044\u20a0-\u20bf\u2190-\u23ff\u2500-\u27bf]"
"""A character beyond those of Latin scripts, dashes, quotation marks, currencies, arrows, signs and
boxes, none of which but the Latin ones is a letter.
"""


@cache
def _data() -> Any:
    return read_json("words/languages.json")


@cache
def _function_words(kind: str) -> dict[str, frozenset[bytes]]:
    # Bytes, because the bags of words are: to decode each word of a body takes longer than to find
    # them.
    return {name: frozenset(text.encode().split()) for name, text in _data()[kind].items()}


@cache
def _languages_of_words() -> dict[bytes, tuple[str, ...]]:
    """The languages of each function word: one look-up a word of a short text instead of one for
    each language.
    """
    found: dict[bytes, tuple[str, ...]] = {}
    for kind in ("read", "unread"):
        for name, words in _function_words(kind).items():
            for word in words:
                found[word] = (*found.get(word, ()), name)
    return found


@cache
def _unread() -> frozenset[bytes]:
    return frozenset().union(*_function_words("unread").values())


def read_in(words: Collection[bytes], text: str) -> frozenset[str]:
    """The languages with lists that a text is written in, English always: every text about
    software has English words.
    """
    bag = words if isinstance(words, set) else frozenset(words)
    found = {name for name, own in _function_words("read").items() if len(own & bag) >= _ENOUGH}
    if not text.isascii():
        chars = _beyond_latin(text)
        found |= {name for name, ends in _data()["scripts"].items() if _has(chars, ends)}
    return frozenset(found | {"en"})


def language_of(words: Collection[bytes], text: str, least: int = 1) -> str:
    """The language with lists that a short text is written in, by its script or by most of its
    function words, ``least`` of them; empty where they tell none or two, or one that no list
    covers.
    """
    if is_spaceless(text):
        return "ja" if _has(set(text), _data()["scripts"]["ja"]) else "zh"
    known = _languages_of_words()
    counts = Counter(name for word in words for name in known.get(word, ()))
    read = _function_words("read")
    likely = max(read, key=counts.__getitem__)
    most = counts.pop(likely, 0)
    if likely == "en":  # "was" and "in" are Dutch, too
        counts.update({name: count for name, count in counts.items() if name not in read})
    return likely if most >= least and most > max(counts.values(), default=0) else ""


def may_be_unread(bags: Iterable[Set[bytes]], text: str, read: Collection[str]) -> bool:
    """Whether one of some texts, whose words are ``bags`` and which are joined in ``text``, may be
    in a language that no list covers.
    """
    left = any(name not in read for name in _function_words("read"))
    return left or not text.isascii() or len(_unread() & set().union(*bags)) >= _ENOUGH


def unread(words: Collection[bytes], text: str, read: Collection[str]) -> str:
    """The language of a text that no list covers, the likeliest one; empty where one covers it.

    ``read`` are the languages whose lists are read: a team may have chosen some.
    """
    bag = words if isinstance(words, set) else frozenset(words)
    left = {name for name in _function_words("read") if name not in read}
    counts = {name: len(_function_words("read")[name] & bag) for name in left}
    # All unread languages at once first: most texts are in a language that is read, and this is one
    # intersection instead of one for each.
    if len(_unread() & bag) >= _ENOUGH:
        counts |= {name: len(own & bag) for name, own in _function_words("unread").items()}
    likely = max(counts, key=lambda name: (counts[name], name), default="")
    if likely and counts[likely] >= _ENOUGH:
        known = (own for name, own in _function_words("read").items() if name in read)
        covered = max((len(own & bag) for own in known), default=0)
        # More than the best that is read: Catalan shares function words with Spanish and French,
        # and a text that is covered must not be called unread.
        if counts[likely] > covered:
            return likely
    return "" if text.isascii() else _unread_script(text, read)


def _unread_script(text: str, read: Collection[str]) -> str:
    """The language of a script in which most letters of a text are written and no list is."""
    scripts = dict(_data()["unread_scripts"])
    scripts |= {name: ends for name, ends in _data()["scripts"].items() if name not in read}
    chars = _beyond_latin(text)
    for name, ends in scripts.items():
        own = {char for char in chars if ends[0] <= char <= ends[1]}
        # More than half, because an English text may quote a customer in Korean.
        if own and 2 * sum(map(text.count, own)) > sum(map(str.isalpha, text)):
            return str(name)
    return ""


def _beyond_latin(text: str) -> set[str]:
    """The different letters of other scripts: none where a text has quotation marks alone."""
    if not re.search(_UNUSUAL, text):
        return set()
    return {char for char in set(text) if char > "\u024f" and char.isalpha()}


def _has(chars: set[str], ends: str) -> bool:
    return any(ends[0] <= char <= ends[1] for char in chars)
