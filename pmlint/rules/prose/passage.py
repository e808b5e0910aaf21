"""A text of a document as the rules about prose read it: its words, and the terms of some lists in
it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from functools import cached_property

from pmlint.place import Path, Where
from pmlint.rules.prose.lexicon import Lexicon, Likely, Match, lexicon
from pmlint.rules.prose.text import Words, is_spaceless

TITLE = (
    "exhortation",
    "praise",
    "investigate-only",
    "behavioural-norm",
    "prompt-wording",
    "non-commitment",
    "dashboard-only",
    "vague-action",
    "vow",
    "abusive-language",
)
"""The lists that are read in an action's title."""
CAUSE = ("blame", "convenient-story", "fault", "counterfactual", "vague-cause", "abusive-language")
"""The lists that are read in a finding's statement and in why a control failed, the surer first: a
slip whose subject is a model is its story, and nobody's fault.
"""

# Left out of what the help repeats: "<X>" is what the author speaks of, not "to the".
_LINKS = frozenset(
    "to of the a an that about on in for with by from at is was our your its , : whether not never "
    "der die das den dem des ein eine einen zu von mit im in am und für "
    "el la los las un una de del a al con en que y se lo "
    "le les l' d' du des à au aux avec dans et ne pas "
    "o os as um uma do da dos das ao com em e no na "
    "に を が は の へ で と も して する 的 了 在 把".split()
)
"""Words that join a verb to its object, and say nothing of it."""
_SUBORDINATE = frozenset(
    "before after when whenever while if unless until because and or then "
    "bevor nachdem wenn falls vor nach antes después cuando si avant après quand lorsque depois "
    "quando se 前 後".split()
)
"""Words that begin a clause beside the object: what follows is when, and not what."""
_TOPICS = {
    "with": frozenset(("on", "about", "over", "regarding")),
    "mit": frozenset(("über", "zu", "zum", "zur")),
    "con": frozenset(("sobre",)),
    "avec": frozenset(("sur",)),
    "com": frozenset(("sobre",)),
}
"""By the word before a person, the words before what is spoken of with them."""
_ABOUT = frozenset("about regarding saying über sobre".split())
"""The words before what a text speaks of."""
_INTO = frozenset("to into in zu em al en dans".split())
"""The words before the text that it is written into."""
_BRIEF = 20
"""The most words of a brief sentence. A longer one that holds "somehow" mostly names the component,
too: of 12 hits in 821 causes of public collections two are left, of 34 vague causes four are lost.
"""
_MARKS = '"“„«「『'
_WHOLE = rf"[>*\s-]*([{_MARKS}])([^{_MARKS}”»」』]+)([\"“”»」』])[.!\s]*"
"""A title that is one quotation, behind the mark of an item at most."""
_OPENING = frozenset(f"{_MARKS}>*-")
Place = Callable[[int, int], Where]
"""Turns characters of a text into a place of the document."""


