"""Which known name a wrong one may have meant; where many are asked about, the work of one `Names`
is bounded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import Literal

ALIKE = 0.66
"""How alike a suggestion is: at 0.6 'reviewer' was told that it may mean 'evidence'."""
ALIKE_VALUE = 0.7
"""The same for a value of a closed list, which must begin alike, too: at 0.66 'persona' was told
that it may mean 'permissions', and 'mitigation' is 0.78 alike to 'investigation'.
"""
FEW = 40
"""Of so many names, each is compared with a wrong one."""
THOROUGH = 10_000
"""So many comparisons are spent on comparing wrong names with every name."""
ROOM = 30_000
"""So many comparisons are made at most; for further names nothing is suggested."""
LONGEST = 200
"""The most characters of a wrong name for which one is sought."""
_SIDE_BY_SIDE = str.maketrans(dict.fromkeys("/,;|&+()[]", " "))


def nearest(name: str, known: Iterable[str], alike: float = ALIKE) -> str:
    """``did you mean 'accepted'?``, or nothing where no known name is so near."""
    from difflib import get_close_matches

    names = list(known)
    # 'f1' is half as long as it would have to be to be like 'F1' to difflib.
    same = [other for other in names if other.casefold() == name.casefold() and other != name]
    found = same or get_close_matches(name, names, 1, alike)
    return did_you_mean(found[0]) if found else ""


@cache
def _other_words(kind: Literal["fields", "values"]) -> dict[str, tuple[str, ...]]:
    """The words that mean one of ours and are too far from it to be a slip of the pen, each with
    what it may mean: what other tools and languages call a field or a value of a closed list.
    """
    from pmlint.model.resources import read_json  # only where something is wrong

    data = read_json("other_words.json")[kind]
    groups = data.values() if kind == "values" else (data,)
    meanings: dict[str, list[str]] = {}
    for group in groups:
        for name, words in group.items():
            for word in words:
                meanings.setdefault(_plain(word), []).append(name)
    return {word: tuple(names) for word, names in meanings.items()}


def _plain(word: str) -> str:
    """A word without case, and with one character for the signs between its parts."""
    return word.strip().casefold().replace("-", "_").replace(" ", "_")


def meant_value(word: str, known: Iterable[str]) -> str:
    """``did you mean 'accepted'?`` for a value of a closed list, by its spelling or, as in
    'approved', by its meaning; empty where neither is near.
    """
    values = list(known)
    folded = _plain(word)
    same = [value for value in values if _plain(value) == folded]
    # Before the spelling: 'doing' is nearer to 'done' than to what it means.
    means = [other for other in _other_words("values").get(folded, ()) if other in values]
    # 'restart' is far from 'restart-gate' in letters, and is its beginning.
    begun = [value for value in values if _plain(value).startswith(f"{folded}_")]
    # 'opne' is as far from 'open' to difflib as 'person' from 'permissions'.
    slips = [value for value in values if one_letter_apart(_plain(value), folded)]
    found = same or means or (begun if len(begun) == 1 else slips)
    if found:
        return did_you_mean(found[0])
    return nearest(word, [one for one in values if one[:1] == folded[:1]], ALIKE_VALUE)


def named_values(text: str, known: Iterable[str]) -> list[str]:
    """The values of a closed list that a text names side by side: 'alert/permissions', 'alert and
    permissions'. Which of them was meant, only its author knows.
    """
    values = {_plain(value): value for value in known}
    words = text.translate(_SIDE_BY_SIDE).split()
    return list(dict.fromkeys(values[_plain(one)] for one in words if _plain(one) in values))


def meant_field(key: str, known: Iterable[str]) -> str:
    """The field that a key was meant for, by its spelling or by its meaning; empty where none is
    near.
    """
    from difflib import get_close_matches

    fields = list(known)
    folded = _plain(key)
    for other in _other_words("fields").get(folded, ()):
        if other in fields:
            return other
    for written in (key, folded):
        for found in get_close_matches(written, fields, 1, ALIKE):
            return found
    return ""


def did_you_mean(name: str) -> str:
    """How a name is suggested."""
    return f"did you mean '{name}'?"


def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter changed, added, dropped or swapped with its neighbour makes one text the
    other; also where they are the same.
    """
    short, long = sorted((one, other), key=len)
    start = next((at for at in range(len(short)) if short[at] != long[at]), len(short))
    if len(long) - len(short) == 1:
        return short[start:] == long[start + 1 :]
    if len(long) != len(short):
        return False
    swapped = short[start : start + 2][::-1] == long[start : start + 2]
    return short[start + 1 :] == long[start + 1 :] or (
        swapped and short[start + 2 :] == long[start + 2 :]
    )


class Names:
    """Names that exist. Where many are asked about, the nearest to another is sought among its
    neighbours from the front and the back.

    What is suggested depends on the questions before it, so each document, or the run, has a
    `Names` of its own.
    """

    def __init__(self, names: Iterable[str], thorough: int = THOROUGH) -> None:
        self._names = list(names)
        self._thorough = thorough
        self._room = ROOM
        self._orders: tuple[list[str], list[str]] = ([], [])
        self._found: dict[str, str] = {}

    def near(self, name: str) -> str:
        """The name that was meant, as a question; empty where none is near."""
        if name not in self._found:
            self._found[name] = self._sought(name)
        return self._found[name]

    def _sought(self, name: str) -> str:
        # difflib compares with each name, 7 us apiece, and a hostile document names thousands that
        # nobody knows (docs/hostile-input.md, 'unknown people').
        if len(name) > LONGEST or self._room <= 0:
            return ""
        every = len(self._names) <= max(FEW, self._thorough)
        some = self._names if every else self._neighbours(name)
        self._room -= len(some)
        self._thorough -= len(some)
        return nearest(name, some)

    def _neighbours(self, name: str) -> list[str]:
        if not self._orders[0]:
            self._orders = sorted(self._names), sorted(known[::-1] for known in self._names)
        # A slip of the pen leaves the beginning or the end of a name as it was.
        front, back = (
            order[max(0, (at := bisect_left(order, text)) - FEW // 8) : at + FEW // 8]
            for order, text in zip(self._orders, (name, name[::-1]), strict=True)
        )
        return list(dict.fromkeys((*front, *(known[::-1] for known in back))))
