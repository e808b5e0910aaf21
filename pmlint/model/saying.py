"""Whether a text says anything: the one predicate of every rule that asks for words.

A text *says something* when it has no placeholder, has two words, and is not made of empty words
alone; a *sentence* has six. In scripts without blanks it is four and twelve characters
(docs/spec/format.md, "Accepted is not empty"). The words are data by language, `schema/empty.json`.
Addresses, ids of trackers, comments, tags and pictures are not words: what they lead to may be
empty, and nobody reads it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

from pmlint.model.resources import read_json

WORDS, SENTENCE_WORDS = 2, 6
CHARACTERS, SENTENCE_CHARACTERS = 4, 12
"""The least of each in scripts without blanks."""
_REPEATED = 3
"""A phrase again and again is not a sentence: "The desk failed. The desk failed." has 3 words."""

STILL_HERE = "is still here"
"""How the message of a word of a template ends; what people read shows those of a file as one."""

_UNSPACED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that set no blanks between words: Thai, Lao, Burmese, Khmer, kana, Han."""
_CUES = ("TODO", "FIXME", "TBD", "XXX", "orem ipsum")
"""What every text with a placeholder holds at least one of."""
_SIGNS = ("<", "&", "](", "://", "#")
_TICKET = re.compile(r"-\d")
_NOT_WORDS = re.compile(
    r"<!--.*?(?:-->|\Z)"  # one that is not closed hides what follows (CommonMark, HTML blocks)
    r"|</?[A-Za-z][^<>]*>|&#?\w{1,30};"
    r"|\A\s*\[[^\[\]]*\]\([^()]*\)\s*\Z"  # nothing but a link, whatever its text promises
    r"|!\[[^\[\]]*\]\([^()]*\)|\]\([^()]*\)"  # a picture, and the address of a link
    r"|\b[a-z]{2,10}://\S+"
    r"|\b[A-Z][A-Z0-9]{1,9}(?:-\d+)+\b|(?<!\w)#\d+",  # OPS-4711, #12
    re.DOTALL,
)
_WORD = re.compile(r"[^\W_]+")
_FIRST = 16
"""So many words of a text tell of nearly every one that it says something."""


@cache
def _placeholders() -> tuple[str, ...]:
    return tuple(read_json("empty.json")["placeholders"])


@cache
def _empty() -> dict[str, tuple[tuple[str, ...], ...]]:
    """The empty words and phrases by their first word, the longest first."""
    data = read_json("empty.json")
    phrases: dict[str, set[tuple[str, ...]]] = {}
    promised = data["promised"]
    # "To be clarified" is as empty as "to be written": what is promised is not there yet.
    promises = [f"{one} {other}" for one in promised["before"] for other in promised["after"]]
    for texts in (*data["empty"].values(), *data["around"].values(), promises):
        for phrase in filter(None, map(words_of, texts)):
            phrases.setdefault(phrase[0], set()).add(phrase)
    return {first: tuple(sorted(found, key=len)[::-1]) for first, found in phrases.items()}


@cache
def _unspaced_phrases() -> re.Pattern[str]:
    """The empty words of scripts without blanks, which may follow one another in one word."""
    texts = [text for texts in read_json("empty.json")["empty"].values() for text in texts]
    found = sorted((text for text in texts if re.match(_UNSPACED, text)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, found)))


@cache
def known_words(*questions: str) -> frozenset[str]:
    """The words that the form itself has at a question, of the group ``known`` of the data: to
    repeat them answers nothing ("Incident" as a title, "the control failed" as a reason).
    """
    groups = read_json("empty.json")["known"]
    return frozenset(word for question in questions for word in groups[question])


