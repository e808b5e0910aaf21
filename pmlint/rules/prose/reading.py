"""A postmortem as the rules about prose read it: titles, causes, the story, and the body, each text
once for all rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property, lru_cache

from pmlint.model import Action, FailedControl, Postmortem, WorkflowFinding
from pmlint.parsing.markdown import prose, sections
from pmlint.place import Path, Where, in_body
from pmlint.rules.prose.lexicon import Lexicon, Likely, Match, bags, lexicon
from pmlint.rules.prose.text import Words
from pmlint.rules.rule import Context

_TITLE = (
    "exhortation",
    "praise",
    "investigate-only",
    "behavioural-norm",
    "prompt-wording",
    "vague-action",
    "vow",
    "abusive-language",
)
_END = ("escape", "date", "placeholder", "self-proof", "abusive-language")
_CAUSE = ("blame", "convenient-story", "counterfactual", "vague-cause", "abusive-language")
_STORY = ("blame", "counterfactual", "vow", "abusive-language")
_IMPACT = ("unquantified-impact",)
_BODY = ("exhortation", "convenient-story", "vague-cause", *_STORY)


Place = Callable[[int, int], Where]
"""Turns characters of a text into a place of the document."""


_IN_SECTIONS = {
    "exhortation": ("permanent changes", "action"),
    "vague-cause": ("cause", "failed controls", "why", "contributing"),
}
_NOT_IN_SECTIONS = {
    "convenient-story": ("timeline", "agent path", "impact", "what happened"),
    "counterfactual": (
        "permanent changes",
        "prevent",
        "lucky",
        "action",
        "next time",
        "lessons",
        "restart",
    ),
}
"""The timeline and the agent's path may observe; a section on prevention may say what should have
been.
"""


_TITLE_READ = 200
"""How many characters of a heading tell what its section is about: the text of one stands in all
sections below it.
"""


class _Block:
    """A paragraph or an item of the body: its section, its characters ``start`` to ``end``, its
    lines ``first`` to ``last``.
    """

    __slots__ = ("end", "first", "last", "section", "start")

    def __init__(self, section: str, start: int, end: int, first: int, last: int) -> None:
        self.section = section
        self.start = start
        self.end = end
        self.first = first
        self.last = last


class Passage:
    """A text of a document, and the terms of some lists in it; ``place`` turns characters of it
    into a place of the document.
    """

    def __init__(self, text: str, place: Place, terms: Lexicon, likely: Likely) -> None:
        self.text = text
        self.place = place
        self._terms = terms
        self._likely = likely

    @cached_property
    def words(self) -> Words:
        """The words of the text."""
        return Words(self.text)

    @cached_property
    def _matches(self) -> dict[str, list[Match]]:
        return self._terms.matches(self.words, self._likely) if self._likely else {}

    def said(self, name: str) -> Match | None:
        """The first term of a list that nothing in this text silences."""
        return next(
            (match for match in self._matches.get(name, ()) if not self._silenced(match)), None
        )

    def all(self, name: str) -> list[Match]:
        """Every term of a list that silences others."""
        if name not in self._matches:
            self._matches |= {name: [], **self._terms.matches(self.words, self._terms.of(name))}
        return self._matches[name]

    @property
    def speaks(self) -> bool:
        """Whether a term of one of the lists stands here, silenced or not."""
        return bool(self._matches)

    def _silenced(self, match: Match) -> bool:
        return any(
            other.first < match.first or other.last > match.last
            for name in match.group.unless
            for other in self.all(name)
        )

    def quote(self, match: Match) -> str:
        """The words of a match as they stand, shortened where they are many."""
        return shorten(self.words.quote(match.first, match.last))

    def where(self, match: Match) -> Where:
        """The place of a match's words."""
        return self.place(*self.words.span(match.first, match.last))


