"""What a text names, and whether two texts differ only by a typing error (docs/spec/gate.md, 4).

1. What a demand names must stay: paths, tests, alerts, addresses, handles, numbers with units.
2. A typing error is the same number of words, at most two of them different, each of five letters
   or more, one letter changed, added, dropped or swapped behind the first, without a digit, and
   none of the closed list of words that turn a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from pmlint.model.ends import places
from pmlint.model.named_paths import slashed
from pmlint.model.references import numbers
from pmlint.model.resources import read_json
from pmlint.model.suggestions import one_letter_apart

_HANDLE = re.compile(r"(?<![\w.])@[\w.-]*\w(?:/[\w.-]*\w)?")
_ADDRESS = re.compile(r"\bhttps?://[^\s\"'<>)\]]+|(?<!\w)#[\w-]*[A-Za-z][\w-]*")
_IDENTIFIER = re.compile(
    r"(?<![\w./@-])(?:[a-z0-9]+(?:_[a-z0-9]+)+|[A-Z]\w*[a-z][A-Z]\w*)(?![\w/])"
)
# What has a digit counts, also where a full stop, a colon or '/day' follows: '3.' becomes '9.' as
# '30' becomes '90'.
_BARE_NUMBER = re.compile(r"(?<!\w)[-+.]?\w*\d\w*(?:[.,:/-]\w*\d\w*)*")
_LETTERS = 5
"""The fewest letters of a word that a typing error may stand in: 'now' and 'not' are two words."""
_TYPOS = 2


def names_of(text: object) -> frozenset[str]:
    """Everything that a text names and somebody else can look up; nothing of what is not a text."""
    if not isinstance(text, str):
        return frozenset()
    found = [*places(text), *slashed(text), *(number.casefold() for number in numbers(text))]
    for pattern in (_HANDLE, _ADDRESS, _IDENTIFIER):
        found += [match.rstrip(".,;:") for match in pattern.findall(text)]
    # '3 rescues' names a number with its unit; that it is 3 counts also where the unit moves away
    found += [match.casefold() for match in _BARE_NUMBER.findall(text)]
    return frozenset(found)


def places_of(text: object, exists: Callable[[str], bool]) -> tuple[str, ...]:
    """The places that a text names, where a fix can land: paths, test, eval and job ids, alert and
    rule ids, addresses; each once, in their order.

    ``exists`` tells 'src/app', a folder, from 'and/or', two words.
    """
    if not isinstance(text, str):
        return ()
    return (*places(text), *(path for path in slashed(text) if exists(path.strip("/"))))


def is_at(places: tuple[str, ...], path: str, content: bytes) -> bool:
    """Whether a file is at one of the places: it is the path, lies below the folder, has the test,
    alert or rule id as its name or in it.
    """
    return any(_is_one(place.strip("/"), path, content) for place in places)


def _is_one(place: str, path: str, content: bytes) -> bool:
    name = path.rpartition("/")[2]
    if path == place or path.startswith(f"{place}/") or name == place:
        return True
    if "/" in place:
        return False
    if place in (name.partition(".")[0], name.rpartition(".")[0]):
        return True
    word = re.escape(place.rpartition("::")[2].encode())
    return re.search(rb"(?<![\w-])" + word + rb"(?![\w-])", content) is not None


def lost_names(before: object, after: object) -> tuple[str, ...]:
    """What the old text names and the new one does not, in the order of the alphabet."""
    return tuple(sorted(names_of(before) - names_of(after)))


def same_words(before: object, after: object) -> bool:
    """Whether two texts say the same but for blanks, case and typing errors."""
    if not isinstance(before, str) or not isinstance(after, str):
        return before == after
    old, new = before.casefold().split(), after.casefold().split()
    if len(old) != len(new):
        return False
    differing = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    return len(differing) <= _TYPOS and all(_is_typing_error(*pair) for pair in differing)


def _is_typing_error(one: str, other: str) -> bool:
    if any(char.isdigit() for char in one + other):
        return False
    words = [word.strip(".,;:!?()'\"") for word in (one, other)]
    if any(len(word) < _LETTERS or word in _turning() for word in words):
        return False
    return one[0] == other[0] and one_letter_apart(one, other)


@cache
def _turning() -> frozenset[str]:
    return frozenset(word for words in read_json("turning.json").values() for word in words)
