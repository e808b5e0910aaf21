"""The word lists: groups of terms, found by a set of cues first and then by phrases keyed by their first token.

A term is a phrase in lower case. ``a|b`` is one of two words, ``word~`` a regular verb with its endings, ``word?`` may be left
out, ``...`` stands for up to five words of the same clause, ``@name`` for a word of the language's class of that name (``@name's``
its genitive), ``!a|b`` says that no such word follows, ``^`` that the phrase leads its statement (``^^``: with no "we will" before
it) and ``$`` that it ends a sentence. A term begins with a word.

A group's cues are words of which every text with one of its terms holds at least one: a text without them is not read any further,
and terms are parsed when a cue is first met. `cue_words` and the tests hold the cues to the terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from pmlint.shipped import read_json
from pmlint.words.text import BREAK, END, Words

LANGUAGES = ("en", "de", "es")
"""The languages that ship, all read unless a team chooses."""
_GAP = 5
_TABLE = bytes(byte if byte >= 128 or chr(byte).isalnum() else 32 for byte in range(256))


class Match(NamedTuple):
    """Tokens ``first`` to ``last`` (exclusive) of a text that are a term of a group."""

    first: int
    last: int
    group: Group


class Group:
    """Terms of one list that share a reason (a predicate: "asks people to remember"), a rewrite, and the lists that silence them."""

    def __init__(self, list: str, language: str, data: Mapping[str, Any]) -> None:
        self.list = list
        self.reason: str = data["reason"]
        self.replacement: str = data["replacement"]
        self.unless: tuple[str, ...] = tuple(data.get("unless", ()))
        self.terms: tuple[str, ...] = tuple(data["terms"])
        self._language = language
        self._cues: str | None = data.get("cues")
        self._index: dict[str, _Patterns] = {}

    @property
    def cues(self) -> Iterable[bytes]:
        """The words without which no term can be there."""
        parser = parser_of(self._language)
        words = (
            self._cues.split() if self._cues is not None else [cue for term in self.terms for cue in cue_words(parser.parse(term)[1][0])]
        )
        return [word.encode() for word in words]

    def matches(self, words: Words) -> list[Match]:
        """The terms in a text, in its order; of terms that begin alike the longest."""
        if not self._index:
            parser = parser_of(self._language)
            for term in self.terms:
                leads, parts = parser.parse(term)
                for word in parts[0][1]:
                    self._index.setdefault(word, []).append((leads, parts[1:]))
        found: list[Match] = []
        for start, token in enumerate(words.tokens):
            for leads, parts in self._index.get(token, ()):
                end = _end(parts, words.tokens, start + 1)
                if end >= 0 and (not leads or start in (words.leads if leads == 1 else words.starts)):
                    _keep(found, Match(start, end, self))
        return found


class Lexicon:
    """The groups that apply: of the chosen languages, with a team's own terms and without those that it removed."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._groups: dict[str, list[Group]] = {}
        for language in settings.get("languages", LANGUAGES):
            for name, entries in read_json(f"words/{language}.json")["lists"].items():
                self._groups.setdefault(name, []).extend(Group(name, language, entry) for entry in entries)
        for name, terms in settings.get("add", {}).items():
            own = {
                "terms": [term.lower() for term in terms],
                "reason": "is on your team's list",
                "replacement": "say what changes, and where",
            }
            self._groups.setdefault(name, []).append(Group(name, "en", own))
        self._removed = {
            name: [f" {form} " for term in terms for form in _forms(term)] for name, terms in settings.get("remove", {}).items()
        }
        self._by_cue: dict[tuple[str, ...], dict[bytes, list[Group]]] = {}

    def likely(self, text: str, lists: tuple[str, ...]) -> list[Group]:
        """The groups of the lists that may have a term in a text, judged by the words that stand in it alone."""
        by_cue = self._cues(lists)
        plain = text.lower().replace("’", "'").replace("—", " ").replace("–", " ")
        met = by_cue.keys() & set(plain.encode().translate(_TABLE).split())
        return list(dict.fromkeys(group for cue in sorted(met) for group in by_cue[cue])) if met else []

    def groups(self, name: str) -> list[Group]:
        """The groups of a list."""
        return self._groups.get(name, [])

    def matches(self, words: Words, groups: Iterable[Group]) -> dict[str, list[Match]]:
        """The terms of some groups in a text, by list, in the order of the text."""
        found: dict[str, list[Match]] = {}
        for group in groups:
            here = [match for match in group.matches(words) if not self._is_removed(match, words)]
            if here:
                found[group.list] = sorted([*found.get(group.list, ()), *here], key=lambda match: (match.first, -match.last))
        return found

    def _cues(self, lists: tuple[str, ...]) -> dict[bytes, list[Group]]:
        if lists not in self._by_cue:
            by_cue = self._by_cue[lists] = {}
            for group in (group for name in lists for group in self.groups(name)):
                for cue in group.cues:
                    by_cue.setdefault(cue, []).append(group)
        return self._by_cue[lists]

    def _is_removed(self, match: Match, words: Words) -> bool:
        removed = self._removed.get(match.group.list, ())
        return bool(removed) and any(term in f" {' '.join(words.tokens[match.first : match.last])} " for term in removed)


