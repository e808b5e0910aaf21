"""The word lists: groups of terms, found by a set of cues first and then by phrases keyed by their
first token.

A term is a phrase in lower case. ``a|b`` is one of two words, ``word~`` a regular verb with its
endings, ``word?`` may be left out, ``...`` stands for up to five words of the same clause,
``@name`` for a word of the language's class of that name (``@name's`` its genitive), ``!a|b`` says
that no such word follows, ``^`` that the phrase leads its statement (``^^``: with no "we will"
before it) and ``$`` that it ends a sentence. A term begins with a word.

A group's cues are words of which every text with one of its terms holds at least one: a text
without them is not read any further, and the group's terms are parsed when a cue is first met. The
tests hold the cues to the terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from pmlint.model.resources import read_json
from pmlint.rules.prose.text import BREAK, END, NONE, Vocabulary, Words, is_spaceless

LANGUAGES = ("en", "de", "es", "fr", "pt", "ja", "zh")
"""The languages that ship, all read unless a team chooses."""
# Words that "..." may stand for. More join the verb of one clause with the object of another, fewer
# lose "remind everybody on the team to".
_GAP = 5
_PHRASE = 30
"""How many words of a team's own phrase are compared."""
_TABLE = bytes(
    byte if byte >= 128 or chr(byte).isalnum() or chr(byte) in "-_\n" else 32 for byte in range(256)
)
"""Blanks for all ASCII but what words are made of, and line feeds."""


class Match(NamedTuple):
    """Tokens ``first`` to ``last`` (exclusive) of a text that are a ``term`` of a group."""

    first: int
    last: int
    group: Group
    term: str = ""


class Group:
    """Terms of one list that share a reason (a predicate: "asks people to remember"), a rewrite,
    and the lists that silence them: by words around a term, and with ``inside`` by words within it,
    too.
    """

    def __init__(self, list: str, language: str, data: Mapping[str, Any]) -> None:
        self.list = list
        self.reason: str = data["reason"]
        self.replacement: str = data["replacement"]
        self.unless: tuple[str, ...] = tuple(data.get("unless", ()))
        self.inside: bool = data.get("inside", False)
        self._data = data
        self._parsed: dict[int, Term] = {}
        self.language = language

    @cached_property
    def terms(self) -> list[Term]:
        """The terms, all parsed."""
        return [self.term(number) for number in range(len(self._data["terms"]))]

    def term(self, number: int) -> Term:
        """A term, parsed when it is first asked for."""
        # One by one: a document meets some dozens of the 1,480 terms, and to parse them all takes
        # 58 ms.
        if number not in self._parsed:
            self._parsed[number] = parser_of(self.language).term(self._data["terms"][number])
        return self._parsed[number]

    @property
    def cues(self) -> list[bytes]:
        """The words without which no term can be there."""
        # Written beside the terms where their own would be too many, such as for each form of a
        # verb.
        if "cues" in self._data:
            return list(self._data["cues"].encode().split())
        return [cue for term in self.terms for cue in term.needs[0]]

    @cached_property
    def by_cue(self) -> dict[bytes, list[int]]:
        """The numbers of the terms that a cue points at: of each, one part is looked up by its
        words (``at``, its place among the parts), and only what a text may hold is parsed further.
        """
        found: dict[bytes, list[int]] = {}
        for number, text in enumerate(self._data["terms"]):
            for cue in self._lookup(number, text):
                found.setdefault(cue, []).append(number)
        return found

    def _lookup(self, number: int, text: str) -> frozenset[bytes]:
        if "at" not in self._data:
            return self.term(number).needs[0]
        piece = text.lstrip("^").split()[self._data["at"][number]]
        return cue_words(parser_of(self.language).part(piece)[1])


