"""A postmortem and its parts, as `schema/postmortem.json` describes them."""

from __future__ import annotations

from datetime import date, datetime

from pmlint.model.dates import parse_date, parse_moment
from pmlint.model.part import Flag, Many, One, Part, Text, Texts
from pmlint.model.vocabulary import EVIDENCE_KINDS, STRENGTH, STRUCTURAL
from pmlint.place import Path

CLOCKS = ("route_start", "first_warning", "first_impact", "containment", "restart")
"""The clocks in the order in which they must strike."""


class Approval(Part):
    """``{reason, approved_by}``: of a cancelled action, an accepted risk, a withdrawn postmortem."""

    reason = Text()
    approved_by = Text()

    @property
    def given(self) -> bool:
        """Whether both the reason and the approver are written."""
        return bool(self.reason.strip() and self.approved_by.strip())


class Proof(Part):
    """What shows that an action has landed: a ``commit``, a ``path`` or a ``uri``."""

    commit = Text()
    path = Text()
    uri = Text()
    sha256 = Text()


class Amendment(Part):
    """How a deadline or an owner may move."""

    on = Text()
    field = Text()
    reason = Text()
    approved_by = Text()

    @property
    def before(self) -> object:
        """The value from which it moves (``from``)."""
        return self.data.get("from")

    @property
    def after(self) -> object:
        """The value to which it moves (``to``)."""
        return self.data.get("to")


class Action(Part):
    """One permanent change."""

    id = Text()
    title = Text()
    layer = Text()
    findings = Texts()
    control = Text()
    owner = Text()
    done_when = Text()
    status = Text()
    proof = Many(Proof)
    verified_by = Text()
    amendments = Many(Amendment)
    cancelled = One(Approval)
    after_restart = One(Approval)

    @property
    def deadline(self) -> date | None:
        """The deadline; None where there is none, or it is no date."""
        return parse_date(self.data.get("deadline"))

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


class Clocks(Part):
    """The five moments."""

    def moment(self, name: str) -> datetime | None:
        """The moment of a clock of `CLOCKS`; None where it is missing, unknown or no moment."""
        return parse_moment(self.data.get(name))

    def unknown(self, name: str) -> bool:
        """Whether the clock says why it is not known."""
        value = self.data.get(name)
        return (
            isinstance(value, dict)
            and isinstance(value.get("unknown"), str)
            and bool(value["unknown"].strip())
        )


class Event(Part):
    """One line of the timeline."""

    event = Text()
    evidence = Text()

    @property
    def moment(self) -> datetime | None:
        """When it happened; None where that is unknown."""
        return parse_moment(self.data.get("at"))


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


class SignOff(Part):
    """Who signs the restart, and when."""

    by = Text()
    on = Text()


class Replay(Part):
    """The incident, played against the repaired route."""

    path = Text()


class Restart(Part):
    """What must be true before the route is trusted again."""

    conditions = Many(Condition)
    signoff = One(SignOff)
    replay = One(Replay)


class Waiver(Part):
    """One rule, not applied here for a reason, until a day."""

    rule = Text()
    reason = Text()
    approved_by = Text()

    @property
    def until(self) -> date | None:
        """The last day on which it counts; None where there is none, or it is no date."""
        return parse_date(self.data.get("until"))


class Postmortem(Part):
    """The review of one failure, near miss or rescue-heavy run.

    ``body`` is the Markdown below the front matter.
    """

    __slots__ = ("body", "file")

    id = Text()
    title = Text()
    status = Text()
    severity = Text()
    trigger = Text()
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
    restart = One(Restart)
    withdrawn = One(Approval)
    waivers = Many(Waiver)

    def __init__(self, data: object, file: str = "", body: str = "") -> None:
        super().__init__(data)
        self.file = file
        self.body = body

    @property
    def opened(self) -> date | None:
        """The day on which the review was opened; None where there is none, or it is no date."""
        return parse_date(self.data.get("opened"))

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
