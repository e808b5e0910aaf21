"""The language of the terms: phrases with classes, gaps and anchors, parsed and found in a text.

A term is a phrase in lower case. ``a|b`` is one of two words, ``word~`` a regular verb with its
endings, ``*ed`` any word that ends so, ``word?`` may be left out, ``...`` stands for up to five
words of the same clause, ``....`` for all that is left of it, ``@name`` for a word of the
language's class of that name (``@name's`` its genitive), ``!a|b`` says that no such word follows,
``^`` that the phrase leads its statement (``^^``: with no "we will" before it; ``^^^``: as the
subject, with no more than its own attributes before it) and ``$`` that it ends a sentence
(``a|$``: there or with ``a``).
A term begins with a word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pmlint.model.resources import read_json
from pmlint.rules.prose.text import BREAK, END, Words

# Words that "..." may stand for. More join the verb of one clause with the object of another, fewer
# lose "remind everybody on the team to".
_GAP = 5
_PHRASE = 30
"""How many words of a team's own phrase are compared."""
CUE_TABLE = bytes(
    byte if byte >= 128 or chr(byte).isalnum() or chr(byte) in "-_\n" else 32 for byte in range(256)
)
"""Blanks for all ASCII but what words are made of, and line feeds."""


TermPart = tuple[str, frozenset[str]]
"""A kind (``word``, ``maybe``, ``not``, ``gap``, ``rest``, ``end`` or ``close``) and the words that
it is about.
"""


class Endings(frozenset[str]):
    """All words that end so after three letters or more: nobody could list every verb."""

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, str):
            return False
        return any(word.endswith(one) and len(word) >= len(one) + 3 for one in self)


