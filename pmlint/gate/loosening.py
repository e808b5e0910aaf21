"""What a change takes away from a postmortem without fixing anything; refused by itself, restart or
not (docs/spec/gate.md, 7).
"""

from __future__ import annotations

from collections.abc import Iterator

from pmlint.gate.approvals import Approvals
from pmlint.gate.holding import Holding, closed_alike
from pmlint.model import Action, Amendment, Postmortem
from pmlint.model.references import named_paths, numbers
from pmlint.model.vocabulary import SEVERITIES, STRENGTH
from pmlint.project.holds import open_reason


class Loosening:
    """Compares a postmortem on the target with the same in the result; each case begins with its
    name.
    """

    def __init__(self, holding: Holding, approvals: Approvals) -> None:
        self._holding = holding
        self._approvals = approvals

    def cases(self, before: Postmortem, after: Postmortem) -> Iterator[str]:
        """Everything that is loosened.

        In a postmortem that holds nothing any more, an action must stay, and name what it named: by
        that it holds again when its fix goes.
        """
        holds = self._holding.is_open(before)
        if holds:
            yield from self._review(before, after)
            yield from self._conditions(before, after)
        kept = {action.id: action for action in after.actions}
        for action in before.actions:
            open_there = self._holding.open_on_target(action, before)
            if action.id not in kept:
                how = (
                    "is open on the target and gone"
                    if open_there
                    else "is closed on the target and gone"
                )
                yield f"action-removed: {before.id} {action.id} {how} in the result"
                continue
            yield from self._end(before, after, action, kept[action.id])
            if holds and open_there:
                yield from self._action(before, after, action, kept[action.id])
        yield from self._closings(before, after)

    def _review(self, before: Postmortem, after: Postmortem) -> Iterator[str]:
        if before.status in ("accepted", "closed") and after.status not in (
            "accepted",
            "closed",
            "withdrawn",
        ):
            yield f"status-set-back: {before.id} goes from '{before.status}' to '{after.data.get('status')}' while it holds"
        if after.status == "withdrawn" and before.status != "withdrawn":
            problem = self._approvals.person_problem(
                after.withdrawn.approved_by, after.authors
            ) or self._approvals.missing(after.authors)
            if problem or not after.withdrawn.given:
                yield f"withdrawn-without-approval: {before.id}: {problem or 'there is no reason'}"
        if before.severity in SEVERITIES and _rank(after.severity) < _rank(before.severity):
            yield f"severity-lowered: {before.id} goes from '{before.severity}' to '{after.severity}' while it holds"
        for author in before.authors:
            if author not in after.authors:
                yield f"author-removed: {before.id} no longer names {author}, who may not approve for it"

    def _conditions(self, before: Postmortem, after: Postmortem) -> Iterator[str]:
        kept = {condition.id: condition for condition in after.restart.conditions}
        for condition in before.restart.conditions:
            now = kept.get(condition.id)
            if now is None:
                yield f"condition-removed: {before.id} {condition.id} is gone in the result"
            elif (
                not condition.met
                and now.text != condition.text
                and not _keeps(condition.text, now.text)
            ):
                yield f"condition-changed: {before.id} {condition.id} reads otherwise before it was met"

    def _action(
        self, before: Postmortem, after: Postmortem, was: Action, now: Action
    ) -> Iterator[str]:
        name = f"{before.id} {was.id}"
        stronger = STRENGTH.get(now.layer, -1) > STRENGTH.get(was.layer, -1)
        if now.layer != was.layer and not stronger and not self._amended(after, was, now, "layer"):
            yield f"layer-changed: {name} goes from '{was.layer}' to '{now.layer}'{self._lack(after, was, now, 'layer')}"
        if now.owner != was.owner and not self._amended(after, was, now, "owner"):
            move = f"goes from {was.owner or 'nobody'} to {now.owner or 'nobody'}"
            yield f"owner-changed: {name} {move}{self._lack(after, was, now, 'owner')}"
        later = was.deadline is not None and (now.deadline is None or now.deadline > was.deadline)
        if later and not self._amended(after, was, now, "deadline"):
            yield f"deadline-moved: {name} goes from {was.deadline} to {now.deadline or 'none'}{self._lack(after, was, now, 'deadline')}"
        for finding in was.findings:
            if finding not in now.findings:
                yield f"finding-unlinked: {name} no longer answers {finding}"
        if was.control and now.control != was.control:
            yield f"control-unlinked: {name} no longer repairs '{was.control}'"
        early = now.after_restart.given and not was.after_restart.given
        if early and (problem := self._vouched(now.after_restart.approved_by, after, was, now)):
            yield f"early-restart-without-approval: {name}: {problem}"

    def _end(
        self, before: Postmortem, after: Postmortem, was: Action, now: Action
    ) -> Iterator[str]:
        lost = [item for item in _named(was.done_when) if item not in _named(now.done_when)]
        if lost and not self._amended(after, was, now, "done_when"):
            lack = self._lack(after, was, now, "done_when")
            yield f"end-weakened: {before.id} {was.id} no longer names {', '.join(lost)} in done_when{lack}"

    def _amended(self, after: Postmortem, was: Action, now: Action, field: str) -> bool:
        """Whether the change records an amendment of a field, to what it is now, that another
        person approved.
        """
        return any(
            not self._amendment_problem(amendment, after, was, now, field)
            for amendment in self._new(was, now, field)
        )

    def _lack(self, after: Postmortem, was: Action, now: Action, field: str) -> str:
        new = self._new(was, now, field)
        if not new:
            return " without an amendment that another person approved"
        return f", and its amendment does not count: {self._amendment_problem(new[0], after, was, now, field)}"

    def _new(self, was: Action, now: Action, field: str) -> list[Amendment]:
        old = [amendment.data for amendment in was.amendments]
        return [
            amendment
            for amendment in now.amendments
            if amendment.data not in old and amendment.field == field
        ]

    def _amendment_problem(
        self, amendment: Amendment, after: Postmortem, was: Action, now: Action, field: str
    ) -> str:
        if amendment.before != was.data.get(field) or amendment.after != now.data.get(field):
            return "it does not say from what to what the field moves"
        if not amendment.reason.strip() or not amendment.on:
            return "it has no reason or no day"
        return self._vouched(amendment.approved_by, after, was, now)

    def _vouched(self, name: str, after: Postmortem, was: Action, now: Action) -> str:
        interested = (was.owner, now.owner, *after.authors)
        return self._approvals.person_problem(name, interested) or self._approvals.missing(
            interested
        )

    def _closings(self, before: Postmortem, after: Postmortem) -> Iterator[str]:
        """Actions that the change closes: paperwork that does not stand is refused, and so is a
        closing that nobody approved.
        """
        was = {action.id: action for action in before.actions}
        for action in after.actions:
            old = was.get(action.id)
            if action.status not in ("done", "cancelled") or (
                old is not None and closed_alike(old, action)
            ):
                continue
            name = f"{before.id} {action.id}"
            reason = open_reason(action, after)
            if not reason and action.status == "cancelled":
                reason = self._vouched(action.cancelled.approved_by, after, old or action, action)
            elif not reason:
                reason = self._approvals.person_problem(
                    action.verified_by, (action.owner, old.owner if old else "")
                )
                reason = (
                    reason
                    or self._holding.bogus(action)
                    or self._approvals.missing((action.owner,))
                )
            if reason:
                yield f"{'cancelled-without-approval' if action.status == 'cancelled' else 'closed-without-proof'}: {name}: {reason}"


def _keeps(old: str, new: str) -> bool:
    """Whether a text still names all that the old one named, which was something."""
    named = _named(old)
    return bool(named) and all(item in _named(new) for item in named)


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def _named(text: str) -> list[str]:
    return [*named_paths(text), *numbers(text)]
