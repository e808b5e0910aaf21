"""A postmortem as the rules about prose read it: titles, ends, causes, the story and the body, each
text once for all rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Set
from functools import cached_property
from weakref import proxy

from pmlint.finding import Level
from pmlint.model import Action, FailedControl, Postmortem, WorkflowFinding
from pmlint.model.ends import End
from pmlint.parsing.markdown import prose
from pmlint.place import Path, Where, in_body
from pmlint.rules.prose.answers import SURE, WeakAnswer, weak_answer
from pmlint.rules.prose.body import BODY, Block, blocks, lists_of
from pmlint.rules.prose.languages import may_be_unread, read_in, unread
from pmlint.rules.prose.lexicon import Lexicon, Likely, Match, bags, lexicon
from pmlint.rules.prose.named import TERM, names_nothing
from pmlint.rules.prose.passage import CAUSE, TITLE, Passage, passages
from pmlint.rules.rule import Context

_END = ("escape", "date", "placeholder", "self-proof", "abusive-language")
_STORY = ("blame", "counterfactual", "vow", "abusive-language")
_IMPACT = ("unquantified-impact",)


class Reading:
    """The passages of one postmortem under one lexicon; ``instructions`` are a team's own files
    that a model reads.
    """

    def __init__(
        self, postmortem: Postmortem, terms: Lexicon, instructions: tuple[str, ...] = ()
    ) -> None:
        # Weak, because the postmortem keeps its reading (`read`). As a circle each document would
        # leave 100 kB to the garbage collector: 300 take 67 MB instead of 48, and 4% more time.
        self._postmortem: Postmortem = proxy(postmortem)
        self._terms = terms
        self.instructions = instructions

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
    def _ends(self) -> dict[Path, End]:
        return {one.at: End(one.done_when, self.instructions) for one in self.actions}

    def end_of(self, action: Action) -> End:
        """What an action's ``done_when`` shows."""
        return self._ends[action.at]

    @cached_property
    def _shows(self) -> dict[Path, bool]:
        return {one.at: self.end_of(one).shows(one.layer) for one in self.actions}

    def shows_end(self, action: Action) -> bool:
        """Whether an action shows an end of its layer's own kind."""
        return self._shows[action.at]

    def level(self, action: Action) -> Level:
        """How serious words of an action are: an error only where its end is one already."""
        return Level.ERROR if action.structural and not self.shows_end(action) else Level.WARNING

    @cached_property
    def weak_answers(self) -> list[tuple[Action, Passage, WeakAnswer]]:
        """The titles that are something else than a change, each with the surest detector."""
        found = ((action, title, weak_answer(title)) for action, title in self.titles)
        return [
            (action, title, weak)
            for action, title, weak in found
            if weak and self._is_spoken_of(action, weak)
        ]

    def _is_spoken_of(self, action: Action, weak: WeakAnswer) -> bool:
        names_nothing = weak.match.term == TERM
        if action.structural:
            # an end outweighs words: on unseen sentences these rules alone seldom err
            is_sure = weak.kind in SURE and not names_nothing
            return is_sure or not self.shows_end(action)
        # A training that is called one stands beside a control and hides nothing
        # (docs/spec/language.md, 4).
        if names_nothing or (weak.layer and action.layer == weak.layer):
            return False  # it is called what it is
        return weak.kind != "exhortation" or not self._has_control_beside(action)

    def _has_control_beside(self, action: Action) -> bool:
        """Whether each finding of an action has a structural action, too."""
        answered = {name for other in self.actions if other.structural for name in other.findings}
        return bool(action.findings) and answered.issuperset(action.findings)

    @cached_property
    def titles(self) -> list[tuple[Action, Passage]]:
        """The actions with their titles."""
        return list(
            zip(
                self.actions,
                self._read([(one.title, one.at / "title") for one in self.actions], TITLE),
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
    def _statements(self) -> list[tuple[WorkflowFinding | FailedControl, Passage]]:
        """The statements of the findings, and why controls failed."""
        postmortem = self._postmortem
        parts: list[WorkflowFinding | FailedControl] = [
            *postmortem.findings,
            *postmortem.failed_controls,
        ]
        texts = [(part.statement, part.at / "statement") for part in postmortem.findings]
        texts += [(part.why, part.at / "why") for part in postmortem.failed_controls]
        return list(zip(parts, self._read(texts, CAUSE), strict=True))

    @cached_property
    def causes(self) -> list[tuple[WorkflowFinding | FailedControl, Passage]]:
        """Those of them that have a term."""
        return [(part, passage) for part, passage in self._statements if passage.speaks]

    def nameless(self, rule: str) -> Iterator[tuple[WorkflowFinding, Passage, Match]]:
        """The statements of findings of which a rule says that they name nothing which a change
        could touch; none of which a list speaks.
        """
        return (found for found in self._nameless if found[2].group.list == rule)

    @cached_property
    def _nameless(self) -> list[tuple[WorkflowFinding, Passage, Match]]:
        return [
            (part, passage, match)
            for part, passage in self._statements
            if isinstance(part, WorkflowFinding)
            and part.id not in self.linked
            and not any(map(passage.said, CAUSE))
            and (match := names_nothing(passage))
        ]

    @cached_property
    def linked(self) -> frozenset[str]:
        """The findings whose control ``failed_controls`` names."""
        controls = self._postmortem.failed_controls
        return frozenset(name for control in controls for name in control.findings)

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
        return passages(texts, self._terms, lists) if texts else []

    @cached_property
    def _narrowed(self) -> Lexicon:
        """The terms of the languages of the body."""
        return self._terms.narrowed(read_in(self._words, self._postmortem.body))

    @cached_property
    def unread(self) -> tuple[str, Path | Where] | None:
        """The language of a field that no list covers, and where the field stands; the body is
        asked last.
        """
        postmortem = self._postmortem
        summary = postmortem.at / "summary"
        # A line feed would make two bags of one field.
        (words,) = bags(postmortem.summary.replace("\n", " "))
        fields: list[tuple[Set[bytes], str, Path]] = [(words, postmortem.summary, summary)]
        # The words of statements and titles are there for other rules.
        fields += [
            (passage.bag, part.statement, part.at / "statement")
            for part, passage in self._statements
            if isinstance(part, WorkflowFinding)
        ]
        fields += [(one.bag, one.text, action.at / "title") for action, one in self.titles]
        read = self._terms.languages
        # All fields at once first: of most documents none is in such a language.
        if not may_be_unread(
            [bag for bag, _, _ in fields], "".join(text for _, text, _ in fields), read
        ):
            fields = []
        for bag, text, at in fields:
            if language := unread(bag, text, read):
                return language, at
        language = unread(self._words, postmortem.body, read)
        return (language, in_body(0, 0)) if language else None

    @cached_property
    def body(self) -> list[Passage]:
        """The paragraphs and items of the body that have a term."""
        return self._speaking(BODY, lambda block: lists_of(block.section))

    @cached_property
    def impact(self) -> list[Passage]:
        """The impact's description and the body's sections about it, with a vague amount."""
        impact = self._postmortem.impact
        described = self._read([(impact.description, impact.at / "description")], _IMPACT)
        return [
            *(passage for passage in described if passage.speaks),
            *self._speaking(_IMPACT, lambda block: _IMPACT if "impact" in block.section else ()),
        ]

    @cached_property
    def _lines(self) -> list[set[bytes]]:
        return self._terms.bags(self._postmortem.body)

    @cached_property
    def _words(self) -> set[bytes]:
        return set().union(*self._lines)

    @cached_property
    def _blocks(self) -> list[Block]:
        return blocks(self._postmortem.body, self._postmortem.sections)

    def _speaking(
        self, lists: tuple[str, ...], lists_in: Callable[[Block], tuple[str, ...]]
    ) -> list[Passage]:
        """The blocks in whose running text a term stands of those lists that are read in them;
        Markdown is parsed where one stands in the raw text.
        """
        terms = self._narrowed
        cues = terms.met(self._words, lists)
        # Most bodies end here: one intersection for all the terms of all lists.
        if not cues:
            return []
        met = [not cues.isdisjoint(line) for line in self._lines]
        body, found = self._postmortem.body, []
        for block in self._blocks:
            if any(met[block.first : block.last]):
                bag = set().union(*self._lines[block.first : block.last])
                likely = terms.likely(bag, lists_in(block))
                # First in the raw text, which is quick; the Markdown parser, which knows quotations
                # and code, is asked of the few that are left.
                if likely and self._block(body, block, likely).speaks:
                    found.append((block, likely))
        quiet = prose(body) if found else ""
        return [
            passage for passage in (self._block(quiet, *pair) for pair in found) if passage.speaks
        ]

    def _block(self, body: str, block: Block, likely: Likely) -> Passage:
        start = block.start
        return Passage(
            body[start : block.end],
            lambda first, last: in_body(start + first, start + last),
            self._narrowed,
            likely,
        )


def open_actions(postmortem: Postmortem) -> list[Action]:
    """The actions that are not cancelled."""
    return [action for action in postmortem.actions if action.status != "cancelled"]


def read(postmortem: Postmortem, context: Context) -> Reading:
    """The reading of a postmortem, kept with it, since each rule asks for the same one."""
    # With the document: a cache of "the current document" gives one document the words of another
    # as soon as two are judged in turn.
    found: Reading | None = postmortem.parts.get("reading")
    if found is None:
        own = tuple(context.settings.words.get("instruction_files", ()))
        found = Reading(postmortem, lexicon(context.settings.words), own)
        postmortem.parts["reading"] = found
    return found