class Term:
    """A parsed term: how strictly it leads, its parts, and for each part that must be there the
    cues of its words.
    """

    __slots__ = ("first", "leads", "needs", "parts", "text")

    def __init__(self, text: str, leads: int, parts: list[TermPart]) -> None:
        self.text = text
        self.leads = leads
        self.first = parts[0][1]
        self.parts = tuple(parts[1:])
        known = [words for kind, words in parts if kind == "word" and type(words) is frozenset]
        cues = [cue_words(words) for words in known]
        # A part whose word is nothing but marks leaves no cue, so nothing can be told from a bag of
        # words.
        # The shortest first: few words settle most texts. With the loop of `Lexicon.likely` a
        # document takes 4% fewer instructions.
        self.needs = sorted((words for words in cues if b"" not in words), key=len)

    def words(self) -> Iterator[str]:
        """Every word that the term may hold."""
        yield from self.first
        for _, words in self.parts:
            if type(words) is frozenset:
                yield from words

    def spans(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where the term is in a text: its first token, and the one behind its last."""
        tokens = words.tokens
        # By its first word, of which a text has few or none, instead of at each token.
        for token in self.first & words.bag:
            start = -1
            for _ in range(tokens.count(token)):
                start = tokens.index(token, start + 1)
                if start in words.places(self.leads):
                    end = _end(self.parts, tokens, start + 1)
                    if end >= 0:
                        yield start, end


class Phrases(Term):
    """Any number of plain phrases, read in one go: what each word may be followed by."""

    __slots__ = ("_tree",)

    def __init__(self, phrases: list[list[str]]) -> None:
        self.text = "a team's own"
        self.first = frozenset(word for phrase in phrases for word in phrase)
        self.parts = ()
        self._tree: dict[str, Any] = {}
        for first, *rest in phrases:
            for form in forms(first):
                node = self._tree
                for word in (form, *rest[: _PHRASE - 1]):
                    node = node.setdefault(word, {})
                # As a tree, because a team may list thousands of phrases, and each would be sought
                # in each text.
                node[""] = {}  # a phrase ends here
        self.needs = [cue_words(frozenset(self._tree))]

    def spans(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where a phrase is in a text; of phrases that begin alike the longest."""
        tokens = words.tokens
        for start in range(len(tokens)):
            node, end, last = self._tree, start, 0
            while end < len(tokens) and tokens[end] in node:
                node, end = node[tokens[end]], end + 1
                last = end if "" in node else last
            if last:
                yield start, last


@cache
def parser_of(language: str) -> Parser:
    """The parser of a language's terms."""
    return Parser(language_data(language).get("classes", {}))


@cache
def language_data(language: str) -> Any:
    """The data of a language: ``classes`` of words, and ``lists`` of groups of terms."""
    # Once for both: the file of English takes 1 ms to read.
    return read_json(f"words/{language}.json")


class Parser:
    """Terms of one language, whose classes are words that replace each other."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        marks = {"...": "gap", "....": "rest", "$": "end"}
        self._parts: dict[str, TermPart] = {
            mark: (kind, frozenset()) for mark, kind in marks.items()
        }

    def term(self, text: str) -> Term:
        """A term of the language's lists."""
        bare = text.lstrip("^")
        return Term(text, len(text) - len(bare), [self.part(piece) for piece in bare.split()])

    def part(self, piece: str) -> TermPart:
        """One part of a term, such as ``a|b``."""
        if piece not in self._parts:
            kind, bare = "word", piece
            if piece[0] == "!":
                kind, bare = "not", piece[1:]
            elif piece[-1] == "?" and len(piece) > 1:  # a lone "?" is a word of its own
                kind, bare = "maybe", piece[:-1]
            elif piece.endswith("|$"):
                kind, bare = "close", piece[:-2]
            self._parts[piece] = (kind, self._set(bare.split("|")))
        return self._parts[piece]

    def _set(self, names: list[str]) -> frozenset[str]:
        if all(name[:1] == "*" and len(name) > 1 for name in names):
            return Endings(name[1:] for name in names)
        return frozenset(self._words(names))

    def _words(self, names: list[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            if name[:1] == "@":
                # "@team's" is the class with an ending: "ops's" and "SRE's" need no list of their
                # own.
                base = name[1:].removesuffix("'s")
                found += (
                    f"{word}{name[1 + len(base) :]}"
                    for word in self._words(self._classes[base].split())
                )
            elif name[-1:] == "~":
                found += forms(name[:-1])
            else:
                found.append(name)
        return found


@cache
def cue_words(words: frozenset[str]) -> frozenset[bytes]:
    """The cues by which some words are found: of each the longest piece between apostrophes and
    dots.
    """
    return frozenset(word.encode() if word.isalnum() else _longest_piece(word) for word in words)


def _longest_piece(word: str) -> bytes:
    return max(word.encode().translate(CUE_TABLE).split() or [b""], key=len)


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


def _end(parts: tuple[TermPart, ...], tokens: list[str], index: int) -> int:
    """Where a pattern ends that goes on at ``index``; -1 where it does not match."""
    for number, (kind, words) in enumerate(parts):
        if kind == "gap":
            return _after_gap(parts[number + 1 :], tokens, index)
        if kind == "rest":
            while index < len(tokens) and tokens[index][0] not in BREAK:
                index += 1
            continue
        token = tokens[index] if index < len(tokens) else "."
        inside = index < len(tokens) and token in words
        if kind == "word":
            if not inside:
                return -1
            index += 1
        elif kind == "maybe":
            # An optional word that is there is always taken. Trying both ways costs the square for
            # a chain of them.
            index += inside
        elif kind == "close":
            if not inside and token not in END:
                return -1
            index += inside
        elif inside if kind == "not" else token not in END:
            return -1
    return index


def _after_gap(parts: tuple[TermPart, ...], tokens: list[str], index: int) -> int:
    for step in range(index, index + _GAP + 1):
        end = _end(parts, tokens, step)
        # A gap never goes over the end of a clause: the words of two clauses make no phrase.
        if end >= 0 or step >= len(tokens) or tokens[step][0] in BREAK:
            return end
    return -1
