"""The words and shapes by which a ``done_when`` is read (`schema/words/ends.json`): patterns,
closed classes of words in all languages, and the clauses that they are asked of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any

from pmlint.model.resources import read_json

_PATTERNS = {
    "path": r"(?<![\w.@{}*$~+/-])(?:/?[\w.@{}*$~+-]+(?:/[\w.@{}*$~+-]+)+/?(?:::[\w\[\]:-]+)?"
    r"|[\w.@{}*$~+-]+/(?!\w)|\.?[^\W.-]\w*(?:[.-]\w+)*\.[a-zA-Z]\w{0,9}(?:::[\w\[\]:-]+)?"
    r"|\.[a-z]{3,}\b|[A-Z]\w+)",
    "address": r"\b[a-zA-Z][a-zA-Z+.-]{1,15}://[^\s<>\"'`)\]]+",
    "test": r"\btest_\w+|\b\w+::\w[\w:]*|\b\w+_test\b|\bTest[A-Z]\w+|\b[A-Z]\w*Test\b",
    "runner": r"\b(?:pytest|jest|vitest|rspec|tox|nox|promptfoo"
    r"|(?:go|cargo|npm|npm run|mix) test)\s+\S|\b(?:npm|yarn|pnpm|bun)(?: run)? test:\S",
    "store": r"\b(?!https?:)[a-z][a-z\d+.-]{1,15}://[^\s<>\"'`)\]]+",
    # "Im Prompt steht, dass ..." is one clause: what follows is what the prompt says
    "clause": r"[;。；，、]|,(?=\s)(?!\s(?:dass|daß|that|que|ob)\s)|\.(?=\s|$)|\s[–—-]\s",
    "number": r"(?<![\w.#/-])(?<![\d.,],)(?:[<>=≤≥]\s*)?\d[\d.,:]*\s*(?:%|‰|/?[^\W\d_]+)"
    r"|[€$£¥]\s?\d",
    "date": r"\b\d{4}-\d\d(?:-\d\d)?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"
    r"|\d{1,2} ?月 ?\d{1,2} ?日",
    "landing": r"(?:\b(?:PR|MR|pull request|merge request|issue|commit)s?\s*)?[#!]\d+\b"
    r"|\b(?:PR|MR|build|[vV]ersion|v|commit|pull request|merge request)\s?\d[\w.]*"
    r"|(?<![\w.])\d+\.\d+\.\d+(?![\w.]\w)"  # a version; an address has four parts
    r"|\b[A-Z][A-Z\d]+-\d+\b|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b",
    "setting": r"(?<![\w.-])[a-zA-Z]\w*(?:[._-]\w+)*[\"'`]?\s*[=:]\s*[\"'`]?(?:-?\d|\[|[a-z][\w-]+)"
    r"|(?<!\S)--[a-z][\w-]* \d"
    r"|(?<![\w.])(?=\w*[._])\w+(?:\.\w+)* (?:is|:=) (?:-?\d|true\b|false\b|[\"'`])",
    "key": r"`[^`\s]+`|\b[^\W_]+_\w+|(?<![\w.])[a-z]\w*(?:\.[a-z]\w*)+\b|\b[a-z]+[A-Z]\w*"
    r"|\b[A-Z]\w*-[A-Z][\w-]*",
    "code": r"(?<![\w.#!])(?<!PR )(?<!MR )\b4\d\d\b|\b503\b",
    # German puts the verb first and "not" last; the bound keeps the expression linear
    "negated": r"(?i:\b(?:erreich(?:t|en)|startet|starten|beginnt|findet|öffnet)\b.{0,60}?"
    r"\b(?:nicht|kein\w{0,2})\b)",
    "rate": r"(?i:\d(?:\.|e|th|st|nd|rd|º|ª)?\s(?P<counted>(?:[^\W\d]+\s){0,2})"
    r"(?:in|within|per|je|pro|en|por|par|em)\s(?:(?:an?|one|einer|eine|une?|uma?)\s)?"
    r"(?:second|minute?|hour|day|run|sekunde|stunde|tag|lauf|segundo|minuto|hora|día|dia|ejecución"
    r"|execução|seconde|heure|jour|exécution)s?\b)",
    "handle": r"(?<![\w.])@[\w-]+(?:/[\w-]+)?",
    "receiver": r"(?<![\w.])[@#][a-zA-Z][\w/-]*|(?<!\w)[\w.+-]{1,64}@[\w-]{1,64}\.[a-zA-Z]{2}",
    "name": r"`[^`\s]+`|(?<![\w.-])\w+(?:[-.]\w+)+|\b[^\W_]+_\w+",
    "token": r"\w+(?:['’.-]\w+)*|[<>≤≥%]",
}
_CUES = {
    "address": ("://",),
    "store": ("://",),
    "test": ("test", "Test", "::"),
    "runner": ("pytest", "jest", "vitest", "rspec", "tox", "nox", "promptfoo", " test ", " test:"),
    "negated": ("nicht", "kein"),
    "rate": (" in ", " within ", " per ", " je ", " pro ", " en ", " por ", " par ", " em "),
    "setting": ("=", ":", " is ", "--"),
    "handle": ("@",),
    "receiver": ("@", "#"),
    "code": ("40", "41", "42", "43", "44", "45", "46", "47", "48", "49", "503"),
}
"""What each text with such a thing holds one of: looking for it first takes a tenth of the time,
and a pattern that no text asks for is not compiled.
"""
HEAD = 3
"""The length of the shortest beginning of a word in the data; a test holds it."""
DIGITS = frozenset("0123456789")
_NONE: frozenset[str] = frozenset()
SQL = re.compile(r"\bselect\b.+\bfrom\b", re.IGNORECASE)


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern, compiled when a text first asks for it: a start without an action pays nothing."""
    return re.compile(_PATTERNS[name])


