"""Settled or not: what keeps a route from being restored (docs/spec/gate.md, 2).

A postmortem blocks each of its routes until it is settled for that route:

1. its status is 'accepted', 'closed' or 'withdrawn';
2. every action is done with proof and verified by somebody else, validly cancelled, or has an
   approved ``after_restart``;
3. every condition is met;
4. where it has conditions, the owner of the route has signed it off.

This is the predicate on one tree, from what is written. `pmlint.gate` asks git on top of it
whether proofs have landed, and `check` whether the postmortem passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from pmlint.model.postmortem import Action, Postmortem
from pmlint.model.proof import Approval, Proof


class Hold(NamedTuple):
    """One reason why a route is held: by which postmortem (empty for a fact), which action (empty
    where it is the review itself), and what is missing.
    """

    postmortem: str
    kind: Literal["action", "review", "condition", "sign-off", "budget", "stage", "drill", "replay"]
    subject: str
    owner: str
    deadline: date | None
    reason: str
    release: str
    code: str = ""
    """The refusal of a fact that the route does not show (docs/spec/trust.md)."""
    repository: str = ""
    """Whose ledger says so, in full; empty for a postmortem of this repository."""


def same(one: str, other: str) -> bool:
    """Whether two handles name the same person: case and a leading ``@`` don't count."""
    return bare_handle(one) == bare_handle(other)


def bare_handle(handle: str) -> str:
    """A handle as handles are compared: without case and a leading ``@``."""
    return handle.strip().lstrip("@").casefold()


def independent(approver: str, action: Action, postmortem: Postmortem) -> bool:
    """Whether an approver is neither the action's owner nor an author of the postmortem."""
    return (
        bool(approver.strip())
        and not same(approver, action.owner)
        and not any(same(approver, author) for author in postmortem.authors)
    )


def proves(proof: Proof) -> bool:
    """Whether a proof names something that can be looked at: a commit, a path, or a URI with its
    digest.
    """
    return bool(proof.commit or proof.path or (proof.uri and proof.sha256))


def is_open(action: Action, postmortem: Postmortem) -> bool:
    """Whether an action is neither done with proof and verified by another person, nor validly
    cancelled.
    """
    return open_reason(action, postmortem) is not None


def open_reason(action: Action, postmortem: Postmortem) -> str | None:
    """Why an action is open; None where it is not."""
    if action.status == "done":
        # In this order: each reason is what its owner has to do next.
        if not any(proves(proof) for proof in action.proof):
            return "done without proof"
        if not action.verified_by.strip():
            return "done, but nobody verified it"
        if same(action.verified_by, action.owner):
            return "done, but verified by its own owner"
        return None
    if action.status == "cancelled":
        if not action.cancelled.given:
            return "cancelled without a reason and an approver"
        if not independent(action.cancelled.approved_by, action, postmortem):
            return "cancelled by its own owner or author"
        return None
    # Every other status is open as well, an unknown one too: a word must not settle an action.
    known = action.status in ("open", "in-progress")
    return action.status if known else f"open, its status is {action.data.get('status')!r}"


def may_follow_restart(action: Action, postmortem: Postmortem) -> bool:
    """Whether somebody else approved that the route may start before this action is done."""
    approval: Approval = action.after_restart
    return approval.given and independent(approval.approved_by, action, postmortem)


def land(postmortem: Postmortem, action: Action) -> str:
    """The command that releases an open action."""
    return f"pmlint close {postmortem.id} {action.id} --proof COMMIT|PATH|URI --verified-by HANDLE"


def signers(postmortem: Postmortem) -> tuple[str, ...]:
    """Who signed the restart off: one person, or a list where routes have several owners."""
    found = postmortem.data.get("restart")
    written = found.get("signoff") if isinstance(found, dict) else None
    # Read from the data, because a file of the base may be older than the list of sign-offs.
    entries = written if isinstance(written, list) else [written]
    return tuple(
        entry["by"]
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("by"), str) and entry["by"].strip()
    )


_STATUS_IS = "its status is"


def review_hold(postmortem: Postmortem) -> Hold | None:
    """What the status of a review leaves to do."""
    # A withdrawn review is settled as a review and frees none of its actions (docs/spec/gate.md,
    # 2).
    if postmortem.status in ("accepted", "closed", "withdrawn"):
        return None
    reason = f"{_STATUS_IS} {postmortem.data.get('status')!r}"
    release = f"pmlint move {postmortem.id} accepted"
    return Hold(postmortem.id, "review", "", "", None, reason, release)


def waits_for_acceptance(hold: Hold) -> bool:
    """Whether a hold is that of `review_hold`: a ledger has holds, and not the review itself."""
    return hold.kind == "review" and hold.reason.startswith(_STATUS_IS)


def action_holds(postmortem: Postmortem) -> Iterator[Hold]:
    """The actions that are open and may not follow the restart."""
    for action in postmortem.actions:
        reason = open_reason(action, postmortem)
        if reason is not None and not may_follow_restart(action, postmortem):
            yield Hold(
                postmortem.id,
                "action",
                action.id,
                action.owner,
                action.deadline,
                reason,
                land(postmortem, action),
            )


def condition_holds(postmortem: Postmortem) -> Iterator[Hold]:
    """The restart conditions that are not met."""
    for condition in postmortem.restart.conditions:
        if not condition.met:
            release = f"pmlint meet {postmortem.id} {condition.id} --proof COMMIT|PATH|URI"
            reason = "the restart condition is not met"
            yield Hold(postmortem.id, "condition", condition.id, "", None, reason, release)


def signoff_hold(
    postmortem: str, signed_by: tuple[str, ...] | None, route: str, owner: str
) -> Hold | None:
    """What the sign-off of a route lacks; ``signed_by`` is None where none is asked for, since
    there are no conditions.
    """
    # Without an owner nobody can sign: else an empty name would equal an empty one.
    if signed_by is None or (owner.strip() and any(same(by, owner) for by in signed_by)):
        return None
    reason = "the restart is not signed off"
    if signed_by:
        reason = f"it is signed off by {', '.join(signed_by)}, not by the owner of the route"
    release = f"let {owner or 'the owner of the route'} run pmlint signoff {route}"
    return Hold(postmortem, "sign-off", "", owner, None, reason, release)


def unsettled(postmortem: Postmortem) -> Iterator[Hold]:
    """Everything but the sign-off by which a postmortem blocks its routes."""
    if review := review_hold(postmortem):
        yield review
    yield from action_holds(postmortem)
    yield from condition_holds(postmortem)


def holds(postmortem: Postmortem) -> Iterator[Hold]:
    """Everything by which a postmortem blocks its routes, whoever owns them: a sign-off by anybody
    counts here; `signoff_hold` asks by whom.
    """
    yield from unsettled(postmortem)
    if postmortem.restart.conditions and not signers(postmortem):
        missing = signoff_hold(postmortem.id, (), " ".join(postmortem.routes) or "ROUTE", "")
        if missing:
            yield missing