# Rules ask for the same texts again and again, each compared with each: without what is remembered
# here and in `_own_words` a document takes 13% more instructions.
@lru_cache(maxsize=256)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded; signs are not words, and part them ("mail-desk" is two)."""
    return tuple(_WORD.findall(text.casefold()))


@lru_cache(maxsize=256)
def _first_words(text: str) -> tuple[str, ...]:
    """The first of the words of a text, without reading all of it."""
    return tuple(match[0] for match in islice(_WORD.finditer(text.casefold()), _FIRST))


@lru_cache(maxsize=256)
def _own_words(text: str) -> str:
    """A text without comments, tags, addresses and ids, which say nothing by themselves."""
    # The pattern goes through a text sign by sign, and few have one of these: without this look a
    # document takes 12% more instructions.
    if not (any(map(text.__contains__, _SIGNS)) or _TICKET.search(text)):
        return text
    return _NOT_WORDS.sub(" ", text)


def may_hold_placeholder(text: str) -> bool:
    """Whether a text may have words of a template, found as fast as a text is copied."""
    return any(map(text.__contains__, _CUES))


def placeholders(text: str) -> Iterator[tuple[int, int]]:
    """Where words of a template are in a text: start and end, from 0, in code points."""
    if not may_hold_placeholder(text):
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
    return may_hold_placeholder(text) and next(placeholders(text), None) is not None


def is_hollow(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a text has nothing but signs, numbers and words that say nothing (``n/a``, ``see
    OPS-12``), or that its reader knows before: ``known``, in lower case.
    """
    return names_nothing(_own_words(text), known)


def names_nothing(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a name is none (``-``, ``n/a``): as `is_hollow`, but GPT-4 is a name here and not the
    id of a tracker.
    """
    first = _first_words(text)
    # A section of the body says something by its first words; to take all of it apart, here and in
    # `is_same`, is 5% of the instructions of a document. A phrase may go on behind them.
    if len(first) == _FIRST and _has_content(first, _FIRST - _longest_phrase(), known):
        return False
    words = words_of(text)
    return not _has_content(words, len(words), known)


def _has_content(words: tuple[str, ...], end: int, known: frozenset[str]) -> bool:
    """Whether one of the words before ``end`` says something, neither ``known`` nor in a phrase
    that says nothing.
    """
    at = 0
    while at < end:
        length = _empty_length(words, at)
        if not length and words[at] not in known and _is_content(words[at]):
            return True
        at += length or 1
    return False


@cache
def _longest_phrase() -> int:
    """The words of the longest empty phrase."""
    return max(len(phrase) for phrases in _empty().values() for phrase in phrases)


def _empty_length(words: tuple[str, ...], at: int) -> int:
    """How many words from ``at`` on are an empty phrase, the longest that there is."""
    for phrase in _empty().get(words[at], ()):
        if words[at : at + len(phrase)] == phrase:
            return len(phrase)
    return 0


def _is_content(word: str) -> bool:
    """Whether a word may say something: not a number, nor one of the letters from a to z."""
    # Asked first: the pattern of these scripts takes 3% of the run over one file to compile.
    if not word.isascii() and re.search(_UNSPACED, word):
        return bool(_unspaced_phrases().sub("", word))
    return not word.isdigit() and (len(word) > 1 or not word.isascii())


def is_same(text: str, other: str) -> bool:
    """Whether two texts have the same words; case and signs do not count."""
    if _first_words(text) != _first_words(other):
        return False
    words = words_of(text)
    return bool(words) and words == words_of(other)


def says_something(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a text says something: two words, and not only empty or ``known`` ones."""
    return _is_said(text, known) and _is_long(text, WORDS, CHARACTERS)


def is_sentence(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a text is as long as a sentence, and says something."""
    return _is_said(text, known) and _is_long(text, SENTENCE_WORDS, SENTENCE_CHARACTERS)


def _is_said(text: str, known: frozenset[str] = frozenset()) -> bool:
    return not is_hollow(text, known) and not has_placeholder(text)


def _is_long(text: str, words: int, characters: int) -> bool:
    text = _own_words(text)
    found = list(filter(_WORD.search, text.split()))
    # the same word again and again is not a sentence: "x x x x x x"
    least = WORDS if words < SENTENCE_WORDS else _REPEATED + 1
    if len(found) >= words and len(set(words_of(text))) >= least:
        return True
    return len(re.findall(_UNSPACED, text)) >= characters
