"""What somebody is called, and the forms in which that is written.

- A handle, and the part of a mail address before its sign where that says who it is.
- A name: its words in their order or with the last one first, with blanks or the signs of a slug
  between them; in one word only inside a path, where it can be no other word.
- A name in letters without capitals, also inside a word: Japanese and Korean put particles behind a
  name, Arabic puts prepositions before it, and Han needs no blank within.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from pmlint.report.reading import fold, words_of

_BETWEEN = r"[\s.,_-]{1,3}"
"""What is written between the words of a name."""
_UNBROKEN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Letters of Han, kana and Hangul (which `fold` takes apart), where two are a name."""


class Form(Enum):
    """How something that a person is called has to be found."""

    HANDLE = "behind a sign, or in a path"
    NAME = "as a word"
    JOINED = "in a path"
    ID = "as a word, of a document"


class CalledForm(NamedTuple):
    """A form and the letters that it begins with: ``key`` is what the person is known by."""

    first: str
    key: str
    pattern: re.Pattern[str]
    form: Form


def key_of(called: str) -> str:
    """A handle, name or address as `fold` has it, without its sign and with single blanks."""
    return " ".join(fold(called).split()).lstrip("@ ")


def local_part(mail: str, name: str) -> str:
    """The part of a mail address before its sign; empty where it may be any word: ``info``."""
    local, _, _ = key_of(mail).partition("@")
    says_who = re.search(r"[\d._+-]", local) or any(
        len(word) > 2 and word in local for word in key_of(name).split()
    )
    return local if says_who else ""


def handle_form(key: str) -> Iterator[CalledForm]:
    """A handle; its blanks may be several."""
    yield from _form(key, re.escape(key).replace(r"\ ", " +"), Form.HANDLE)


def id_form(key: str) -> Iterator[CalledForm]:
    """The id of a document that has somebody's handle in it."""
    yield from _form(key, re.escape(key), Form.ID)


def name_forms(key: str) -> Iterator[CalledForm]:
    """The forms of a name in letters with capitals."""
    for words in _orders(key):
        yield from _form(key, _BETWEEN.join(map(re.escape, words)), Form.NAME)
        if len(words) > 1:
            yield from _form(key, re.escape("".join(words)), Form.JOINED)


def unbroken_form(key: str) -> re.Pattern[str] | None:
    """The form of a name that is found inside words, too; None for one that is not."""
    words = key.split()
    has_capitals = key.upper() != key.lower()
    enough = len(_UNBROKEN.findall(key)) > 1 or len(words) > 1
    if has_capitals or not enough:
        return None
    orders = (r"[\s·・]*".join(map(re.escape, order)) for order in _orders(key))
    return re.compile("|".join(orders))


def _orders(key: str) -> list[list[str]]:
    words = key.split()
    return [words, [words[-1], *words[:-1]]] if len(words) > 1 else [words]


def _form(key: str, pattern: str, form: Form) -> Iterator[CalledForm]:
    plain = re.compile(pattern)
    # Found by its first word: to try each pattern at each letter took minutes.
    word = next(words_of(pattern.replace("\\", "")), None)
    if word is not None and word.start() == 0:
        yield CalledForm(word[0], key, plain, form)
