"""The word lists: phrases keyed by their first token, read once, with what a team adds and removes.

A term is a phrase in lower case. ``a|b`` is one of two words, ``word~`` a regular verb with its endings, ``word?`` may be left
out, ``...`` stands for up to five words of the same clause, ``@name`` for a word of the language's class of that name (``@name's``
its genitive), ``!a|b`` says that no such word follows, ``^`` that the phrase leads its statement (``^^``: with no "we will" before
it) and ``$`` that it ends a sentence. A term begins with a word.
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


class Group(NamedTuple):
    """Terms of one list that share a reason (a predicate: "asks people to remember"), a rewrite, and the lists that silence them."""

    list: str
    reason: str
    replacement: str
    unless: tuple[str, ...] = ()


class Match(NamedTuple):
    """Tokens ``first`` to ``last`` (exclusive) of a text that are a term of a group."""

    first: int
    last: int
    group: Group


class _Part(NamedTuple):
    kind: str
    words: frozenset[str] = frozenset()


class _Pattern(NamedTuple):
    group: Group
    leads: int
    parts: tuple[_Part, ...]
    second: frozenset[str] | None
    """The words that may stand second, None where that can't be told at a glance."""


_Index = dict[str, list[_Pattern]]


class Lexicon:
    """The terms that apply: of the chosen languages, with a team's own and without those that it removed."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._languages = tuple(settings.get("languages", LANGUAGES))
        self._own: Mapping[str, list[str]] = settings.get("add", {})
        removed: Mapping[str, list[str]] = settings.get("remove", {})
        self._removed = {name: [f" {form} " for term in terms for form in _forms(term.lower())] for name, terms in removed.items()}
        self._indices: dict[tuple[str, ...], _Index] = {}

    def matches(self, words: Words, lists: tuple[str, ...]) -> dict[str, list[Match]]:
        """Every term of the lists in a text, by list, in the order of the text; of terms that begin alike the longest."""
        tokens, index = words.tokens, self._index(lists)
        found: dict[str, list[Match]] = {}
        for start, token in enumerate(tokens):
            patterns = index.get(token)
            if patterns is None:
                continue
            following = tokens[start + 1] if start + 1 < len(tokens) else "."
            for pattern in patterns:
                if pattern.second is not None and following not in pattern.second:
                    continue
                if pattern.leads and start not in (words.leads if pattern.leads == 1 else words.starts):
                    continue
                end = _end(pattern.parts, tokens, start + 1)
                if end >= 0 and not self._is_removed(pattern.group.list, tokens[start:end]):
                    _keep(found.setdefault(pattern.group.list, []), Match(start, end, pattern.group))
        return found

    def _index(self, lists: tuple[str, ...]) -> _Index:
        if lists not in self._indices:
            index: _Index = {}
            for language in self._languages:
                _add_terms(index, language, lists)
            for name in lists:
                _add(index, _parser("en"), Group(name, "is on your team's list", "say what changes, and where"), self._own.get(name, ()))
            self._indices[lists] = index
        return self._indices[lists]

    def _is_removed(self, name: str, tokens: list[str]) -> bool:
        return name in self._removed and any(term in f" {' '.join(tokens)} " for term in self._removed[name])


def lexicon(settings: Mapping[str, Any]) -> Lexicon:
    """The lexicon of a configuration's ``words``, built once for each."""
    return _lexicon(json.dumps(dict(settings), sort_keys=True) if settings else "{}")


@lru_cache(maxsize=8)
def _lexicon(settings: str) -> Lexicon:
    return Lexicon(json.loads(settings))


def _keep(known: list[Match], match: Match) -> None:
    """Add a match, unless a longer one begins at the same token."""
    if known and known[-1].first == match.first:
        if known[-1].last >= match.last:
            return
        known.pop()
    known.append(match)


def _add_terms(index: _Index, language: str, lists: tuple[str, ...]) -> None:
    data = read_json(f"words/{language}.json")["lists"]
    for name in lists:
        for entry in data.get(name, ()):
            group = Group(name, entry["reason"], entry["replacement"], tuple(entry.get("unless", ())))
            _add(index, _parser(language), group, entry["terms"])


def _add(index: _Index, parser: _Parser, group: Group, terms: Iterable[str]) -> None:
    for term in terms:
        bare = term.lstrip("^")
        first, *rest = parser.parts(bare.lower())
        second = rest[0].words if rest and rest[0].kind == "word" else None
        pattern = _Pattern(group, len(term) - len(bare), tuple(rest), second)
        for word in first.words:
            index.setdefault(word, []).append(pattern)


@cache
def _parser(language: str) -> _Parser:
    return _Parser(read_json(f"words/{language}.json").get("classes", {}))


class _Parser:
    """Terms of one language, whose classes are words that stand for each other."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._parts: dict[str, _Part] = {"...": _Part("gap"), "$": _Part("end")}

    def parts(self, term: str) -> list[_Part]:
        return [self._parts.get(piece) or self._part(piece) for piece in term.split()]

    def _part(self, piece: str) -> _Part:
        kind = "not" if piece[0] == "!" else "maybe" if piece[-1] == "?" and len(piece) > 1 else "word"
        bare = piece[1:] if kind == "not" else piece[:-1] if kind == "maybe" else piece
        part = self._parts[piece] = _Part(kind, self._words(bare.split("|")))
        return part

    def _words(self, names: list[str]) -> frozenset[str]:
        found: list[str] = []
        for name in names:
            if name[:1] == "@":
                base = name[1:].removesuffix("'s")
                found += (f"{word}{name[1 + len(base) :]}" for word in self._words(self._classes[base].split()))
            elif name[-1:] == "~":
                found += forms(name[:-1])
            else:
                found.append(name)
        return frozenset(found)


def _forms(term: str) -> tuple[str, ...]:
    """A term as a team writes it to remove it: itself, and as a verb with its endings."""
    return (term, *forms(term))


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


def _end(parts: tuple[_Part, ...], tokens: list[str], index: int) -> int:
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


def _after_gap(parts: tuple[_Part, ...], tokens: list[str], index: int) -> int:
    second = parts[0].words if parts and parts[0].kind == "word" else None
    for step in range(index, min(index + _GAP + 1, len(tokens))):
        if second is None or tokens[step] in second:
            end = _end(parts, tokens, step)
            if end >= 0:
                return end
        if tokens[step][0] in BREAK:
            return -1
    return _end(parts, tokens, len(tokens)) if index + _GAP >= len(tokens) else -1