def lexicon(settings: Mapping[str, Any]) -> Lexicon:
    """The lexicon of a configuration's ``words``, built once for each."""
    return _lexicon(json.dumps(dict(settings), sort_keys=True) if settings else "{}")


@lru_cache(maxsize=8)
def _lexicon(settings: str) -> Lexicon:
    return Lexicon(json.loads(settings))


Part = tuple[str, frozenset[str]]
"""A kind (``word``, ``maybe``, ``not``, ``gap`` or ``end``) and the words that it is about."""
_Patterns = list[tuple[int, tuple[Part, ...]]]


@cache
def parser_of(language: str) -> Parser:
    """The parser of a language's terms."""
    return Parser(read_json(f"words/{language}.json").get("classes", {}))


class Parser:
    """Terms of one language, whose classes are words that stand for each other."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._parts: dict[str, Part] = {"...": ("gap", frozenset()), "$": ("end", frozenset())}

    def parse(self, term: str) -> tuple[int, tuple[Part, ...]]:
        """How many ``^`` a term has, and its parts."""
        bare = term.lstrip("^")
        return len(term) - len(bare), tuple(self._parts.get(piece) or self._part(piece) for piece in bare.split())

    def _part(self, piece: str) -> Part:
        kind = "not" if piece[0] == "!" else "maybe" if piece[-1] == "?" and len(piece) > 1 else "word"
        bare = piece[1:] if kind == "not" else piece[:-1] if kind == "maybe" else piece
        self._parts[piece] = (kind, frozenset(self._words(bare.split("|"))))
        return self._parts[piece]

    def _words(self, names: list[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            if name[:1] == "@":
                base = name[1:].removesuffix("'s")
                found += (f"{word}{name[1 + len(base) :]}" for word in self._words(self._classes[base].split()))
            elif name[-1:] == "~":
                found += forms(name[:-1])
            else:
                found.append(name)
        return found


def cue_words(part: Part) -> list[str]:
    """The cues by which a part of a term is found: of each of its words the longest run of letters and digits."""
    runs = ["".join(char if char.isalnum() else " " for char in word).split() for word in sorted(part[1])]
    return [max(run, key=len) for run in runs if run]


def forms(verb: str) -> tuple[str, ...]:
    """A regular English verb with its endings; verbs that double a letter are not regular here.

    >>> forms("improve")
    ('improve', 'improves', 'improved', 'improving')
    """
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb if verb.endswith('ee') else verb[:-1]}ing"
    if verb.endswith("y") and verb[-2:-1] not in tuple("aeou"):
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    plural = "es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s"
    return verb, f"{verb}{plural}", f"{verb}ed", f"{verb}ing"


def _forms(term: str) -> tuple[str, ...]:
    """A term as a team writes it to remove it: itself, and as a verb with its endings."""
    return forms(term.lower())


def _keep(known: list[Match], match: Match) -> None:
    """Add a match, unless a longer one begins at the same token."""
    if known and known[-1].first == match.first:
        if known[-1].last >= match.last:
            return
        known.pop()
    known.append(match)


def _end(parts: tuple[Part, ...], tokens: list[str], index: int) -> int:
    """Where a pattern ends that goes on at ``index``; -1 where it does not match."""
    for number, (kind, words) in enumerate(parts):
        if kind == "gap":
            return _after_gap(parts[number + 1 :], tokens, index)
        token = tokens[index] if index < len(tokens) else "."
        inside = index < len(tokens) and token in words
        if kind == "word":
            if not inside:
                return -1
            index += 1
        elif kind == "maybe":
            index += inside
        elif inside if kind == "not" else token not in END:
            return -1
    return index


def _after_gap(parts: tuple[Part, ...], tokens: list[str], index: int) -> int:
    for step in range(index, index + _GAP + 1):
        end = _end(parts, tokens, step)
        if end >= 0 or step >= len(tokens) or tokens[step][0] in BREAK:
            return end
    return -1
