"""The word lists: phrases keyed by their first token, read once, with what a team adds and removes.

A term is a phrase in lower case. ``a|b`` is one of two words, ``word~`` a regular verb with its endings, ``word?`` may be left out,
``...`` stands for up to five words of the same clause, ``@name`` for a word of the list's class of that name (``@name's`` its genitive), ``!a|b`` says that no such
word follows, ``^`` that the phrase leads its statement (``^^``: with no "we will" before it) and ``$`` that it ends a sentence. A term begins with a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pmlint.shipped import read_json
from pmlint.words.text import BREAK, END, Words

LANGUAGES = ("en", "de", "es")
"""The languages that ship, all read unless a team chooses."""
_GAP = 5
_OWN = "is on your team's list"
_OWN_HELP = "say what changes, where, and how anybody can see that it did"


class Group(NamedTuple):
    """Terms of one list that share a reason (a predicate: "asks people to remember"), a rewrite, and what silences them."""

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


class Lexicon:
    """The terms that apply: of the chosen languages, with a team's own and without those that it removed."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._index: dict[str, list[_Pattern]] = {}
        self._removed = {
            name: [f" {form} " for term in terms for form in (term, *forms(term))] for name, terms in _terms(settings, "remove")
        }
        for language in settings.get("languages", LANGUAGES):
            data = read_json(f"words/{language}.json")
            parse = _Parser(data.get("classes", {}))
            for name, groups in data["lists"].items():
                for entry in groups:
                    self._add(parse, Group(name, entry["reason"], entry["replacement"], tuple(entry.get("unless", ()))), entry["terms"])
        own = _Parser(read_json("words/en.json")["classes"])
        for name, terms in _terms(settings, "add"):
            self._add(own, Group(name, _OWN, _OWN_HELP), terms)

    def _add(self, parse: _Parser, group: Group, terms: Iterable[str]) -> None:
        for term in terms:
            first, *rest = parse(term.lower().lstrip("^"))
            leads = len(term) - len(term.lstrip("^"))
            pattern = _Pattern(group, leads, tuple(rest))
            for word in first.words:
                self._index.setdefault(word, []).append(pattern)

    def matches(self, words: Words) -> dict[str, list[Match]]:
        """Every term in a text, by the name of its list, in the order of the text; of terms that begin alike the longest."""
        tokens, index = words.tokens, self._index
        found: dict[str, list[Match]] = {}
        for start, token in enumerate(tokens):
            for pattern in index.get(token, ()):
                if pattern.leads and start not in (words.leads if pattern.leads == 1 else words.starts):
                    continue
                end = _end(pattern.parts, tokens, start + 1)
                if end < 0:
                    continue
                match = Match(start, end, pattern.group)
                known = found.setdefault(pattern.group.list, [])
                if known and known[-1].first == start and known[-1].last >= end or self._is_removed(match, tokens):
                    continue
                if known and known[-1].first == start:
                    known.pop()
                known.append(match)
        return found

    def _is_removed(self, match: Match, tokens: list[str]) -> bool:
        removed = self._removed.get(match.group.list)
        return bool(removed) and any(term in f" {' '.join(tokens[match.first : match.last])} " for term in removed or ())


def lexicon(settings: Mapping[str, Any]) -> Lexicon:
    """The lexicon of a configuration's ``words``, built once for each."""
    return _lexicon(json.dumps(dict(settings), sort_keys=True))


@lru_cache(maxsize=8)
def _lexicon(settings: str) -> Lexicon:
    return Lexicon(json.loads(settings))


def _terms(settings: Mapping[str, Any], key: str) -> list[tuple[str, list[str]]]:
    return list(settings.get(key, {}).items())


class _Parser:
    """Terms of one language, whose classes are words that stand for each other."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = {name: self._words(text.split()) for name, text in classes.items()}
        self._parts: dict[str, _Part] = {}

    def __call__(self, term: str) -> list[_Part]:
        return [self._parts.get(piece) or self._part(piece) for piece in term.split()]

    def _part(self, piece: str) -> _Part:
        if piece in ("...", "$"):
            part = _Part("gap" if piece == "..." else "end")
        else:
            kind = "not" if piece[0] == "!" else "maybe" if piece[-1] == "?" and len(piece) > 1 else "word"
            part = _Part(kind, self._words(piece.removeprefix("!").removesuffix("?" if kind == "maybe" else "").split("|")))
        self._parts[piece] = part
        return part

    def _words(self, names: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        for name in names:
            if name.startswith("@"):
                base = name[1:].removesuffix("'s")
                found.update(f"{word}{name[1 + len(base) :]}" for word in self._classes[base])
            elif name.endswith("~"):
                found.update(forms(name[:-1]))
            else:
                found.add(name)
        return frozenset(found)


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
    for number, part in enumerate(parts):
        token = tokens[index] if index < len(tokens) else "."
        if part.kind == "gap":
            return _after_gap(parts[number + 1 :], tokens, index)
        if part.kind == "word":
            if index >= len(tokens) or token not in part.words:
                return -1
            index += 1
        elif part.kind == "maybe":
            index += index < len(tokens) and token in part.words
        elif (token in part.words) if part.kind == "not" else token not in END:
            return -1
    return index


def _after_gap(parts: tuple[_Part, ...], tokens: list[str], index: int) -> int:
    for step in range(_GAP + 1):
        end = _end(parts, tokens, index + step)
        if end >= 0 or index + step >= len(tokens) or tokens[index + step][0] in BREAK:
            return end
    return -1