class _OwnGroup(Group):
    """A team's own phrases: plain words, the first one as a verb with its endings."""

    def __init__(self, list: str, phrases: Iterable[str]) -> None:
        super().__init__(
            list,
            "",
            {
                "terms": (),
                "reason": "is on your team's list",
                "replacement": "say what changes, and where",
            },
        )
        self._phrases = [
            tokens
            for phrase in phrases
            # A phrase that begins with a mark has no word by which it could be found.
            if (tokens := Words(phrase).tokens) and tokens[0][0].isalnum()
        ]

    @cached_property
    def terms(self) -> list[Term]:
        """All phrases as one term."""
        return [_Phrases(self._phrases)] if self._phrases else []

    def term(self, number: int) -> Term:
        """The one term."""
        return self.terms[number]

    @cached_property
    def by_cue(self) -> dict[bytes, list[int]]:
        """Every first word leads to the one term."""
        return {cue: [0] for term in self.terms for cue in term.needs[0]}


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
        cues = [cue_words(words) for kind, words in parts if kind == "word"]
        # A part whose word is nothing but marks leaves no cue, so nothing can be told from a bag of
        # words.
        self.needs = [words for words in cues if b"" not in words]

    def words(self) -> Iterator[str]:
        """Every word that the term may hold."""
        yield from self.first
        for _, words in self.parts:
            yield from words

    def matches(self, words: Words, group: Group) -> Iterator[Match]:
        """Where the term is in a text."""
        tokens = words.tokens
        # By its first word, of which a text has few or none, instead of at each token.
        for token in self.first.intersection(tokens):
            start = -1
            for _ in range(tokens.count(token)):
                start = tokens.index(token, start + 1)
                if not self.leads or start in (words.leads if self.leads == 1 else words.starts):
                    end = _end(self.parts, tokens, start + 1)
                    if end >= 0:
                        yield Match(start, end, group, self.text)


class _Phrases(Term):
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

    def matches(self, words: Words, group: Group) -> Iterator[Match]:
        """Where a phrase is in a text; of phrases that begin alike the longest."""
        tokens = words.tokens
        for start in range(len(tokens)):
            node, end, last = self._tree, start, 0
            while end < len(tokens) and tokens[end] in node:
                node, end = node[tokens[end]], end + 1
                last = end if "" in node else last
            if last:
                yield Match(start, last, group)


Likely = list[tuple[Group, Term]]
"""Terms that may stand in a text, with their groups."""


def bags(text: str, vocabulary: Vocabulary = NONE) -> list[set[bytes]]:
    """The words of each line of a text, in lower case and without order, faster than tokens."""
    lower = text.lower()
    # As bytes through one table: a page of 12,000 characters takes 0.7 ms, as tokens 3.5 ms, and
    # most texts hold no term.
    plain = lower.replace("’", "'").replace("—", " ").replace("–", " ").encode()
    found = [set(line.split()) for line in plain.translate(_TABLE).split(b"\n")]
    if vocabulary is not NONE:
        for bag, line in zip(found, lower.split("\n"), strict=True):
            if is_spaceless(line):
                bag |= {line[start:end].encode() for start, end in vocabulary.part(line)}
    return found