class Passage:
    """A text of a document, and the terms of some lists in it; ``place`` turns characters of it
    into a place of the document, ``bag`` has its words without order (of a block none).
    """

    def __init__(
        self,
        text: str,
        place: Place,
        terms: Lexicon,
        likely: Likely,
        bag: Set[bytes] = frozenset(),
    ) -> None:
        self.text = text
        self.place = place
        self.bag = bag
        self._terms = terms
        self._likely = likely

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages whose lists are read."""
        return self._terms.languages

    @cached_property
    def words(self) -> Words:
        """The words of the text."""
        return self._terms.words(self.text)

    @cached_property
    def _matches(self) -> dict[str, list[Match]]:
        return self._terms.matches(self.words, self._likely) if self._likely else {}

    def said(self, name: str) -> Match | None:
        """The first term of a list that nothing in this text silences."""
        return next(
            (match for match in self._matches.get(name, ()) if not self._silenced(match)), None
        )

    def first(self, name: str) -> Match | None:
        """The first term of a list of causes, unless a surer list speaks of the same words."""
        match = self.said(name)
        if match is None:
            return None
        surer = filter(None, map(self.said, CAUSE[: CAUSE.index(name)]))
        return None if any(match.first < o.last and o.first < match.last for o in surer) else match

    def all(self, name: str, language: str) -> list[Match]:
        """Every term of a list that silences others: those of its own language, since "limit" is a
        word of many.
        """
        key = f"{language}/{name}"
        if key not in self._matches:
            self._matches[key] = self._terms.silencers(self.words, name, language)
        return self._matches[key]

    @property
    def speaks(self) -> bool:
        """Whether a term of one of the lists is here, silenced or not."""
        return bool(self._likely) and any(self._matches.values())

    def _silenced(self, match: Match) -> bool:
        first, last = self.words.sentence(match.first) if match.group.brief else (0, 0)
        if last - first > _BRIEF:
            return True
        inside = match.group.inside
        return any(
            # A word inside the term silences it only where one of the lists says so: most terms
            # hold such a word as a part of what is wrong.
            inside or other.group.inside or other.first < match.first or other.last > match.last
            for name in match.group.unless
            for other in self.all(name, match.group.language)
        )

    def quote(self, match: Match) -> str:
        """The words of a match as they are written, shortened where they are many."""
        return shorten(self.words.quote(match.first, match.last))

    def object_of(self, match: Match) -> str:
        """What the author speaks of: the words of the clause behind a match, else those before it,
        else the match itself; where one word is left, with the match.
        """
        words = self.words
        if words.tokens[match.last - 1] in _SUBORDINATE:
            return self.statement_of(match)  # "you act" of "think before you act" is no object
        if topic := self._topic(match):
            return topic
        first, last = words.clause(match.first)[0], words.clause(match.last - 1)[1]
        begin = match.last
        # "splitting the agent" is what is considered, and "the agent" is not
        if words.tokens[begin - 1].endswith("ing") and begin - match.first > 1:
            begin -= 1
        after = (begin, max(last, begin))
        before = (min(first, match.first), match.first)
        for start, end in map(self._without_links, (after, before)):
            if start < end and words.tokens[start] not in _SUBORDINATE:
                if end - start == 1 and not is_spaceless(words.tokens[start]):
                    # "handling" alone of "robust error handling" says too little
                    start, end = min(start, match.first), max(end, match.last)
                return shorten(words.quote(start, end))
        return self.quote(match)

    def _topic(self, match: Match) -> str:
        """What is spoken of with somebody ("agree with finance on a limit"), or what is added to a
        text ("a paragraph about refunds to AGENTS.md"); empty where neither is said.
        """
        tokens = self.words.tokens
        about = _TOPICS.get(tokens[match.last - 1], _ABOUT)
        stop = match.last if about is _ABOUT else self.words.clause(match.last - 1)[1]
        at = next((at for at in range(match.first + 1, stop) if tokens[at] in about), stop)
        end = next((end for end in range(at, stop) if tokens[end] in _INTO), stop)
        first, last = self._without_links((at + 1, end))
        return shorten(self.words.quote(first, last)) if first < last else ""

    def _without_links(self, span: tuple[int, int]) -> tuple[int, int]:
        """The same tokens without those at both ends that say nothing of their own."""
        start, end = span
        tokens = self.words.tokens
        while start < end and tokens[start] in _LINKS:
            start += 1
        while start < end and tokens[end - 1] in _LINKS:
            end -= 1
        return start, end

    def statement_of(self, match: Match) -> str:
        """What the author demands: the words of a match, and those of the clause behind it."""
        end = max(self.words.clause(match.last - 1)[1], match.last)
        return shorten(self.words.quote(match.first, end))

    def where(self, match: Match) -> Where:
        """The place of a match's words."""
        return self.place(*self.words.span(match.first, match.last))


def title_passage(text: str, terms: Lexicon | None = None) -> Passage:
    """A text read as an action's title, under the shipped lists unless others are given."""
    return passages([(text, Path())], terms or lexicon({}), TITLE)[0]


def cause_passage(text: str, terms: Lexicon | None = None) -> Passage:
    """A text read as a cause, under the shipped lists unless others are given."""
    return passages([(text, Path())], terms or lexicon({}), CAUSE)[0]


def passages(
    texts: list[tuple[str, Path]], terms: Lexicon, lists: tuple[str, ...]
) -> list[Passage]:
    """Texts of the front matter; all are searched for cues in one go."""
    if lists is TITLE:
        texts = [(_said_aloud(text), at) for text, at in texts]
    # In one go: thirty short texts take 14 µs together and 25 one by one.
    lines = terms.bags("\n".join(text.replace("\n", " ") for text, _ in texts))
    found = []
    for (text, at), bag in zip(texts, lines, strict=True):
        readable = terms.for_text(text)
        found.append(Passage(text, at.chars, readable, readable.likely(bag, lists), bag))
    return found


def _said_aloud(text: str) -> str:
    """A title without the marks of a quotation that is all of it, at the same places: whoever
    hands in a rule in quotation marks quotes nobody.
    """
    # No pattern that is compiled at each start: few titles begin so.
    whole = re.fullmatch(_WHOLE, text) if text[:1] in _OPENING else None
    if whole is None:
        return text
    return f"{text[: whole.start(1)]} {whole[2]} {text[whole.end(3) :]}"


def shorten(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    # A message should fit a line of a terminal with its path before it.
    return line if len(line) <= 60 else f"{line[:57]}..."
