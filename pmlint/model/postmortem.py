"""A postmortem and its parts, as `schema/postmortem.json` describes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pmlint.model.dates import Interval, parse_date, parse_interval, parse_moment
from pmlint.model.part import Day, Many, One, Part, Text, Texts
from pmlint.model.proof import Amendment, Approval, Proof
from pmlint.model.restart import Restart
from pmlint.model.vocabulary import EVIDENCE_KINDS, STRENGTH, STRUCTURAL
from pmlint.parsing.markdown import Section, sections
from pmlint.place import Path

if TYPE_CHECKING:
    # The reader knows YAML; a format that shows a verdict must not pay for it.
    from pmlint.parsing.document import Cut

CLOCKS = ("route_start", "first_warning", "first_impact", "containment", "restart")
"""The clocks in the order in which they must strike."""


class Action(Part):
    """One permanent change."""

    id = Text()
    title = Text()
    layer = Text()
    findings = Texts()
    control = Text()
    owner = Text()
    deadline = Day()
    done_when = Text()
    place = Text()
    proof = Many(Proof)
    verified_by = Text()
    done_on = Day()
    issue = Text()
    amendments = Many(Amendment)
    cancelled = One(Approval)
    after_restart = One(Approval)

    @property
    def status(self) -> str:
        """How far it is: ``open`` where nothing is written, empty where it is not a text."""
        # A status that is not a text is not 'open': nobody may take it for a known one.
        value = self.data.get("status", "open")
        return value if isinstance(value, str) else ""

    @property
    def structural(self) -> bool:
        """Whether its layer is stronger or intermediate."""
        return self.layer in STRUCTURAL

    @property
    def strength(self) -> int:
        """2 for a stronger layer, 1 for an intermediate one, 0 for a weaker or an unknown one."""
        return STRENGTH.get(self.layer, 0)


class Evidence(Part):
    """One piece of evidence: a ``path`` in the repository, or a ``uri``."""

    path = Text()
    uri = Text()
    sha256 = Text()


class EvidenceKind(Part):
    """One of the five kinds: its pieces, or why they are missing."""

    @property
    def pieces(self) -> tuple[Evidence, ...]:
        """The pieces that are listed."""
        return self._pieces

    missing = Text()
    action = Text()

    __slots__ = ("_pieces", "declared", "kind")

    def __init__(self, kind: str, data: object, at: Path) -> None:
        super().__init__(data, at)
        self.kind = kind
        self.declared = data is not None
        items = data if isinstance(data, list) else []
        self._pieces = tuple(
            Evidence(item, at / index) for index, item in enumerate(items) if isinstance(item, dict)
        )


class WorkflowFinding(Part):
    """One thing that the review found wrong with the workflow."""

    id = Text()
    statement = Text()

    @property
    def kind(self) -> str:
        """Its class, of the closed list (``class`` in the file)."""
        value = self.data.get("class")
        return value if isinstance(value, str) else ""


class FailedControl(Part):
    """A control that did not hold, or that was absent."""

    control = Text()
    absent = Text()
    expected = Text()
    why = Text()
    findings = Texts()
    accepted_risk = One(Approval)

    @property
    def name(self) -> str:
        """The id of the control, whether the route has it or not."""
        return self.control or self.absent


class Impact(Part):
    """What the failure did to the business."""

    description = Text()

    @property
    def customers(self) -> float | None:
        """How many customers were affected; None where that is unknown or not written."""
        value = self.data.get("customers")
        # a truth value is a number to Python, and not to the format
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


class Clocks(Part):
    """The five clocks: each a moment, a day, unknown with or without bounds, suggested, or null."""

    def moment(self, name: str) -> datetime | None:
        """The moment of a clock of `CLOCKS`; None for a day, bounds, or what is not a moment."""
        return parse_moment(self.data.get(name))

    def interval(self, name: str) -> Interval | None:
        """What is known of a clock; None where it is missing or cannot be read."""
        # The rules ask for each clock several times, and the tables once more.
        return self.once(name, lambda: parse_interval(self.data.get(name)))

    def reason(self, name: str) -> str:
        """Why a clock is unknown; empty where it is not, or where no reason is written."""
        value = self.data.get(name)
        reason = value.get("unknown") if isinstance(value, dict) else None
        return reason.strip() if isinstance(reason, str) else ""

    def unknown(self, name: str) -> bool:
        """Whether the clock says why it is not known."""
        return bool(self.reason(name))

    def is_suggested(self, name: str) -> bool:
        """Whether the clock was proposed from traces, and nobody has set it yet. Without its reason
        and its source a proposal has the wrong shape, which is another finding.
        """
        value = self.data.get(name)
        return isinstance(value, dict) and value.keys() >= {"suggested", "because", "source"}


class Event(Part):
    """One line of the timeline."""

    event = Text()
    evidence = Text()

    @property
    def moment(self) -> datetime | None:
        """When it happened; None for a day, bounds, or what is not a moment."""
        return parse_moment(self.data.get("at"))

    @property
    def interval(self) -> Interval | None:
        """What is known of when it happened; None where it cannot be read."""
        return self.once("at", lambda: parse_interval(self.data.get("at")))


class Step(Part):
    """One step of the agent's path."""

    step = Text()
    name = Text()
    note = Text()
    evidence = Text()


class NamedEpisode(Part):
    """An episode of runs that a review answers by name: its trigger, and one of its days."""

    trigger = Text()

    @property
    def day(self) -> date | None:
        """A day of the episode (``from``); None where there is none, or it is not a date."""
        return parse_date(self.data.get("from"))


class Waiver(Part):
    """One rule, not applied here for a reason, until a day."""

    rule = Text()
    reason = Text()
    approved_by = Text()
    until = Day()


class Postmortem(Part):
    """The review of one failure, near miss or rescue-heavy run.

    ``body`` is the Markdown below the front matter, ``cuts`` are the texts that a comment may have
    cut off.
    """

    # What is derived from it and kept with it (`parts`) refers to it weakly.
    __slots__ = ("__weakref__", "body", "cuts", "file")

    id = Text()
    title = Text()
    status = Text()
    severity = Text()
    trigger = Text()
    opened = Day()
    authors = Texts()
    routes = Texts()
    summary = Text()
    impact = One(Impact)
    clocks = One(Clocks)
    timeline = Many(Event)
    agent_path = Many(Step)
    findings = Many(WorkflowFinding)
    failed_controls = Many(FailedControl)
    actions = Many(Action)
    recurrence_of = Texts()
    taxonomy = Texts()
    episodes = Many(NamedEpisode)
    restart = One(Restart)
    withdrawn = One(Approval)
    waivers = Many(Waiver)
    amendments = Many(Amendment)

    def __init__(
        self, data: object, file: str = "", body: str = "", cuts: tuple[Cut, ...] = ()
    ) -> None:
        super().__init__(data)
        self.file = file
        self.body = body
        self.cuts = cuts

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the body in their order."""
        return self.once("sections", lambda: tuple(sections(self.body)))

    @property
    def evidence(self) -> tuple[EvidenceKind, ...]:
        """The five kinds, in the order of the format, whether they are declared or not."""
        if "evidence" not in self.parts:
            data = self.data.get("evidence")
            pack = data if isinstance(data, dict) else {}
            at = self.at / "evidence"
            self.parts["evidence"] = tuple(
                [EvidenceKind(kind, pack.get(kind), at / kind) for kind in EVIDENCE_KINDS]
            )
        found: tuple[EvidenceKind, ...] = self.parts["evidence"]
        return found
