"""A postmortem as the rules about prose read it: titles, causes, the story, and the body, each text once for all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache

from pmlint.body import prose, sections
from pmlint.model import Action, FailedControl, Postmortem, WorkflowFinding
from pmlint.place import Path, Where, in_body
from pmlint.rule import Context
from pmlint.words.lexicon import Lexicon, Match, lexicon
from pmlint.words.text import Words

_TITLE = ("exhortation", "praise", "investigate-only", "behavioural-norm", "prompt-wording", "vague-action", "vow", "abusive-language")
_END = ("escape", "date", "placeholder", "self-proof", "abusive-language")
_CAUSE = ("blame", "convenient-story", "counterfactual", "vague-cause", "abusive-language")
_STORY = ("blame", "counterfactual", "unquantified-impact", "vow", "abusive-language")
_BODY = ("exhortation", "convenient-story", "vague-cause", *_STORY)


Place = Callable[[int, int], Where]
"""Turns characters of a text into a place of the document."""
_Block = tuple[int, int, str]
"""Where a paragraph or an item of the body begins and ends, and the names of the section that it stands in."""


class Passage:
    """A text of a document, and the terms of some lists in it; ``place`` turns characters of it into a place of the document."""

    def __init__(self, text: str, place: Place, terms: Lexicon, lists: tuple[str, ...], section: str = "") -> None:
        self.text = text
        self.place = place
        self.section = section
        self._terms = terms
        self._lists = lists

    @cached_property
    def words(self) -> Words:
        """The words of the text."""
        return Words(self.text)

    @cached_property
    def _matches(self) -> dict[str, list[Match]]:
        groups = self._terms.likely(self.text, self._lists)
        return self._terms.matches(self.words, groups) if groups else {}

    def said(self, name: str) -> Match | None:
        """The first term of a list that nothing in this text silences."""
        return next((match for match in self._matches.get(name, ()) if not self._silenced(match)), None)

    def all(self, name: str) -> list[Match]:
        """Every term of a list that silences others."""
        if name not in self._matches:
            self._matches |= {name: [], **self._terms.matches(self.words, self._terms.groups(name))}
        return self._matches[name]

    @property
    def speaks(self) -> bool:
        """Whether a term of one of the lists stands here, silenced or not."""
        return bool(self._matches)

    def _silenced(self, match: Match) -> bool:
        return any(other.first < match.first or other.last > match.last for name in match.group.unless for other in self.all(name))

    def quote(self, match: Match) -> str:
        """The words of a match as they stand, shortened where they are many."""
        return shorten(self.words.quote(match.first, match.last))

    def where(self, match: Match) -> Where:
        """The place of a match's words."""
        return self.place(*self.words.span(match.first, match.last))


def title_passage(text: str, at: Path = Path(), terms: Lexicon | None = None) -> Passage:
    """A text read as an action's title, under the shipped lists unless others are given."""
    return Passage(text, at.chars, terms or lexicon({}), _TITLE)


def cause_passage(text: str, at: Path = Path(), terms: Lexicon | None = None) -> Passage:
    """A text read as a cause, under the shipped lists unless others are given."""
    return Passage(text, at.chars, terms or lexicon({}), _CAUSE)


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
    def titles(self) -> list[tuple[Action, Passage]]:
        """The titles of the actions that are not cancelled."""
        return [(action, title_passage(action.title, action.at / "title", self._terms)) for action in open_actions(self._postmortem)]

    @cached_property
    def ends(self) -> list[tuple[Action, Passage]]:
        """What ``done_when`` says, of the actions that are not cancelled and say something."""
        actions = [action for action in open_actions(self._postmortem) if action.done_when.strip()]
        return [(action, Passage(action.done_when, (action.at / "done_when").chars, self._terms, _END)) for action in actions]

    @cached_property
    def causes(self) -> list[tuple[WorkflowFinding | FailedControl, Passage]]:
        """The statements of the findings, and why controls failed, where a term stands."""
        postmortem = self._postmortem
        told = [(part, part.statement, part.at / "statement") for part in postmortem.findings]
        why = [(part, part.why, part.at / "why") for part in postmortem.failed_controls]
        both: list[tuple[WorkflowFinding | FailedControl, str, Path]] = [*told, *why]
        return [(both[index][0], passage) for index, passage in self._speaking([(text, at) for _, text, at in both], _CAUSE)]

    @cached_property
    def story(self) -> list[Passage]:
        """The title, the summary, the impact, the timeline and the agent's path, where a term stands."""
        postmortem = self._postmortem
        texts = [(str(postmortem.data.get(name, "")), postmortem.at / name) for name in ("title", "summary")]
        texts.append((postmortem.impact.description, postmortem.impact.at / "description"))
        texts += [(part.event, part.at / "event") for part in postmortem.timeline]
        texts += [(part.note, part.at / "note") for part in postmortem.agent_path]
        return [passage for _, passage in self._speaking(texts, _STORY)]

    def _speaking(self, texts: list[tuple[str, Path]], lists: tuple[str, ...]) -> Iterator[tuple[int, Passage]]:
        """The texts, with their number, in which a term stands; they are looked at one by one only where all together have a cue."""
        if self._terms.likely("\n".join(text for text, _ in texts), lists):
            for index, (text, at) in enumerate(texts):
                passage = Passage(text, at.chars, self._terms, lists)
                if passage.speaks:
                    yield index, passage

    @cached_property
    def body(self) -> list[Passage]:
        """The paragraphs and items of the body in which a term stands; Markdown is parsed only where there are any."""
        body = self._postmortem.body
        if not self._terms.likely(body, _BODY):
            return []
        found = [block for block in _blocks(body) if self._block(body, block).speaks]
        quiet = prose(body) if found else ""
        return [self._block(quiet, block) for block in found]

    def _block(self, body: str, block: _Block) -> Passage:
        start, end, section = block
        return Passage(body[start:end], lambda first, last: in_body(start + first, start + last), self._terms, _BODY, section)


def _blocks(body: str) -> Iterator[_Block]:
    """Paragraphs and list items, without headings."""
    start, name, parent = 0, "", ""
    for section in [*sections(body), None]:
        for first, last in _paragraphs(body, start, section.heading_start if section else len(body)):
            yield first, last, name
        if section:
            parent = section.title if section.level <= 2 else parent
            start, name = section.start, f"{parent} / {section.title}".casefold()


def _paragraphs(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines that belong together: a blank line ends a paragraph, and an item or a row of a table begins one."""
    first = at = start
    for line in body[start:end].split("\n"):
        bare = line.lstrip()
        if (not bare or bare[0] in "-*+>|•" or bare[0].isdigit()) and at > first:
            yield first, at
            first = at
        at += len(line) + 1
    if first < end:
        yield first, end


def open_actions(postmortem: Postmortem) -> list[Action]:
    """The actions that are not cancelled."""
    return [action for action in postmortem.actions if action.status != "cancelled"]


def only_answer(action: Action, postmortem: Postmortem) -> bool:
    """Whether an action is the only one for some finding."""
    others = {name for other in open_actions(postmortem) if other.at != action.at for name in other.findings}
    return any(name not in others for name in action.findings)


def read(postmortem: Postmortem, context: Context) -> Reading:
    """The reading of a postmortem; the rules ask for the same one after each other."""
    return _read(postmortem, lexicon(context.settings.words))


@lru_cache(maxsize=1)
def _read(postmortem: Postmortem, terms: Lexicon) -> Reading:
    return Reading(postmortem, terms)
