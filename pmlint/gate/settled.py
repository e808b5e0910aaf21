"""Settled or not, in a repository: what is written, and what has landed (docs/spec/gate.md, 2).

1. A postmortem blocks each of its routes from the moment the base has it until it is settled for
   that route: `pmlint.project.holds` says what is written, `proof` what is there, `check` whether
   it passes.
2. In the change that restores a route count only closings whose proof the base had, and the
   sign-off. Everything else counts from the next change on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain

from pmlint.gate.case import Case
from pmlint.gate.naming import same_words
from pmlint.gate.proofs.closing import CLOSED_BY, Closing, follows_its_file, is_unchanged
from pmlint.gate.refusal import Lack
from pmlint.gate.signing import FOLDER, signed_names
from pmlint.gate.snapshot import Snapshot
from pmlint.model import Action, Postmortem, Route
from pmlint.model.restart import Condition
from pmlint.parsing.source import Malformed
from pmlint.project.holds import (
    Hold,
    condition_holds,
    is_open,
    land,
    may_follow_restart,
    open_reason,
    review_hold,
    signers,
    signoff_hold,
)
from pmlint.project.repositories import is_foreign_name

LATER = "in a change of its own; it counts from the next one on"


class Settled:
    """Answers what blocks which route; answers are kept, since many fields ask the same."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._blocking: dict[str, bool] = {}
        self._held: dict[str, bool] = {}

    def is_signed(self, route: str) -> bool:
        """Whether each restart of a route needs a signature."""
        return route in self.case.settings.gate.signed_routes

    def blocks(self, name: str) -> bool:
        """Whether a postmortem blocks one of its routes on the base."""
        if name not in self._blocking:
            read = self.case.version(self.case.base, name)
            routes = self.case.routes_of(name)
            if isinstance(read, Malformed):
                self._blocking[name] = True  # nobody knows what is open in it
            else:
                self._blocking[name] = read is not None and any(
                    any(self.on_base(read, route)) for route in routes
                )
        return self._blocking[name]

    def is_held(self, route: str) -> bool:
        """Whether a route is held: a linked postmortem blocks it, or one that is new does."""
        if route not in self._held:
            self._held[route] = any(
                self._blocks_route(name, route) for name in self.case.linked([route])
            )
        return self._held[route]

    def _blocks_route(self, name: str, route: str) -> bool:
        case = self.case
        read = case.version(case.base, name)
        if isinstance(read, Malformed):
            return True
        if read is None:
            new = case.version(case.merged, name)
            # a dangling id blocks nothing: `check` says that it is nowhere
            return new is not None and (
                isinstance(new, Malformed) or any(self.written(case.merged, new, route))
            )
        return any(self.on_base(read, route))

    @cached_property
    def anything_held(self) -> bool:
        """Whether any route is held on the base.

        Where there is no route and no postmortem can be read, it is prose from before pmlint.
        """
        case = self.case
        reads = [(path, case.base.read(path)) for path in case.base.files]
        if not case.base.routes and not any(isinstance(read, Postmortem) for _, read in reads):
            return False
        if self.case.settings.gate.signed_routes:
            return True
        readable = [read for _, read in reads if isinstance(read, Postmortem)]
        if len(readable) < len(reads):
            return True
        linked = [(read, route) for read in readable for route in self._base_routes(read)]
        # what is written first: to look each proof up and check each file takes far longer
        return any(any(self.written(case.base, *pair)) for pair in linked) or any(
            any(self.on_base(*pair)) for pair in linked
        )

    def _base_routes(self, read: Postmortem) -> tuple[str, ...]:
        """The routes that are linked to a postmortem of the base, without looking for its twins."""
        named = self.case.base.routes_of_postmortem.get(read.id, ())
        return tuple(dict.fromkeys((*read.routes, *sorted(named))))

    def on_base(self, read: Postmortem, route: str) -> Iterator[Hold]:
        """Everything by which a postmortem of the base blocks a route, the cheapest first."""
        case = self.case
        yield from self.written(case.base, read, route)
        for action in read.actions:
            if is_open(action, read) or may_follow_restart(action, read):
                continue
            if lack := self._not_landed(action, read):
                yield _hold(read, action, lack.reason)
        if review_hold(read) is None and case.errors(case.base, read, read):
            yield _unsound(read, len(case.errors(case.base, read, read)))

    def written(self, side: Snapshot, read: Postmortem, route: str) -> Iterator[Hold]:
        """Everything by which a postmortem blocks a route, from what is written on a side."""
        if review := review_hold(read):
            yield review
        for action in read.actions:
            reason = open_reason(action, read)
            if reason is not None and not self.follows_restart(action, read):
                yield _hold(read, action, reason)
        yield from condition_holds(read)
        if self.is_signed(route):
            yield from self._unsigned_route(side, read, route)
        elif missing := self._signoff(read, route):
            yield missing

    def _signoff(self, read: Postmortem, route: str) -> Hold | None:
        if not read.restart.conditions:
            return None
        if is_foreign_name(route):
            # Its owner is a fact of the other repository: `signoffs` asks who may sign, once.
            return None if signers(read) else _unsigned(read, route)
        return signoff_hold(read.id, signers(read), route, self.case.owner_of_record(route))

    def _unsigned_route(self, side: Snapshot, read: Postmortem, route: str) -> Iterator[Hold]:
        """What a signed route lacks until its owner signed it for a review (docs/spec/gate.md, 2):
        without it nothing would be compared from the last closing to the restart.
        """
        file = f"{FOLDER}/{route}.json"
        try:
            data = side.tree.read(file) if side.tree.entry(file) else b""
        except Malformed:
            data = b""  # a link, or too large for a sign-off: it names nothing
        if read.restart.conditions and read.id not in signed_names(data):
            owner = self.case.owner_of_record(route)
            release = f"let {owner or 'the owner'} run pmlint signoff {route} --key FILE"
            reason = f"{file} does not name it"
            yield Hold(read.id, "sign-off", "", owner, None, reason, release)

    def follows_restart(self, action: Action, read: Postmortem) -> bool:
        """Whether an eligible person let an action land after the restart."""
        if not may_follow_restart(action, read):
            return False
        by, interested = action.after_restart.approved_by, (action.owner, *read.authors)
        return self.case.approvals.not_eligible(by, interested, landed=True) is None

    def _not_landed(self, action: Action, read: Postmortem) -> Lack | None:
        """Why a closing that the base has does not hold: who was asked once is not asked again."""
        approvals = self.case.approvals
        if action.status == "cancelled":
            interested = (action.owner, *read.authors)
            return approvals.not_eligible(action.cancelled.approved_by, interested, landed=True)
        if lack := approvals.not_eligible(action.verified_by, (action.owner,), landed=True):
            return lack
        return self.case.proofs.not_there(action, self.case.proofs.on_base)

    # what blocks a restart in this very change

    def restart_holds(self, route: Route, names: frozenset[str]) -> list[Hold]:
        """Everything that blocks a route that this change restores, in the order of ids; ``names``
        are the ids as which it counts.
        """
        found = [self._restarting(name, route) for name in self.case.linked(names)]
        return list(chain.from_iterable(found))

    def _restarting(self, name: str, route: Route) -> Iterator[Hold]:
        case = self.case
        before, after = case.version(case.base, name), case.version(case.merged, name)
        if not isinstance(before, Postmortem):
            reason = "it cannot be read on the base"
            if before is None:
                reason = case.deleted(name) or "it is not on the base yet"
            yield Hold(name, "review", "", "", None, reason, "merge the review first, accepted")
            return
        if not isinstance(after, Postmortem):
            reason = "it was removed, or cannot be read, in the merge result"
            yield Hold(name, "review", "", "", None, reason, "restore it as it is on the base")
            return
        if review := review_hold(before):
            yield review._replace(
                reason=f"{review.reason} on the base", release=f"{review.release} {LATER}"
            )
        elif review := review_hold(after):
            # a settled review may go back, and the route that it held may not run on by that
            yield review
        yield from self._actions(before, after)
        yield from self._conditions(before, after)
        # of a signed route the signature is asked for over the file as it will be
        missing = None if self.is_signed(route.id) else self._signoff(after, route.id)
        if missing is not None:
            yield missing
        if count := len(case.errors(case.merged, after, before)):
            yield _unsound(after, count)

    def _actions(self, before: Postmortem, after: Postmortem) -> Iterator[Hold]:
        old = {action.id: action for action in before.actions}
        new = {action.id: action for action in after.actions}
        for name in sorted(old.keys() | new.keys()):
            lack = self._open(old.get(name), new.get(name), before, after)
            if lack is not None:
                yield _hold(before, old.get(name) or new[name], lack.reason)

    def _open(
        self, old: Action | None, new: Action | None, before: Postmortem, after: Postmortem
    ) -> Lack | None:
        """Why an action blocks; the same questions for one that the change adds, except that
        nothing of it was on the base.
        """
        if new is None:
            return Lack("it was removed")
        if old is not None:
            # A leave counts that both sides have: taken back here, the action is open again.
            stays_open = is_open(new, after) and not may_follow_restart(new, after)
            if self.follows_restart(old, before) and not stays_open:
                return None
            if reason := open_reason(new, after):
                return Lack(reason)
            case = self.case
            follows = follows_its_file(old, new, case.base, case.merged)
            if follows or is_unchanged(old, new, "proof", *CLOSED_BY):
                return self._not_landed(old, before) or self._gone_again(
                    Closing(after, before, old, new)
                )
        elif reason := open_reason(new, after):
            return Lack(f"it is new, and {reason}")
        return self._closed_now(old, new, before, after)

    def _gone_again(self, closing: Closing) -> Lack | None:
        """Why what landed before is not there any more once the change that restores is merged, or
        no longer names what it named (docs/spec/gate.md, 5): a review that is settled holds
        nothing, and so nothing else asks.
        """
        case, action = self.case, closing.after
        if isinstance(action, Action) and action.status == "cancelled":
            return None
        return case.proofs.not_there(action, case.proofs.in_result) or case.fixes.silenced(
            action, case.proofs.places(closing), case.merged
        )

    def _closed_now(
        self, old: Action | None, new: Action, before: Postmortem, after: Postmortem
    ) -> Lack | None:
        """Why a closing in this very change does not count for the restart."""
        case = self.case
        if case.settings.gate.two_phase:
            return Lack("it is closed in this very change, and 'two_phase' asks for two")
        if new.status == "cancelled":
            return Lack(f"it is cancelled in this very change: do that {LATER}")
        if lack := self.not_verified(old, new, after):
            return lack
        closing = Closing(after, before, old, new)
        lack = case.proofs.lacking(closing, case.proofs.on_base)
        # verified anew with another content, which the base did not have
        lack = lack or case.fixes.replaced(new, case.proofs.places(closing), case.merged)
        if lack is None:
            return None
        return Lack(f"it is closed in this very change, and {lack.reason}: close it {LATER}")

    def not_verified(self, old: Action | None, new: Action, after: Postmortem) -> Lack | None:
        """Why nobody verified a closing: a known person who is not the owner, and who agreed to
        this head where that is asked; an eligible person, who may be the same, approved it.
        """
        approvals = self.case.approvals
        by, owners = new.verified_by, (new.owner, old.owner if old else "")
        if not by.strip():
            return Lack("nobody verified it", "not-verified")
        if lack := approvals.not_known(by):
            return lack._replace(code="not-verified")
        if any(owner.strip() and approvals.is_same(by, owner) for owner in owners):
            return Lack(f"it is verified by {by}, its own owner", "not-verified")
        lack = approvals.not_agreed(by) or approvals.not_approved((*owners, *after.authors))
        return None if lack is None else lack._replace(code="not-verified")

    def _conditions(self, before: Postmortem, after: Postmortem) -> Iterator[Hold]:
        old = {condition.id: condition for condition in before.restart.conditions}
        new = {condition.id: condition for condition in after.restart.conditions}
        for name in sorted(old.keys() | new.keys()):
            lack = self._unmet(old.get(name), new.get(name))
            if lack is None:
                # what met it landed before; a restart asks that it is still there
                # (docs/spec/gate.md, 5)
                lack = self.case.proofs.not_there(new[name], self.case.proofs.in_result)
            if lack is not None:
                release = f"pmlint meet {before.id} {name} --proof COMMIT|PATH|URI"
                yield Hold(before.id, "condition", name, "", None, lack.reason, release)

    def _unmet(self, old: Condition | None, new: Condition | None) -> Lack | None:
        if new is None:
            return Lack("the restart condition was removed")
        if not new.met:
            return Lack("the restart condition is not met")
        if old is None or not old.met:
            return Lack(f"the restart condition is met in this very change: meet it {LATER}")
        if not same_words(old.text, new.text):
            return Lack("the restart condition was reworded")
        case = self.case
        if is_unchanged(old, new, "proof") or follows_its_file(old, new, case.base, case.merged):
            return None
        return Lack(f"its proof is exchanged in this very change: do that {LATER}")


def _hold(read: Postmortem, action: Action, reason: str) -> Hold:
    release = land(read, action)
    return Hold(read.id, "action", action.id, action.owner, action.deadline, reason, release)


def _unsigned(read: Postmortem, route: str) -> Hold:
    release = f"let the owner of the route run pmlint signoff {route} --by HANDLE"
    return Hold(read.id, "sign-off", "", "", None, "the restart is not signed off", release)


def _unsound(read: Postmortem, count: int) -> Hold:
    words = f"it does not pass the check: {count} error{'s' if count > 1 else ''}"
    return Hold(read.id, "review", "", "", None, words, f"pmlint check {read.file}")