class Lexicon:
    """The groups that apply: of the chosen languages, with a team's own terms and without those
    that it removed.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._groups: dict[str, list[Group]] = {}
        self._narrowed: dict[frozenset[str], Lexicon] = {}
        self.languages: tuple[str, ...] = tuple(settings.get("languages", LANGUAGES))
        for language in self.languages:
            for name, entries in read_json(f"words/{language}.json")["lists"].items():
                self._groups.setdefault(name, []).extend(
                    Group(name, language, entry) for entry in entries
                )
        for name, phrases in settings.get("add", {}).items():
            self._groups.setdefault(name, []).append(_OwnGroup(name, phrases))
        removed: Mapping[str, list[str]] = settings.get("remove", {})
        self._removed = {
            name: frozenset(form for term in terms for form in forms(term.lower()))
            for name, terms in removed.items()
        }
        self._by_cue: dict[tuple[str, ...], dict[bytes, list[Group]]] = {}

    def narrowed(self, languages: frozenset[str]) -> Lexicon:
        """The same without the terms of other languages, kept for the next document.

        A body is long, and each language adds terms that its words may point at.
        """
        if languages not in self._narrowed:
            # An empty one that is filled: reading the files again would take longer than what is
            # saved.
            found = self._narrowed[languages] = Lexicon({"languages": ()})
            found._removed = self._removed
            found._groups = {
                name: [group for group in groups if group.language in (*languages, "")]
                for name, groups in self._groups.items()
            }
        return self._narrowed[languages]

    def words(self, text: str) -> Words:
        """The words of a text, parted by what is known where its script puts no blanks."""
        return Words(text, self.vocabulary(text))

    def bags(self, text: str) -> list[set[bytes]]:
        """The words of each line of a text, as `bags`."""
        return bags(text, self.vocabulary(text))

    def vocabulary(self, text: str) -> Vocabulary:
        """What is known of the text's script; the terms are parsed where it needs them."""
        return self._spaceless if is_spaceless(text) else NONE

    @cached_property
    def _spaceless(self) -> Vocabulary:
        terms = (
            term for groups in self._groups.values() for group in groups for term in group.terms
        )
        return Vocabulary(word for term in terms for word in term.words())

    def met(self, bag: set[bytes], lists: tuple[str, ...]) -> set[bytes]:
        """The cues of the lists that are in a bag of words."""
        return self._cues(lists).keys() & bag

    def likely(self, bag: set[bytes], lists: tuple[str, ...]) -> Likely:
        """The terms of the lists that may be in a text with these words."""
        by_cue = self._cues(lists)
        # Sorted, because a set of bytes has another order with each hash seed, and the first of two
        # equal matches is the one that is shown.
        met = sorted(by_cue.keys() & bag)
        pointed = (
            (group, group.term(number))
            for cue in met
            for group in by_cue[cue]
            for number in group.by_cue.get(cue, ())
        )
        return (
            list(
                dict.fromkeys(
                    pair for pair in pointed if not any(map(bag.isdisjoint, pair[1].needs))
                )
            )
            if met
            else []
        )

    def of(self, name: str, language: str) -> Likely:
        """Every term of a list in one language."""
        groups = self._groups.get(name, ())
        return [(one, term) for one in groups if one.language == language for term in one.terms]

    def matches(self, words: Words, likely: Likely) -> dict[str, list[Match]]:
        """Those of the terms that stand in a text, by list, in the order of the text; of terms that
        begin alike the longest first.
        """
        found: dict[str, list[Match]] = {}
        for group, term in likely:
            for match in term.matches(words, group):
                if not self._is_removed(match, words):
                    found.setdefault(group.list, []).append(match)
        for matches in found.values():
            # The longest first: what is quoted should be the whole of what is wrong.
            matches.sort(key=lambda match: (match.first, -match.last))
        return found

    def _cues(self, lists: tuple[str, ...]) -> dict[bytes, list[Group]]:
        if lists not in self._by_cue:
            by_cue = self._by_cue[lists] = {}
            for group in (group for name in lists for group in self._groups.get(name, ())):
                for cue in dict.fromkeys(group.cues):
                    by_cue.setdefault(cue, []).append(group)
        return self._by_cue[lists]

    def _is_removed(self, match: Match, words: Words) -> bool:
        removed = self._removed.get(match.group.list)
        if not removed:
            return False
        tokens = words.tokens[match.first : match.last]
        return any(
            " ".join(tokens[start:end]) in removed
            for end in range(len(tokens) + 1)
            for start in range(end)
        )


def lexicon(settings: Mapping[str, Any]) -> Lexicon:
    """The lexicon of a configuration's ``words``, built once for each."""
    # By its text, because settings are mappings and have no hash; a server reads them anew with
    # each keystroke.
    return _lexicon(json.dumps(dict(settings), sort_keys=True) if settings else "{}")


@lru_cache(maxsize=8)
def _lexicon(settings: str) -> Lexicon:
    return Lexicon(json.loads(settings))


TermPart = tuple[str, frozenset[str]]
"""A kind (``word``, ``maybe``, ``not``, ``gap`` or ``end``) and the words that it is about."""


@cache
def parser_of(language: str) -> Parser:
    """The parser of a language's terms."""
    return Parser(read_json(f"words/{language}.json").get("classes", {}))


class Parser:
    """Terms of one language, whose classes are words that replace each other."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes
        self._parts: dict[str, TermPart] = {"...": ("gap", frozenset()), "$": ("end", frozenset())}

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
            self._parts[piece] = (kind, frozenset(self._words(bare.split("|"))))
        return self._parts[piece]

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
    return max(word.encode().translate(_TABLE).split() or [b""], key=len)


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
