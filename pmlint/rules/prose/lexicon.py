"""The word lists: groups of terms that share a reason, found by a set of cues first and then by
phrases keyed by their first token (`terms.py` has their language).

A group's cues are words of which every text with one of its terms holds at least one: a text
without them is not read any further, and the group's terms are parsed when a cue is first met. The
tests hold the cues to the terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from pmlint.rules.prose.terms import (
    CUE_TABLE,
    Phrases,
    Term,
    forms,
    language_data,
    parser_of,
)
from pmlint.rules.prose.text import NONE, Vocabulary, Words, is_spaceless

LANGUAGES = ("en", "de", "es", "fr", "pt", "ja", "zh")
"""The languages that ship, all read unless a team chooses."""
_ALPHABETIC = frozenset(LANGUAGES) - {"ja", "zh"}
"""Those that are written with blanks between words."""


class Match(NamedTuple):
    """Tokens ``first`` to ``last`` (exclusive) of a text that are a ``term`` of a group."""

    first: int
    last: int
    group: Group
    term: str = ""


class Group:
    """Terms of one list that share a reason (a predicate: "asks people to remember"), a rewrite,
    and the lists that silence them: by words around a term, and with ``inside`` by words within it,
    too. Those that are ``brief`` speak of a short sentence alone.
    """

    def __init__(self, list: str, language: str, data: Mapping[str, Any]) -> None:
        self.list = list
        self.reason: str = data["reason"]
        self.replacement: str = data["replacement"]
        self.unless: tuple[str, ...] = tuple(data.get("unless", ()))
        self.inside: bool = data.get("inside", False)
        self.brief: bool = data.get("brief", False)
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

    @cached_property
    def cues(self) -> Mapping[bytes, str]:
        """The words without which no term can be there, each with the numbers of the terms that it
        points at.
        """
        # The numbers stay text, since few of them are asked for: as lists they take 5% of the run
        # over one file, and to search the terms of a cue instead takes 3%.
        pairs = zip(self._data["cues"].encode().split(), self._data["at"].split(), strict=True)
        return dict(pairs)

    def pointed(self, cue: bytes) -> Iterator[int]:
        """The numbers of the terms that a cue points at."""
        return map(int, self.cues[cue].split(","))


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
        return [Phrases(self._phrases)] if self._phrases else []

    def term(self, number: int) -> Term:
        """The one term."""
        return self.terms[number]

    @cached_property
    def cues(self) -> Mapping[bytes, str]:
        """Every first word leads to the one term."""
        return {cue: "0" for term in self.terms for cue in term.needs[0]}


Likely = list[tuple[Group, Term]]
"""Terms that may stand in a text, with their groups."""
_Pointed = list[tuple[tuple[Group, Term], list[frozenset[bytes]]]]
"""The same, each with the cues of the parts that are still to be found."""


def bags(text: str, vocabulary: Vocabulary = NONE) -> list[set[bytes]]:
    """The words of each line of a text, in lower case and without order, faster than tokens."""
    lower = text.lower()
    # As bytes through one table: a page of 12,000 characters takes 0.7 ms, as tokens 3.5 ms, and
    # most texts hold no term.
    plain = lower.replace("’", "'").replace("—", " ").replace("–", " ").encode()
    found = [set(line.split()) for line in plain.translate(CUE_TABLE).split(b"\n")]
    if vocabulary is not NONE:
        for bag, line in zip(found, lower.split("\n"), strict=True):
            if is_spaceless(line):
                bag |= {line[start:end].encode() for start, end in vocabulary.part(line)}
    return found


@cache
def _shipped(language: str) -> dict[str, list[Group]]:
    """The groups of a language by list; their terms are parsed where they are first met."""
    # One language at a time: a repository in English never reads the list of Japanese.
    lists = language_data(language)["lists"]
    return {
        name: [Group(name, language, entry) for entry in entries] for name, entries in lists.items()
    }


class Lexicon:
    """The groups that apply: of the chosen languages, with a team's own terms and without those
    that it removed.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self.languages: tuple[str, ...] = tuple(settings.get("languages", LANGUAGES))
        removed: Mapping[str, list[str]] = settings.get("remove", {})
        self._removed = {
            name: frozenset(form for term in terms for form in forms(term.lower()))
            for name, terms in removed.items()
        }
        self._narrowed: dict[frozenset[str], Lexicon] = {}
        self._cues: dict[tuple[str, ...], set[bytes]] = {}
        self._pointed: dict[tuple[tuple[str, ...], bytes], _Pointed] = {}
        self._by_word: dict[tuple[str, str], dict[str, Likely]] = {}

    @cached_property
    def _groups(self) -> dict[str, list[Group]]:
        found: dict[str, list[Group]] = {}
        for language in self.languages:
            for name, groups in _shipped(language).items():
                found.setdefault(name, []).extend(groups)
        for name, phrases in self._settings.get("add", {}).items():
            found.setdefault(name, []).append(_OwnGroup(name, phrases))
        return found

    def narrowed(self, languages: frozenset[str]) -> Lexicon:
        """The same without the terms of other languages, kept for the next document.

        A body is long, and each language adds terms that its words may point at.
        """
        if languages not in self._narrowed:
            kept = [name for name in self.languages if name in languages]
            self._narrowed[languages] = Lexicon({**self._settings, "languages": kept})
        return self._narrowed[languages]

    def for_text(self, text: str) -> Lexicon:
        """The same for a text's script: terms of Japanese and Chinese are in no text without kana
        or Han, though some of their words, such as "audit", are English, too.
        """
        return self if is_spaceless(text) else self.narrowed(_ALPHABETIC)

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
        if lists not in self._cues:
            self._cues[lists] = set().union(*(group.cues for group in self._listed(lists)))
        return self._cues[lists] & bag

    def likely(self, bag: set[bytes], lists: tuple[str, ...]) -> Likely:
        """The terms of the lists that may be in a text with these words."""
        # Sorted, because a set of bytes has another order with each hash seed, and the first of two
        # equal matches is the one that is shown.
        found: dict[tuple[Group, Term], None] = {}
        for cue in sorted(self.met(bag, lists)):
            for pair, others in self._pairs(lists, cue):
                if not any(map(bag.isdisjoint, others)):
                    found[pair] = None
        return list(found)

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
            for first, last in term.spans(words):
                match = Match(first, last, group, term.text)
                if not self._is_removed(match, words):
                    found.setdefault(group.list, []).append(match)
        for matches in found.values():
            # The longest first: what is quoted should be the whole of what is wrong.
            matches.sort(key=lambda match: (match.first, -match.last))
        return found

    def silencers(self, words: Words, name: str, language: str) -> list[Match]:
        """The terms of a list in one language that a text holds."""
        by_word = self._firsts(name, language)
        likely = [pair for word in by_word.keys() & words.bag for pair in by_word[word]]
        return self.matches(words, list(dict.fromkeys(likely))).get(name, [])

    def _firsts(self, name: str, language: str) -> dict[str, Likely]:
        """The terms of a list in one language by their first words."""
        # Most lists that silence hold too common words for cues; by their first words a title takes
        # 4 µs a list, term by term 40.
        key = name, language
        if key not in self._by_word:
            by_word = self._by_word[key] = {}
            for group, term in self.of(name, language):
                for word in term.first:
                    by_word.setdefault(word, []).append((group, term))
        return self._by_word[key]

    def _pairs(self, lists: tuple[str, ...], cue: bytes) -> _Pointed:
        """The terms of the lists that a cue points at, each with the words that it needs besides:
        a part that the cue is a word of is there.
        """
        key = lists, cue
        if key not in self._pointed:
            self._pointed[key] = [
                ((group, term), [words for words in term.needs if cue not in words])
                for group in self._listed(lists)
                if cue in group.cues
                for term in map(group.term, group.pointed(cue))
            ]
        return self._pointed[key]

    def _listed(self, lists: tuple[str, ...]) -> Iterator[Group]:
        return (group for name in lists for group in self._groups.get(name, ()))

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