def title_passage(text: str, terms: Lexicon | None = None) -> Passage:
    """A text read as an action's title, under the shipped lists unless others are given."""
    return _passages([(text, Path())], terms or lexicon({}), _TITLE)[0]


def cause_passage(text: str, terms: Lexicon | None = None) -> Passage:
    """A text read as a cause, under the shipped lists unless others are given."""
    return _passages([(text, Path())], terms or lexicon({}), _CAUSE)[0]


def _passages(
    texts: list[tuple[str, Path]], terms: Lexicon, lists: tuple[str, ...]
) -> list[Passage]:
    """Texts of the front matter; all are searched for cues in one go."""
    lines = bags("\n".join(text.replace("\n", " ") for text, _ in texts))
    return [
        Passage(text, at.chars, terms, terms.likely(bag, lists))
        for (text, at), bag in zip(texts, lines, strict=True)
    ]


def shorten(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


class Reading:
    """The passages of one postmortem under one lexicon."""

    def __init__(self, postmortem: Postmortem, terms: Lexicon) -> None:
        self._postmortem = postmortem
        self._terms = terms

    @cached_property
    def actions(self) -> list[Action]:
        """The actions that are not cancelled."""
        return open_actions(self._postmortem)

    @cached_property
    def _answers(self) -> Counter[str]:
        """How many actions there are for each finding."""
        return Counter(name for action in self.actions for name in set(action.findings))

    def only_answer(self, action: Action) -> bool:
        """Whether an action that is not cancelled is the only one for some finding."""
        return any(self._answers[name] == 1 for name in action.findings)

    @cached_property
    def titles(self) -> list[tuple[Action, Passage]]:
        """The actions with their titles."""
        return list(
            zip(
                self.actions,
                self._read([(one.title, one.at / "title") for one in self.actions], _TITLE),
                strict=True,
            )
        )

    @cached_property
    def ends(self) -> list[tuple[Action, Passage]]:
        """The actions that say when they are done, with what they say."""
        actions = [action for action in self.actions if action.done_when.strip()]
        return list(
            zip(
                actions,
                self._read([(one.done_when, one.at / "done_when") for one in actions], _END),
                strict=True,
            )
        )

    @cached_property
    def causes(self) -> list[tuple[WorkflowFinding | FailedControl, Passage]]:
        """The statements of the findings, and why controls failed, where a term stands."""
        postmortem = self._postmortem
        parts: list[WorkflowFinding | FailedControl] = [
            *postmortem.findings,
            *postmortem.failed_controls,
        ]
        texts = [(part.statement, part.at / "statement") for part in postmortem.findings]
        texts += [(part.why, part.at / "why") for part in postmortem.failed_controls]
        return [
            (part, passage)
            for part, passage in zip(parts, self._read(texts, _CAUSE), strict=True)
            if passage.speaks
        ]

    @cached_property
    def story(self) -> list[Passage]:
        """The title, the summary, the impact, the timeline and the agent's path, where a term
        stands.
        """
        postmortem = self._postmortem
        texts = [
            (postmortem.title, postmortem.at / "title"),
            (postmortem.summary, postmortem.at / "summary"),
        ]
        texts.append((postmortem.impact.description, postmortem.impact.at / "description"))
        texts += [(part.event, part.at / "event") for part in postmortem.timeline]
        texts += [(part.note, part.at / "note") for part in postmortem.agent_path]
        return [passage for passage in self._read(texts, _STORY) if passage.speaks]

    def _read(self, texts: list[tuple[str, Path]], lists: tuple[str, ...]) -> list[Passage]:
        return _passages(texts, self._terms, lists) if texts else []

    @cached_property
    def body(self) -> list[Passage]:
        """The paragraphs and items of the body in which a term stands."""
        return self._speaking(_BODY, lambda block: True)

    @cached_property
    def impact(self) -> list[Passage]:
        """The impact's description and the body's sections about it, where a vague amount stands."""
        impact = self._postmortem.impact
        described = self._read([(impact.description, impact.at / "description")], _IMPACT)
        return [
            *(passage for passage in described if passage.speaks),
            *self._speaking(_IMPACT, lambda block: "impact" in block.section),
        ]

    @cached_property
    def _lines(self) -> list[set[bytes]]:
        return bags(self._postmortem.body)

    @cached_property
    def _words(self) -> set[bytes]:
        return set().union(*self._lines)

    @cached_property
    def _blocks(self) -> list[_Block]:
        return _blocks(self._postmortem.body)

    def _speaking(self, lists: tuple[str, ...], asked: Callable[[_Block], bool]) -> list[Passage]:
        """The blocks in whose running text a term stands; Markdown is parsed where one stands in
        the raw text.
        """
        cues = self._terms.met(self._words, lists)
        if not cues:
            return []
        met = [not cues.isdisjoint(line) for line in self._lines]
        body, found = self._postmortem.body, []
        for block in self._blocks:
            if asked(block) and any(met[block.first : block.last]):
                pairs = self._terms.likely(
                    set().union(*self._lines[block.first : block.last]), lists
                )
                likely = [
                    (group, term)
                    for group, term in pairs
                    if lists is _IMPACT or group.list in _lists_of(block.section)
                ]
                if likely and self._block(body, block, likely).speaks:
                    found.append((block, likely))
        quiet = prose(body) if found else ""
        return [
            passage for passage in (self._block(quiet, *pair) for pair in found) if passage.speaks
        ]

    def _block(self, body: str, block: _Block, likely: Likely) -> Passage:
        start = block.start
        return Passage(
            body[start : block.end],
            lambda first, last: in_body(start + first, start + last),
            self._terms,
            likely,
        )


def _blocks(body: str) -> list[_Block]:
    """Paragraphs and list items: a blank line ends one, an item or a row of a table begins one;
    headings are none.
    """
    headings = {section.heading_start: section for section in sections(body)}
    found: list[_Block] = []
    at, name, parent, joins = 0, "", "", False
    for number, line in enumerate(body.split("\n")):
        end = at + len(line)
        bare = line.lstrip()
        if at in headings:
            section, joins = headings[at], False
            title = section.title[:_TITLE_READ].casefold()
            parent = title if section.level <= 2 else parent
            name = f"{parent} / {title}"
        elif not bare:
            joins = False
        elif joins and not _begins_item(bare):
            found[-1].end, found[-1].last = end, number + 1
        else:
            found.append(_Block(name, at, end, number, number + 1))
            joins = True
        at = end + 1
    return found


@lru_cache(maxsize=1024)
def _lists_of(section: str) -> frozenset[str]:
    """The lists that are read in a section of the body; the names are those of the section and of
    the one around it.
    """
    lists = {"blame", "vow", "abusive-language"}
    for name, titles in _IN_SECTIONS.items():
        if any(title in section for title in titles):
            lists.add(name)
    for name, titles in _NOT_IN_SECTIONS.items():
        if not any(title in section for title in titles):
            lists.add(name)
    return frozenset(lists)


def _begins_item(line: str) -> bool:
    """Whether a line without its indentation begins a list item, a quotation or a row of a table."""
    mark = line.split(maxsplit=1)[0]
    return line[0] in ">|" or mark in "-*+•" or (mark[-1] in ".)" and mark[:-1].isdigit())


def open_actions(postmortem: Postmortem) -> list[Action]:
    """The actions that are not cancelled."""
    return [action for action in postmortem.actions if action.status != "cancelled"]


def read(postmortem: Postmortem, context: Context) -> Reading:
    """The reading of a postmortem; the rules ask for the same one after each other."""
    return _read(postmortem, lexicon(context.settings.words))


@lru_cache(maxsize=1)
def _read(postmortem: Postmortem, terms: Lexicon) -> Reading:
    return Reading(postmortem, terms)