def search(name: str, text: str) -> re.Match[str] | None:
    """The first match of a pattern of `_CUES` in a text."""
    return pattern(name).search(text) if any(map(text.__contains__, _CUES[name])) else None


def is_kana_or_han(char: str) -> bool:
    """Whether a letter is of a script that puts no blank between words: kana and Han."""
    return "぀" <= char <= "鿿" or "豈" <= char <= "﫿"


def has_kana_or_han(text: str) -> bool:
    # by its last letter first: a dash or a currency alone takes 20 µs less
    return not text.isascii() and max(text) >= "぀" and any(map(is_kana_or_han, text))


def spaced(text: str) -> str:
    """A text with blanks where a run of kana or Han begins and ends, so that a path or a number
    that touches one ends there. (Character classes of these ranges take 11 ms to compile.)
    """
    if not has_kana_or_han(text):
        return text
    pieces: list[str] = []
    inside = False
    for char in text:
        if is_kana_or_han(char) != inside:
            inside = not inside
            pieces.append(" ")
        pieces.append(char)
    return "".join(pieces)


class WordClass:
    """Words and phrases of one closed class in all languages that ship.

    An entry is a word, a phrase of words (which are left to `_Index`), or with ``*`` at its end the
    beginning of a word; in scripts without blanks it is found anywhere.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        single = [one for one in entries if " " not in one]
        self._spaceless = tuple(one for one in single if is_kana_or_han(one[-1]))
        self._begins = self._spaceless + tuple(one[:-1] for one in single if one.endswith("*"))
        self._words = frozenset(single)

    def word(self, token: str) -> bool:
        """Whether one word is of the class; in scripts without blanks, whether it begins so."""
        return token in self._words or token.startswith(self._begins)

    def spaceless(self, clause: Clause) -> bool:
        """Whether a word of a script without blanks is in a clause."""
        return clause.is_spaceless and any(word in clause.bare for word in self._spaceless)


_Names = frozenset[str]
"""Names of classes."""


class _Index:
    """All classes at once, so that a clause is gone through once and not class by class (a third of
    the time): words, beginnings of words by their head, phrases by their first word, and words of
    scripts without blanks, each with the names of its classes.
    """

    def __init__(self, classes: Mapping[str, Mapping[str, str]]) -> None:
        self._words: dict[str, _Names] = {}
        for name, texts in classes.items():
            own = frozenset((name,))
            for entry in map(str.strip, "|".join(texts.values()).split("|")):
                known = self._words.get(entry)
                self._words[entry] = own if known is None else known | own
        self._starts: dict[str, list[tuple[str, _Names]]] = {}
        self._phrases: dict[str, list[tuple[str, _Names]]] = {}
        self._spaceless: list[tuple[str, _Names]] = []
        for entry, names in self._words.items():
            if not entry.isascii() and is_kana_or_han(entry[-1]):
                self._spaceless.append((entry, names))
            elif " " in entry:
                phrase = f" {entry} ".replace("* ", "")
                self._phrases.setdefault(entry.partition(" ")[0], []).append((phrase, names))
            elif entry[-1] == "*":
                self._starts.setdefault(entry[:HEAD], []).append((entry[:-1], names))

    def of(self, clause: Clause) -> set[str]:
        """The names of the classes of which a clause holds a word."""
        found: set[str] = set()
        # Each word once: its phrases are sought in the whole clause, and with "@a" 8,000 times that
        # took the square of its length.
        for token in set(clause.tokens):
            found |= self._words.get(token, _NONE)
            for start, names in self._starts.get(token[:HEAD], ()):
                if token.startswith(start):
                    found |= names
            for phrase, names in self._phrases.get(token, ()):
                if phrase in clause.plain:
                    found |= names
        if clause.is_spaceless:
            found.update(*(names for word, names in self._spaceless if word in clause.bare))
        return found


@cache
def ends_data() -> Any:
    return read_json("words/ends.json")


@cache
def word_class(name: str) -> WordClass:
    """A class of the data, over all languages: a done_when may be written in another language than
    the rest of its document.
    """
    texts: Iterable[str] = ends_data()["words"][name].values()
    return WordClass(entry.strip() for text in texts for entry in text.split("|"))


@cache
def index_of_classes() -> _Index:
    return _Index(ends_data()["words"])


@cache
def words_of(*names: str) -> frozenset[str]:
    data = ends_data()
    for name in names:
        data = data[name]
    return frozenset(data.split())


def has_word(name: str, clause: Clause) -> bool:
    """Whether a clause holds a word of a class."""
    return name in clause.classes


class Clause:
    """A clause of a ``done_when``: its text with a mark for each path, since the words of a path
    say nothing (``agents/`` is a folder and no model), its words in lower case, and the paths.
    """

    def __init__(self, bare: str, paths: tuple[str, ...]) -> None:
        self.bare = bare
        self.paths = paths

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The words in lower case."""
        return tuple(pattern("token").findall(self.bare.lower().replace("’", "'")))

    @cached_property
    def classes(self) -> set[str]:
        """The names of the classes of which it holds a word."""
        return index_of_classes().of(self)

    @cached_property
    def dateless(self) -> str:
        """The text without its dates."""
        return pattern("date").sub(" ", self.bare)

    @cached_property
    def undated(self) -> str:
        """The text without what says when something landed: dates, tickets, versions."""
        return pattern("landing").sub(" ", self.dateless)

    @cached_property
    def plain(self) -> str:
        """The words with one blank around each."""
        return f" {' '.join(self.tokens)} "

    @cached_property
    def is_spaceless(self) -> bool:
        """Whether there are words of a script that puts no blank between them."""
        return has_kana_or_han(self.bare)

    @property
    def is_long(self) -> bool:
        """Whether there are words beside a name: in scripts without blanks one run may be many."""
        return len(self.tokens) >= 3 or self.is_spaceless
