"""What keeps a route from being trusted again: open actions, unfinished reviews, unmet conditions,
a missing sign-off.

This is the judgement on one tree, from what is written; `pmlint.gate` asks git on top of it whether
a proof has landed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from pmlint.model.postmortem import Action, Approval, Postmortem, Proof


class Hold(NamedTuple):
    """One reason why a route is held: by which postmortem, which action (empty where it is the
    review itself), and what is missing.
    """

    postmortem: str
    kind: Literal["action", "review", "condition", "sign-off"]
    subject: str
    owner: str
    deadline: date | None
    reason: str
    release: str


def same(one: str, other: str) -> bool:
    """Whether two handles name the same person: case and a leading ``@`` don't count."""
    return _plain(one) == _plain(other)


def _plain(handle: str) -> str:
    return handle.strip().lstrip("@").casefold()


@lru_cache(maxsize=1)
def _authors(postmortem: Postmortem) -> frozenset[str]:
    return frozenset(map(_plain, postmortem.authors))


def independent(approver: str, action: Action, postmortem: Postmortem) -> bool:
    """Whether an approver is neither the action's owner nor an author of the postmortem."""
    return (
        bool(approver.strip())
        and not same(approver, action.owner)
        and _plain(approver) not in _authors(postmortem)
    )


def proves(proof: Proof) -> bool:
    """Whether a proof names something that can be looked at: a commit, a path, or a URI with its
    digest.
    """
    return bool(proof.commit or proof.path or (proof.uri and proof.sha256))


def open_reason(action: Action, postmortem: Postmortem) -> str:
    """Why an action is open; empty where it is done with proof and verified by another person, or
    validly cancelled.
    """
    if action.status == "done":
        if not any(proves(proof) for proof in action.proof):
            return "done without proof"
        if not action.verified_by.strip():
            return "done, but nobody verified it"
        return (
            "done, but verified by its own owner" if same(action.verified_by, action.owner) else ""
        )
    if action.status == "cancelled":
        if not action.cancelled.given:
            return "cancelled without a reason and an approver"
        return (
            ""
            if independent(action.cancelled.approved_by, action, postmortem)
            else "cancelled by its own owner or author"
        )
    return (
        action.status
        if action.status in ("open", "in-progress")
        else f"open, its status is {action.data.get('status')!r}"
    )


def may_follow_restart(action: Action, postmortem: Postmortem) -> bool:
    """Whether somebody else approved that the route may start before this action is done."""
    approval: Approval = action.after_restart
    return approval.given and independent(approval.approved_by, action, postmortem)


def holds(postmortem: Postmortem) -> Iterator[Hold]:
    """Everything by which a postmortem holds its routes."""
    if postmortem.status not in ("accepted", "closed"):
        reason = f"its status is {postmortem.data.get('status')!r}"
        release = (
            "have the review accepted"
            if postmortem.status != "withdrawn"
            else "close its actions, then unlink it in a change of its own"
        )
        yield Hold(postmortem.id, "review", "", "", None, reason, release)
    for action in postmortem.actions:
        reason = open_reason(action, postmortem)
        if reason and not may_follow_restart(action, postmortem):
            release = "land it, then record the proof and a verifier who is not its owner"
            yield Hold(
                postmortem.id, "action", action.id, action.owner, action.deadline, reason, release
            )
    conditions = postmortem.restart.conditions
    for condition in conditions:
        if not condition.met:
            yield Hold(
                postmortem.id,
                "condition",
                condition.id,
                "",
                None,
                "the restart condition is not met",
                "meet it and record its proof",
            )
    if conditions and not postmortem.restart.signoff.by.strip():
        yield Hold(
            postmortem.id,
            "sign-off",
            "",
            "",
            None,
            "the restart is not signed off",
            "have the route's owner sign it off",
        )
