"""A postmortem and its parts, as `schema/postmortem.json` describes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pmlint.model.dates import Interval, parse_date, parse_interval, parse_moment
from pmlint.model.part import Day, Flag, Many, One, Part, Text, Texts, whole_number
from pmlint.model.vocabulary import EVIDENCE_KINDS, STRENGTH, STRUCTURAL
from pmlint.parsing.markdown import Section, sections
from pmlint.place import Path

if TYPE_CHECKING:
    # The reader knows YAML; a format that shows a verdict must not pay for it.
    from pmlint.parsing.document import Cut

CLOCKS = ("route_start", "first_warning", "first_impact", "containment", "restart")
"""The clocks in the order in which they must strike."""


class Approval(Part):
    """``{reason, approved_by}``: of a cancelled action, an accepted risk, a withdrawn review."""

    reason = Text()
    approved_by = Text()

    @property
    def given(self) -> bool:
        """Whether both the reason and the approver are written."""
        return bool(self.reason.strip() and self.approved_by.strip())


class Proof(Part):
    """What shows that something has landed: a ``path``, a ``commit``, a ``uri`` with its
    ``sha256``, or a ``commit`` of another ``repository``.

    ``blob`` is the git id of what was there when it was closed; ``older`` allows a fix that is
    older than the review.
    """

    commit = Text()
    path = Text()
    uri = Text()
    sha256 = Text()
    repository = Text()
    blob = Text()
    older = One(Approval)


class Amendment(Part):
    """A change of a field that was approved: of an action, a condition, a postmortem or a route.

    ``field`` is the path below the record that it stands in, with ids for brackets.
    """

    on = Text()
    field = Text()
    reason = Text()
    approved_by = Text()

    @property
    def before(self) -> object:
        """The value before (``from``); None where the field was absent."""
        return self.data.get("from")

    @property
    def after(self) -> object:
        """The value after (``to``); None where the field is absent."""
        return self.data.get("to")


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
        if name not in self.parts:
            self.parts[name] = parse_interval(self.data.get(name))
        found: Interval | None = self.parts[name]
        return found

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
        if "at" not in self.parts:
            self.parts["at"] = parse_interval(self.data.get("at"))
        found: Interval | None = self.parts["at"]
        return found


class Step(Part):
    """One step of the agent's path."""

    step = Text()
    name = Text()
    note = Text()
    evidence = Text()


class Condition(Part):
    """One condition under which the route may start again."""

    id = Text()
    text = Text()
    met = Flag()
    proof = Many(Proof)
    met_on = Day()
    amendments = Many(Amendment)


class SignOff(Part):
    """Who signs the restart, and when."""

    by = Text()
    on = Day()


class StageDemand(Part):
    """What a route has to show at a stage: days, runs, and the share of them that may be
    rescued; None where it asks for none.
    """

    @property
    def days(self) -> int | None:
        """So many days at least."""
        return whole_number(self.data.get("days"))

    @property
    def runs(self) -> int | None:
        """So many runs at least."""
        return whole_number(self.data.get("runs"))

    @property
    def rescues(self) -> object:
        """The largest share of rescued runs, as it is written."""
        return self.data.get("rescues")


class Stage(Part):
    """One step of a route on its way back."""

    id = Text()
    state = Text()
    autonomy = Text()
    at_least = One(StageDemand)


class Replay(Part):
    """The incident, played against the repaired route: the test's file, the commit at which it must
    fail, and the names of the tests that count (all of the file where none is named).
    """

    path = Text()
    broken_at = Text()
    tests = Texts()


class Restart(Part):
    """What must be true before the route is trusted again."""

    conditions = Many(Condition)
    stages = Many(Stage)
    replay = One(Replay)

    @property
    def signoffs(self) -> tuple[SignOff, ...]:
        """Each sign-off: one mapping, or a list where the routes have several owners."""
        if "signoff" not in self.parts:
            value, at = self.data.get("signoff"), self.at / "signoff"
            if isinstance(value, dict):
                self.parts["signoff"] = (SignOff(value, at),)
            else:
                items = enumerate(value) if isinstance(value, list) else ()
                self.parts["signoff"] = tuple(
                    SignOff(item, at / number) for number, item in items if isinstance(item, dict)
                )
        found: tuple[SignOff, ...] = self.parts["signoff"]
        return found

    @property
    def signoff(self) -> SignOff:
        """The first sign-off; an empty one where nobody has signed."""
        return self.signoffs[0] if self.signoffs else SignOff(None, self.at / "signoff")


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
        if "sections" not in self.parts:
            self.parts["sections"] = tuple(sections(self.body))
        found: tuple[Section, ...] = self.parts["sections"]
        return found

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
