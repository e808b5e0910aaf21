"""What is true of a repository of `RowWorld`, by its records as data: the model that random
histories are held against.

It is written from docs/spec/gate.md, 2, 5 and 6, and asks nothing of the gate. What it does not
know (statements, stages, replays, other reviews) makes its answer None: then a restart may be
refused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import yaml

from pmlint.check.engine import check_tree
from pmlint.finding import Finding, Level
from pmlint.project.configuration import load
from tests.gate.memory import Objects
from tests.gate.row_world import FILES, TODAY, RowWorld

_JUDGE = ("pmlint.toml", "policies/")
"""What the base judges by, whatever the change writes into it."""
ROUTE, REVIEW, SETTLED = "mail-desk", "PM-2026-007", "PM-2026-005"
FLAGS: dict[str, tuple[object, ...]] = {
    "state": ("retired", "paused", "limited", "running"),
    "autonomy": ("observe", "suggest", "act-with-approval", "act"),
    "restart": (False, True),
}
"""The fields of a route that restore it, from least to most."""


@dataclass(frozen=True)
class Facts:
    """A repository: its records, and its files as bytes."""

    records: Mapping[str, Any]
    files: Mapping[str, bytes]

    @cached_property
    def passes(self) -> bool:
        """Whether the review passes `check`."""
        return self.passes_by(self)

    def passes_by(self, judge: Facts) -> bool:
        """Whether the review passes `check` by the configuration and the policies of another state."""
        file = FILES["postmortem"]
        # without the other reviews, which would take most of the time
        own = {
            path: data
            for path, data in self.files.items()
            if path == file or not path.startswith(("postmortems/", *_JUDGE))
        }
        own |= {path: data for path, data in judge.files.items() if path.startswith(_JUDGE)}
        objects = Objects()
        tree = objects.tree(objects.add(own))
        found = check_tree(tree, load(tree), TODAY, only=frozenset((file,))).report.findings
        errors = (one for one in found if one.level is Level.ERROR and not one.waived)
        return not any(one.path == file and not _is_of_others(one) for one in errors)

    @property
    def desks(self) -> list[Mapping[str, Any]]:
        """The mapped routes that name the review."""
        return [desk for desk in self._places if REVIEW in desk.get("reviews", ())]

    @property
    def _places(self) -> list[Mapping[str, Any]]:
        """Every mapped route."""
        places = yaml.safe_load(self.files.get(FILES["place"], b"")) or {}
        found: list[Mapping[str, Any]] = places.get("desks", [])
        return found

    @property
    def is_named(self) -> bool:
        """Whether a route names the review in its own file."""
        route = self.records["route"] or {}
        return REVIEW in route.get("postmortems", ()) or bool(self.desks)

    @property
    def owners(self) -> set[str]:
        """The owners of every route that names the review, or that it names: each may sign it."""
        named = [desk for desk in self._places if desk.get("name") in self.review.get("routes", ())]
        return {self.owner, *(str(desk.get("owner")) for desk in (*self.desks, *named))}

    @property
    def review(self) -> Mapping[str, Any]:
        """The postmortem that holds the route."""
        return self.records["postmortem"] or {}

    @property
    def settings(self) -> Mapping[str, Any]:
        """The configuration."""
        settings: Mapping[str, Any] = self.records["configuration"]
        return settings

    @property
    def actions(self) -> dict[str, Mapping[str, Any]]:
        """The actions of the review, by id."""
        return {action["id"]: action for action in self.review.get("actions", ())}

    @property
    def conditions(self) -> dict[str, Mapping[str, Any]]:
        """The conditions of the restart, by id."""
        return {
            one["id"]: one for one in (self.review.get("restart") or {}).get("conditions") or ()
        }

    @property
    def signoff(self) -> Mapping[str, Any] | None:
        """The sign-off of the restart, where there is one."""
        signed: Mapping[str, Any] | None = (self.review.get("restart") or {}).get("signoff")
        return signed

    @property
    def owner(self) -> str:
        """The owner of record of the route."""
        return str(self.records["route"]["owner"])

    def is_proved(self, action: Mapping[str, Any]) -> bool:
        """Whether each proof of an action or condition is a file that has something in it."""
        proofs = action.get("proof") or ()
        return bool(proofs) and all(self.files.get(proof.get("path", "")) for proof in proofs)


def facts_of(world: RowWorld) -> Facts:
    """What a world says; the configuration as its file has it, which rows edit as text, too."""
    files = world.files()
    settings = tomllib.loads(files.get(FILES["configuration"], b"").decode())
    return Facts({**world.records, "configuration": {"gate": {}, **settings}}, files)


def is_landed(facts: Facts, action: Mapping[str, Any]) -> bool:
    """Whether an action is done, cancelled, or may follow the restart."""
    if action.get("after_restart"):
        return True
    if action["status"] == "cancelled":
        return bool(action.get("cancelled"))
    return bool(
        action["status"] == "done" and action.get("verified_by") and facts.is_proved(action)
    )


def open_parts(facts: Facts) -> Iterator[str]:
    """What keeps the review from being settled, but for its sign-off and what `check` says."""
    if facts.review.get("status") not in ("accepted", "closed", "withdrawn"):
        yield "status"
    for name, action in facts.actions.items():
        if not is_landed(facts, action):
            yield name
    for name, condition in facts.conditions.items():
        if not condition.get("met"):
            yield name


def _is_of_others(finding: Finding) -> bool:
    """Whether an error is one of documents that are left out, or that the gate does not wait for:
    the clock of the restart is asked of all of them.
    """
    is_link = finding.code == "dangling-link" and "no postmortem" in finding.message
    return is_link or finding.code == "restart-clock"


def is_settled(facts: Facts) -> bool:
    """Whether the review is settled for each of its routes."""
    return is_settled_for(facts, {ROUTE, *(desk["name"] for desk in facts.desks)})


def is_settled_for(facts: Facts, routes: set[str]) -> bool:
    """Whether the review is settled for some of its routes."""
    if any(open_parts(facts)) or not facts.passes:
        return False
    is_signed = not routes.isdisjoint(facts.settings["gate"].get("signed_routes", ()))
    if is_signed or facts.review.get("routes") != [ROUTE]:
        return not facts.conditions  # nobody signs those here
    others = {str(desk.get("owner")) for desk in facts.desks if desk["name"] in routes}
    signed = {str((facts.signoff or {}).get("by"))}
    return not facts.conditions or signed == others | {facts.owner}


def may_be_settled(facts: Facts) -> bool:
    """Whether the work of the incident alone keeps the route from running."""
    is_sound = facts.review.get("status") == "accepted" and facts.passes
    return is_sound and facts.review.get("routes") == [ROUTE] and not asks_facts(facts)


def is_linked(facts: Facts) -> bool:
    """Whether the review and the route are linked, on either side."""
    return (
        ROUTE in facts.review.get("routes", ()) or REVIEW in facts.records["route"]["postmortems"]
    )


def is_restored(before: Facts, after: Facts) -> bool:
    """Whether a flag of the route rises, or it gets a tool more."""
    old, new = before.records["route"], after.records["route"]
    if new is None:
        return False
    if any(_rank(new, name) > _rank(old, name) for name in FLAGS):
        return True
    return any(set(new["tools"][kind]) - set(old["tools"][kind]) for kind in ("read", "write"))


def _rank(route: Mapping[str, Any], field: str) -> int:
    """How far up a field of a route is; what is missing or not a value of it counts as up."""
    order = FLAGS[field]
    return order.index(route.get(field)) if route.get(field) in order else len(order)


def may_restart(before: Facts, after: Facts) -> bool | None:
    """Whether the change may restore the route; None where the model cannot tell."""
    others = {*before.records["route"]["postmortems"], *after.records["route"]["postmortems"]}
    if others - {REVIEW, SETTLED}:
        return False
    if not is_linked(before) and not is_linked(after):
        return None
    for name, action in after.actions.items():
        if not _counts(before, after, before.actions.get(name), action):
            return False
    for name, condition in after.conditions.items():
        if not before.conditions.get(name, {}).get("met") or not condition.get("met"):
            return False
    if after.conditions and (after.signoff or {}).get("by") != before.owner:
        return False
    if any(open_parts(after)):
        return False
    if before.review.get("status") not in ("accepted", "closed", "withdrawn"):
        return False
    if not after.passes_by(before):
        return False
    return None if asks_facts(before) else True


def _counts(
    before: Facts,
    after: Facts,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any],
) -> bool:
    """Whether an action counts as landed in the change that restores: by what the base had."""
    if old is None or not is_landed(after, new):
        return False
    if is_landed(before, old):
        return True
    is_two_phase = before.settings["gate"].get("two_phase")
    return bool(
        new["status"] == "done"
        and not is_two_phase
        and all(before.files.get(proof["path"]) for proof in new["proof"])
    )


def asks_facts(facts: Facts) -> bool:
    """Whether a restart needs a statement or a signature besides."""
    gate = facts.settings["gate"]
    restart = facts.review.get("restart") or {}
    return bool(
        {"budgets", "drills"} & gate.keys()
        or any(ledger.get("required", True) for ledger in facts.settings.get("ledgers", ()))
        or ROUTE in gate.get("signed_routes", ())
        or {"replay", "stages"} & restart.keys()
        or facts.records["route"].get("stage")
        or any(control.get("drills") for control in facts.records["route"]["controls"])
    )


def breaches(before: Facts, after: Facts) -> Iterator[str]:
    """What a change does that nobody may do, of closing, meeting, signing and restarting: the code
    of each refusal.
    """
    blocks = not is_settled(before)
    for name, action in after.actions.items():
        yield from _closing(before, after, before.actions.get(name, {}), action, blocks=blocks)
    for name, condition in after.conditions.items():
        is_new = condition.get("met") and not before.conditions.get(name, {}).get("met")
        if blocks and is_new and not after.is_proved(condition):
            yield "unproven-condition"
    yield from _signing(before, after)
    if is_restored(before, after) and may_restart(before, after) is False:
        yield "route-held"


def _closing(
    before: Facts,
    after: Facts,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    blocks: bool,
) -> Iterator[str]:
    if new["status"] != "done" or not blocks:
        return
    if old.get("status") == "done":
        paths = [proof["path"] for proof in old["proof"]]
        is_touched = any(before.files.get(path) != after.files.get(path) for path in paths)
        if is_touched and not after.is_proved(old):
            yield "proof-changed"
        return
    if not after.is_proved(new):
        yield "closed-without-proof"
    if new.get("verified_by") in (None, new["owner"]):
        yield "not-verified"


def _signing(before: Facts, after: Facts) -> Iterator[str]:
    if after.signoff is None:
        return
    if after.signoff != before.signoff:
        if after.signoff["by"] not in before.owners:
            yield "signed-by-another"
        elif any(open_parts(after)):
            yield "early-signoff"
    elif _signed_parts(before) != _signed_parts(after):
        yield "early-signoff"


def _signed_parts(facts: Facts) -> dict[str, object]:
    """What a sign-off speaks of."""
    statuses = {name: action["status"] for name, action in facts.actions.items()}
    return statuses | {name: one.get("met") for name, one in facts.conditions.items()}


def decisions(before: Facts, after: Facts) -> Iterator[str]:
    """What somebody else has to agree to where approvals are asked for: closings, conditions that
    are met, sign-offs.
    """
    if is_settled(before):
        return
    for name, action in after.actions.items():
        if action["status"] == "done" and before.actions.get(name, {}).get("status") != "done":
            yield name
    for name, condition in after.conditions.items():
        if condition.get("met") and not before.conditions.get(name, {}).get("met"):
            yield name
    if after.signoff not in (None, before.signoff):
        yield "signoff"
