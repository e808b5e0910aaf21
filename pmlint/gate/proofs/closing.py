"""What a change closes: an action or a condition, and what it names as its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pmlint.gate.naming import places_of
from pmlint.gate.snapshot import Snapshot
from pmlint.model import Action, Postmortem
from pmlint.model.restart import Condition
from pmlint.project.holds import same

CLOSED_BY = ("status", "verified_by", "owner", "cancelled")
"""What makes a closing besides its proof."""


class Closing(NamedTuple):
    """An action or condition that a change closes: as it was on the base (None where it is new),
    and as it would be.
    """

    postmortem: Postmortem
    base_postmortem: Postmortem | None
    before: Action | Condition | None
    after: Action | Condition

    @property
    def was_open(self) -> bool:
        """Whether it was on the base and open there: and then proofs must be newer."""
        return self.before is not None and not is_closed(self.before)

    @property
    def kind(self) -> str:
        """What is closed, as messages call it."""
        return "action" if isinstance(self.after, Action) else "condition"

    @property
    def missing_code(self) -> str:
        """The refusal of one whose proof is not there at all."""
        return "closed-without-proof" if isinstance(self.after, Action) else "unproven-condition"

    @property
    def owners(self) -> tuple[str, ...]:
        """Who owns it, on the base and now; nobody of a condition."""
        return tuple(part.owner for part in (self.before, self.after) if isinstance(part, Action))

    def places(self, exists: Callable[[str], bool]) -> tuple[str, ...]:
        """What the action names as its place, as the base has it; nothing of a condition."""
        known = self.before or self.after
        if not isinstance(known, Action):
            return ()
        written = known.data.get("place")
        named = places_of(known.done_when, exists) or places_of(known.title, exists)
        if isinstance(written, str) and written.strip():
            named = (*named, written.strip())
        return named


def is_closed(part: Action | Condition) -> bool:
    """Whether an action is done, or a condition met, by what is written."""
    return part.status == "done" if isinstance(part, Action) else part.met


def is_unchanged(before: Any, after: Any, *fields: str) -> bool:
    """Whether the named fields of two parts are the same; handles without case."""
    for name in fields:
        old, new = before.data.get(name), after.data.get(name)
        if old != new and not (isinstance(old, str) and isinstance(new, str) and same(old, new)):
            return False
    return True


def follows_its_file(
    before: Action | Condition, after: Action | Condition, base: Snapshot, merged: Snapshot
) -> bool:
    """Whether only paths of proofs changed, each to where its file is now as it was.

    ``before`` is a part of the base that was closed there.
    """
    if isinstance(before, Action) and isinstance(after, Action):
        if before.status != "done" or not is_unchanged(before, after, *CLOSED_BY):
            return False
    elif isinstance(before, Condition) and not before.met:
        return False
    if len(before.proof) != len(after.proof):
        return False
    for old, new in zip(before.proof, after.proof, strict=True):
        if old.data == new.data:
            continue
        known = old.path and base.identity(old.path)
        if not known or {**old.data, "path": new.path} != dict(new.data):
            return False
        if merged.identity(new.path) != known:
            return False
    return True
