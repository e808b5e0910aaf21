"""What holds a route in a change: what is open on the target, and what the change itself may close
before it restarts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pmlint.gate.approvals import Approvals
from pmlint.gate.proof import Proofs
from pmlint.model import Action, Postmortem
from pmlint.parsing.source import Malformed
from pmlint.project.holds import Hold, may_follow_restart, open_reason
from pmlint.project.settings import Settings

LAND = "land it in a change of its own, then record the proof and a verifier who is not its owner; then restart"
Read = Postmortem | Malformed | None


class Holding:
    """Asks of postmortems on both sides what holds their routes.

    ``proofs`` looks things up on the target, ``coming`` in what the merge would produce; ``errors``
    counts what a postmortem breaks in the result, given what it was on the target.
    """

    def __init__(
        self,
        settings: Settings,
        proofs: Proofs,
        coming: Proofs,
        approvals: Approvals,
        errors: Callable[[Postmortem, Postmortem], int],
    ) -> None:
        self._settings = settings
        self._proofs = proofs
        self._coming = coming
        self._approvals = approvals
        self._errors = errors

    def open_on_target(self, action: Action, postmortem: Postmortem) -> str:
        """Why an action is open on the target; empty where it has landed, or was validly cancelled."""
        reason = open_reason(action, postmortem)
        if reason:
            return reason
        if action.status == "cancelled":
            problem = self._approvals.person_problem(
                action.cancelled.approved_by, (action.owner, *postmortem.authors), landed=True
            )
            return f"cancelled, but {problem}" if problem else ""
        problem = self._approvals.person_problem(action.verified_by, (action.owner,), landed=True)
        return f"done, but {problem}" if problem else self._proofs.missing(action, recorded=True)

    def bogus(self, action: Action) -> str:
        """Why a closing could not stand even after the merge; empty where it can."""
        return self._coming.missing(action, recorded=True)

    def is_open(self, target: Read) -> bool:
        """Whether a postmortem on the target has anything that a change may not take away: open
        actions, or an unfinished review.
        """
        if not isinstance(target, Postmortem):
            return target is not None
        return (
            target.status not in ("accepted", "closed", "withdrawn")
            or any(self.open_on_target(action, target) for action in target.actions)
            or self.unmet(target) != []
        )

    def unmet(self, target: Postmortem) -> list[str]:
        """The restart conditions that are not met on the target."""
        return [
            condition.id
            for condition in target.restart.conditions
            if not condition.met and target.status in ("accepted", "closed")
        ]

    def holds(
        self,
        name: str,
        target: Read,
        result: Read,
        signoff: Callable[[Postmortem, Postmortem], str],
    ) -> Iterator[Hold]:
        """Everything by which a postmortem holds a route that the change would give trust;
        ``signoff`` says what it lacks.
        """
        if not isinstance(target, Postmortem):
            reason = (
                "it is not on the target yet"
                if target is None
                else "it can't be read on the target"
            )
            yield Hold(
                name, "review", "", "", None, reason, "have the review merged first, and accepted"
            )
            return
        if not isinstance(result, Postmortem):
            yield Hold(
                name,
                "review",
                "",
                "",
                None,
                "it is gone, or can't be read, in the result",
                "put it back as it is on the target",
            )
            return
        if target.status not in ("accepted", "closed"):
            reason = f"its status on the target is {str(target.data.get('status'))!r}"
            release = (
                "close its actions, then unlink it in a change of its own"
                if target.status == "withdrawn"
                else "have it accepted first"
            )
            yield Hold(name, "review", "", "", None, reason, release)
        yield from self._actions(target, result)
        yield from self._conditions(target, result)
        if lack := signoff(target, result):
            yield Hold(
                name,
                "sign-off",
                "",
                "",
                None,
                lack,
                "have the owner of the route sign it off: pmlint signoff",
            )
        if count := self._errors(result, target):
            words = f"it does not pass the check: {count} error{'s' if count > 1 else ''}"
            yield Hold(name, "review", "", "", None, words, f"pmlint check {result.file}")

    def _actions(self, target: Postmortem, result: Postmortem) -> Iterator[Hold]:
        before = {action.id: action for action in target.actions}
        after = {action.id: action for action in result.actions}
        for name in sorted(before.keys() | after.keys()):
            reason = self._open(before.get(name), after.get(name), target, result)
            if reason:
                action = before.get(name) or after[name]
                yield Hold(target.id, "action", name, action.owner, action.deadline, reason, LAND)

    def _open(
        self, before: Action | None, after: Action | None, target: Postmortem, result: Postmortem
    ) -> str:
        """Why an action holds; the same questions for one that the change adds, except that nothing
        of it was on the target.
        """
        if after is None:
            return "it is gone in the result"
        was_open = self.open_on_target(before, target) if before else "it is new"
        if not was_open:
            return open_reason(after, result)
        if before and may_follow_restart(before, target):
            problem = self._approvals.person_problem(
                before.after_restart.approved_by, (before.owner, *target.authors), landed=True
            )
            if not problem:
                return ""
        if reason := open_reason(after, result):
            return reason
        if before and closed_alike(before, after):
            return was_open
        if self._settings.gate.two_phase:
            return "it is closed in this very change, and two_phase asks for two"
        if after.status == "cancelled":
            return (
                "it is cancelled in this very change: cancelling is one change, restarting the next"
            )
        problem = self._approvals.person_problem(
            after.verified_by, (after.owner, before.owner if before else "")
        )
        problem = (
            problem
            or self._approvals.missing((after.owner,))
            or self._proofs.missing(after, recorded=False)
        )
        return f"it is closed in this very change, but {problem}" if problem else ""

    def _conditions(self, target: Postmortem, result: Postmortem) -> Iterator[Hold]:
        after = {condition.id: condition for condition in result.restart.conditions}
        for condition in target.restart.conditions:
            kept = after.get(condition.id)
            lack = ""
            if kept is None or not kept.met:
                lack = (
                    "the restart condition is not met"
                    if kept
                    else "the restart condition is gone in the result"
                )
            elif not condition.met:
                lack = "the restart condition is met only in this very change: recording it is one change, restarting the next"
            elif kept.text != condition.text:
                lack = "the restart condition reads otherwise in the result"
            if lack:
                release = "meet it, and record that in a change of its own"
                yield Hold(target.id, "condition", condition.id, "", None, lack, release)


def closed_alike(was: Action, now: Action) -> bool:
    """Whether an action is closed as it was on the target."""
    return all(
        was.data.get(name) == now.data.get(name)
        for name in ("status", "proof", "verified_by", "owner", "cancelled")
    )
