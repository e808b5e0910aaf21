"""What each step in the life of a postmortem sets, as changes of its data.

A sign-off speaks of what was there: a step that closes, meets, cancels or reopens something takes
an older sign-off out, and the owner signs again (docs/spec/gate.md, 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pmlint.edit.change import Change
from pmlint.model import Action, Postmortem
from pmlint.model.restart import Condition
from pmlint.place import Path
from pmlint.project.holds import is_open, may_follow_restart, open_reason

CLOSING = ("proof", "verified_by", "done_on", "cancelled")
"""The fields that a closed action has and an open one has not."""


Gone = Callable[[str], bool]
"""Whether no file is at a path."""


def closing(
    postmortem: Postmortem,
    action: Action,
    entry: dict[str, object],
    verifier: str,
    day: str,
    gone: Gone,
) -> list[Change]:
    """An action is done, or verified anew: its proof, who verified it, and the day."""
    return [
        Change(action.at / "status", "done"),
        *_proven(action, entry, gone),
        Change(action.at / "verified_by", verifier),
        Change(action.at / "done_on", day),
        *unsigned(postmortem),
    ]


def meeting(
    postmortem: Postmortem, condition: Condition, entry: dict[str, object], day: str, gone: Gone
) -> list[Change]:
    """A condition is met: its proof, and the day."""
    return [
        Change(condition.at / "met", True),
        Change(condition.at / "met_on", day),
        *_proven(condition, entry, gone),
        *unsigned(postmortem),
    ]


def cancelling(postmortem: Postmortem, action: Action, reason: str, approver: str) -> list[Change]:
    """An action is cancelled: why, and who approved it."""
    given = {"reason": reason, "approved_by": approver}
    return [
        Change(action.at / "status", "cancelled"),
        Change(action.at / "cancelled", given, whole=True),
        *unsigned(postmortem),
    ]


def moving(postmortem: Postmortem, action: Action, status: str) -> list[Change]:
    """An action is started, or opened again: then what closed it is taken out."""
    outrun = [Change(action.at / field, remove=True) for field in CLOSING if field in action.data]
    was_closed = action.status in ("done", "cancelled")
    return [
        Change(action.at / "status", status),
        *outrun,
        # To start an action that was open alters nothing that an owner signed.
        *(unsigned(postmortem) if was_closed else []),
    ]


def withdrawing(reason: str, approver: str) -> list[Change]:
    """A review that was a mistake: why, and who approved that it goes."""
    given = {"reason": reason, "approved_by": approver}
    return [
        Change(Path() / "status", "withdrawn"),
        Change(Path() / "withdrawn", given, whole=True),
    ]


def signing(postmortem: Postmortem, owner: str, day: str) -> list[Change]:
    """The owner signs the restart, beside those who signed for other routes."""
    at = Path() / "restart" / "signoff"
    entry = {"by": owner, "on": day}
    # An older one of the same owner is replaced: it signs for what is there now.
    others = [dict(one) for one in signoffs(postmortem) if not _is(one, owner)]
    return [Change(at, [*others, entry] if others else entry, whole=True)]


def signoffs(postmortem: Postmortem) -> Iterator[Mapping[str, object]]:
    """The sign-offs, which are one mapping, or a list where routes have several owners."""
    restart = postmortem.data.get("restart")
    found = restart.get("signoff") if isinstance(restart, dict) else None
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            yield one


def unsigned(postmortem: Postmortem) -> list[Change]:
    """The sign-off is taken out, where there is one."""
    restart = postmortem.data.get("restart")
    if not isinstance(restart, dict) or restart.get("signoff") is None:
        return []
    return [Change(Path() / "restart" / "signoff", remove=True)]


def _is(signoff: Mapping[str, object], owner: str) -> bool:
    by = signoff.get("by")
    # Forges take handles in any case, so the gate folds them as well (docs/spec/gate.md, 4).
    return isinstance(by, str) and by.casefold().lstrip("@") == owner.casefold().lstrip("@")


def _proven(part: Action | Condition, entry: dict[str, object], gone: Gone) -> list[Change]:
    """The entry under ``proof``: in the place of the same proof, verified anew, or of one whose
    file is gone, which shows nothing any more; else appended.
    """
    at = part.at / "proof"
    # Without `blob`: it is what changes when the same proof is verified anew.
    same = [name for name in ("path", "commit", "uri") if name in entry]
    alike = [
        number
        for number, known in enumerate(part.proof)
        if all(known.data.get(name) == entry[name] for name in same)
    ]
    moved = [number for number, known in enumerate(part.proof) if known.path and gone(known.path)]
    if not alike and not moved:
        return [Change(at, entry, append=True)]
    number = (alike or moved)[0]
    if part.proof[number].data == entry:
        return []
    return [Change(at / number, entry, whole=True)]


def next_step(postmortem: Postmortem) -> str:
    """What is left after a step: the open actions, then the conditions, then the sign-off."""
    name = postmortem.id
    left = [action.id for action in postmortem.actions if is_open(action, postmortem)]
    unmet = [one.id for one in postmortem.restart.conditions if not one.met]
    route = postmortem.routes[0] if postmortem.routes else "ROUTE"
    if left:
        return f"merge it; still open in {name}: {', '.join([*left, *unmet])}"
    if unmet:
        return f"merge it; when {unmet[0]} holds: pmlint meet {name} {unmet[0]} --proof PROOF"
    if postmortem.restart.conditions:
        return f"merge it; then the route's owner runs: pmlint signoff {route}"
    return f"merge it; then restart in a change of its own; 'pmlint why {route}' says what is left"


def to_settle(postmortem: Postmortem) -> str:
    """The verb that is next for a review which cannot be closed yet."""
    name = postmortem.id
    if any(is_open(action, postmortem) for action in postmortem.actions):
        return f"'pmlint actions --postmortem {name}' lists what is open"
    unmet = next((one.id for one in postmortem.restart.conditions if not one.met), "")
    if unmet:
        return f"pmlint meet {name} {unmet} --proof COMMIT|PATH|URI"
    route = postmortem.routes[0] if postmortem.routes else "ROUTE"
    return f"let the route's owner run pmlint signoff {route}"


def waits_for(postmortem: Postmortem) -> list[str]:
    """What has to come before a sign-off, in words; nothing where it can be signed now."""
    left = []
    # A draft and a review under way hold as a whole, whatever their actions say (docs/spec/gate.md,
    # 2).
    if postmortem.status not in ("accepted", "closed", "withdrawn"):
        left.append(f"its status is '{postmortem.status}'")
    for action in postmortem.actions:
        reason = open_reason(action, postmortem)
        if reason is not None and not may_follow_restart(action, postmortem):
            left.append(f"{action.id} is {reason}")
    unmet = [one.id for one in postmortem.restart.conditions if not one.met]
    return [*left, *(f"{name} is not met" for name in unmet)]


def before_closing(postmortem: Postmortem) -> list[str]:
    """What has to come before a review is closed, in words: every action, the conditions, and the
    sign-off where there are conditions (docs/spec/format.md, ``closed-while-open``).
    """
    reasons = [(action.id, open_reason(action, postmortem)) for action in postmortem.actions]
    left = [f"{name} is {reason}" for name, reason in reasons if reason is not None]
    conditions = postmortem.restart.conditions
    left += [f"{one.id} is not met" for one in conditions if not one.met]
    if conditions and not list(signoffs(postmortem)):
        left.append("the restart is not signed off")
    return left
