"""One small review and its action, in whatever state a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pmlint.gate.approvals import Approval, Approvals
from pmlint.gate.holding import Holding
from pmlint.model import Action, People, Postmortem
from pmlint.project.settings import Settings

LACK = "nobody on the target's roster beside the author and the owner approved this head"
HEAD = "a" * 40
SETTINGS = Settings()
PEOPLE = People([{"handle": f"@{name}"} for name in ("dana", "tom", "maria", "eva", "max")], "people.yaml")
ACTION: dict[str, Any] = {
    "id": "A1",
    "title": "Write fix.py",
    "layer": "alert",
    "findings": ["F1", "F2"],
    "control": "cap",
    "owner": "@tom",
    "deadline": "2026-10-30",
    "done_when": "fix.py stops above 3 rescues",
    "status": "open",
}
DONE = {"status": "done", "proof": [{"path": "fix.py"}], "verified_by": "@maria"}
CANCELLED = {"status": "cancelled", "cancelled": {"reason": "No.", "approved_by": "@eva"}}
EARLY = {"after_restart": {"reason": "Yes.", "approved_by": "@eva"}}
CONDITIONS = [{"id": "R1", "text": "14 days without a rescue", "met": False}, {"id": "R2", "text": "calm", "met": True}]
REVIEW: dict[str, Any] = {
    "id": "PM-1",
    "status": "accepted",
    "severity": "control-breach",
    "authors": ["@dana"],
    "actions": [ACTION],
    "restart": {"conditions": CONDITIONS},
}


class Known:
    """Proofs of which it is known whether they have landed."""

    def __init__(self, problem: str) -> None:
        self.problem = problem

    def missing(self, action: Action, *, recorded: bool) -> str:
        return self.problem and f"{self.problem} ({'recorded' if recorded else 'new'})"


def approvals(mode: str = "recorded", author: str = "", approving: tuple[str, ...] = ()) -> Approvals:
    return Approvals(mode, PEOPLE, author, (HEAD,), [Approval(name, "APPROVED", HEAD) for name in approving])


def holding(
    who: Approvals, landed: str = "", coming: str = "", settings: Settings = SETTINGS, errors: Callable[..., int] = lambda *_: 0
) -> Holding:
    return Holding(settings, Known(landed), Known(coming), who, errors)  # type: ignore[arg-type]


def review(action: dict[str, Any] | None = None, **fields: Any) -> Postmortem:
    return Postmortem(
        {**REVIEW, **fields, "actions": [{**ACTION, **(action or {})}] if fields.get("actions") is None else fields["actions"]}, "a.md"
    )
