"""Random histories against a model of their own: ``python -m tests.gate.histories --changes 10000
--seed 1``.

A history begins with a repository that has what some rows of the table of transitions need, and
goes on change by change. A change is made of one to three operations: a row, loosened, freed,
tightened or changed (`rows.yaml`), or the work of an incident: land a fix, close its action, meet a
condition, sign, restart, pause, and the ways to cheat with each. What must come out is known
beforehand: of a row by its kind, of the work by `history_model`. What is allowed is merged, and
after each change the restart is tried.
"""

from __future__ import annotations

import argparse
import copy
import random
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.gate.approvals import GivenApproval
from tests.gate.attack_data import MODES
from tests.gate.history_model import (
    REVIEW,
    ROUTE,
    Facts,
    asks_facts,
    breaches,
    decisions,
    facts_of,
    is_restored,
    is_settled,
    is_settled_for,
    may_be_settled,
    may_restart,
    open_parts,
)
from tests.gate.memory import Objects
from tests.gate.row_examples import Example, amended_record, base_of, change, examples
from tests.gate.row_world import ABSENT, FILES, RowWorld, judged

# What a row needs is not there any more, or two of them write one key of the configuration.
_UNFIT = (AssertionError, KeyError, IndexError, TypeError, tomllib.TOMLDecodeError)
STEPS = 50
"""Changes of one history."""
HONEST_WORK, WORK = 0.55, 0.65
"""The shares of operations that are an honest step of the work, and that are any; the others are rows."""
HONEST = 0.65
"""The share of changes in which nothing is wrong: without them no history would get far."""
NEAR = 0.7
"""The share of histories that begin near the restart."""
NEEDS = 12
"""How many rows a history may be prepared for."""
APPROVERS = ("noor", "maria")
"""Who approves where approvals are asked for: somebody eligible, and the owner of the route."""
FIXES = {
    "A2": ("tests/test_run_record.py", "def test_run() -> None:\n    assert True\n"),
    "A3": ("src/desk/approval.py", "def approval(period: str) -> str: ...\n"),
    "A4": ("src/desk/page.py", "def page(minutes: int = 10) -> str: ...\n"),
    "A5": ("src/desk/lists.py", "LISTS = 100\n"),
}
"""What each action changes when it is done."""
RECORDS = {name: f"evidence/PM-2026-007/{name}.md" for name in ("R1", "R2")}
"""What shows that each condition is met."""


_RECORDS = {path: name for name, path in FILES.items() if name != "configuration"}
_EXAMPLES = {one.id: one for one in examples()}


class Impossible(Exception):
    """The base has not what an operation needs."""


class Work(NamedTuple):
    """One step of the work of an incident; ``part`` is an action, a condition, or who signs."""

    verb: str
    part: str = ""


class Wrong(NamedTuple):
    """One answer that is not what the model says."""

    kind: str
    seed: int
    step: int
    what: str


CHEATS = (
    *(
        Work(verb, name)
        for name in FIXES
        for verb in ("close", "close as owner", "reopen", "revert", "empty")
    ),
    *(Work(verb, name) for name in RECORDS for verb in ("meet on a word", "unmeet")),
    *(Work("sign", by) for by in ("@maria", "@eva")),
    *map(Work, ("restart", "restart alone", "pause", "act", "grow")),
)
"""Steps that undo, or may come too early."""


def next_steps(facts: Facts) -> Iterator[Work]:
    """The honest steps from here: what has to be done before the route may run."""
    for name, action in facts.actions.items():
        if name not in FIXES or action["status"] == "cancelled":
            continue
        if not facts.files.get(FIXES[name][0]):
            yield Work("land", name)  # for the first time, or again: it was reverted
        elif action["status"] != "done":
            yield Work("close", name)
    for name, condition in facts.conditions.items():
        if name in RECORDS and not condition.get("met"):
            yield Work("meet", name)
    if not any(open_parts(facts)) and facts.signoff is None:
        yield Work("sign", "@maria")


def do(work: Work, world: RowWorld) -> None:
    """Do one step in a world. Raises `Impossible` where there is nothing to do."""
    _VERBS[work.verb](world, work.part)


def _land(world: RowWorld, name: str) -> None:
    path, text = FIXES[name]
    world.texts[path] = text


def _revert(world: RowWorld, name: str) -> None:
    if world.texts.pop(FIXES[name][0], None) is None:
        raise Impossible


def _empty(world: RowWorld, name: str) -> None:
    if FIXES[name][0] not in world.texts:
        raise Impossible
    world.texts[FIXES[name][0]] = ""


def _close(world: RowWorld, name: str, verifier: str = "@noor") -> None:
    action = _part(world, f"actions.{name}")
    if action["status"] in ("done", "cancelled"):
        raise Impossible
    action |= {"status": "done", "proof": [{"path": FIXES[name][0]}], "verified_by": verifier}
    _unsign(world)


def _close_as_owner(world: RowWorld, name: str) -> None:
    _close(world, name, str(_part(world, f"actions.{name}")["owner"]))


def _reopen(world: RowWorld, name: str) -> None:
    action = _part(world, f"actions.{name}")
    if action["status"] != "done":
        raise Impossible
    for field in ("proof", "verified_by"):
        del action[field]
    action["status"] = "in-progress"
    _unsign(world)


def _meet(world: RowWorld, name: str) -> None:
    condition = _part(world, f"restart.conditions.{name}")
    if condition["met"]:
        raise Impossible
    path = RECORDS[name]
    world.texts[path] = (
        "50 replies in act-with-approval, of which 0 were corrected; 0 alerts in 7 days.\n"
    )
    condition |= {"met": True, "proof": [{"path": path}]}
    _unsign(world)


def _meet_on_a_word(world: RowWorld, name: str) -> None:
    _meet(world, name)
    del _part(world, f"restart.conditions.{name}")["proof"]


def _unmeet(world: RowWorld, name: str) -> None:
    condition = _part(world, f"restart.conditions.{name}")
    if not condition["met"]:
        raise Impossible
    condition["met"] = False
    for field in ("proof", "met_on"):
        condition.pop(field, None)
    _unsign(world)


def _sign(world: RowWorld, by: str) -> None:
    world.put("postmortem", "restart.signoff", {"by": by, "on": "2026-10-15"})


def _unsign(world: RowWorld) -> None:
    """What was signed is another thing now, and a review that was closed is not."""
    world.put("postmortem", "restart.signoff", ABSENT)
    if world.get("postmortem", "status") == "closed":
        world.put("postmortem", "status", "accepted")


def _set_route(world: RowWorld, **values: object) -> None:
    before = dict(world.records["route"])
    world.records["route"] |= values
    if before == world.records["route"]:
        raise Impossible


def _grow(world: RowWorld, _: str) -> None:
    tools = world.records["route"]["tools"]
    _set_route(world, tools={**tools, "write": [*tools["write"], "orders.put"]})


_VERBS: dict[str, Callable[[RowWorld, str], None]] = {
    "land": _land,
    "revert": _revert,
    "empty": _empty,
    "close": _close,
    "close as owner": _close_as_owner,
    "reopen": _reopen,
    "meet": _meet,
    "meet on a word": _meet_on_a_word,
    "unmeet": _unmeet,
    "sign": _sign,
    "restart": lambda world, _: _set_route(world, restart=True, state="running"),
    "restart alone": lambda world, _: _set_route(world, restart=True),
    "pause": lambda world, _: _set_route(world, restart=False, state="paused"),
    "act": lambda world, _: _set_route(world, autonomy="act"),
    "grow": _grow,
}


def _part(world: RowWorld, path: str) -> dict[str, Any]:
    """A part of the review. Raises `Impossible` where it is not there."""
    try:
        found: dict[str, Any] = world.get("postmortem", path)
    except KeyError:
        raise Impossible from None
    if found == ABSENT:
        raise Impossible
    return found


Operation = Example | Work


class Change(NamedTuple):
    """Some operations as one change of a base; ``is_approved`` by everybody who could be asked."""

    operations: tuple[Operation, ...]
    before: Facts
    after: Facts
    world: RowWorld
    is_approved: bool

    @property
    def rows(self) -> tuple[Example, ...]:
        """The operations that are made from rows."""
        return tuple(one for one in self.operations if isinstance(one, Example))

    @property
    def author(self) -> str:
        """Who makes the change."""
        return next((row.author for row in self.rows if row.author != "lee"), "lee")

    @property
    def said(self) -> str:
        """The operations as a reader finds them again."""
        return "; ".join(
            one.id if isinstance(one, Example) else f"{one.verb} {one.part}".strip()
            for one in self.operations
        )


@cache
def _pristine(id: str) -> RowWorld:
    return base_of(_EXAMPLES[id])


def pristine(example: Example) -> RowWorld:
    """The base of an example where nothing else has happened, made once."""
    return _pristine(example.id)


def _desk_names(world: RowWorld) -> list[object]:
    return [desk.get("name") for desk in world.records["place"]["desks"]]


def needs(example: Example) -> dict[str, Any]:
    """What the record of a row must have before its change, by path."""
    said = example.said
    found = dict(said.get("base", {}))
    if "is" in said:
        found[said["at"]] = said["is"]
    return found


class History:
    """One repository and its life: ``before`` is what is merged, in memory."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.mode = MODES[seed % len(MODES)]
        self.random = random.Random(seed)
        self.step = 0
        self.rows = [one for one in _EXAMPLES.values() if one.mode == self.mode]
        self.prepared: list[tuple[str, str]] = []
        self.objects = Objects()
        # else few histories get to a restart: the fixes have landed, and nothing besides is asked
        self.is_near = self.random.random() < NEAR
        self.world = self._prepared()
        if self.is_near:
            self.objects.add(self.world.files())
            self.world.texts |= dict(FIXES.values())
        self.facts = facts_of(self.world)
        self.target = self.objects.add(dict(self.facts.files))
        self.counts = Counter[str]()
        self.wrong: list[Wrong] = []

    def _prepared(self) -> RowWorld:
        """A repository that has what some rows need."""
        world = RowWorld(self.mode)
        claimed: dict[tuple[str, str], object] = {}
        for example in self.random.sample(self.rows, NEEDS):
            said, wanted = example.said, needs(example)
            if example.kind == "filled":
                wanted[example.said["at"]] = None
            named = {(example.edits, path): value for path, value in wanted.items()}
            named |= {
                (_RECORDS[path], ""): None
                for path in said.get("base_files", {})
                if path in _RECORDS
            }
            if any(_overlap(key, other) for key in named for other in claimed):
                continue
            tried = copy.deepcopy(world)
            try:
                for path, value in wanted.items():
                    tried.put(example.edits, path, copy.deepcopy(value))
                tried.edit(said.get("base_files", {}))
                facts = facts_of(tried)
            except _UNFIT:
                continue
            if self.is_near and not may_be_settled(facts):
                continue
            world = tried
            claimed |= named
        return world

    def play(self, steps: int = STEPS) -> None:
        """Make so many changes; after each the restart is tried."""
        for self.step in range(steps):
            made = self._change()
            self._judge(made)
            route = self.world.records["route"]
            if route is None or route["id"] != ROUTE:
                return  # settled, and then removed or renamed: nothing is left to restart
            self._try_restart()

    def _change(self) -> Change:
        """A random change that can be made."""
        is_honest = self.random.random() < HONEST
        while True:
            wanted = [self._operation() for _ in range(self.random.choice((1, 1, 2, 3)))]
            try:
                made = self._made(tuple(wanted))
            except (Impossible, *_UNFIT):
                continue
            if not is_honest or (expectation(made, self.mode) and self._stays_near(made)):
                return made

    def _stays_near(self, made: Change) -> bool:
        """Whether an honest change leaves a history near the restart where it was near before: the
        others are left to the histories that begin anywhere.
        """
        was_near = self.is_near and may_be_settled(self.facts)
        return not was_near or may_be_settled(made.after)

    def _operation(self) -> Operation:
        kind = self.random.random()
        steps = list(next_steps(self.facts)) if kind < HONEST_WORK else []
        if steps:
            return self.random.choice(steps)
        return self.random.choice(CHEATS if kind < WORK else self.rows)

    def _made(self, operations: tuple[Operation, ...]) -> Change:
        """Some operations as one change. Raises `Impossible` where they cannot be made together."""
        rows = [one for one in operations if isinstance(one, Example)]
        alone = any("budgets" in row.said or "author" in row.said for row in rows)
        if alone and len(operations) > 1:
            raise Impossible
        named = [set(_paths(one)) for one in operations]
        for at, paths in enumerate(named):
            others = {path for other in named[:at] for path in other}
            if any(_overlap(path, other) for path in paths for other in others):
                raise Impossible
        base = self.world
        after = copy.deepcopy(base)
        files = base.files()
        for one in operations:
            if isinstance(one, Work):
                do(one, after)
            else:
                self._require(one)
                change(one, base, after)
            # what an operation before it left as it is asks nobody to approve it
            before_it, files = files, after.files()
            if files == before_it:
                raise Impossible
        before, then = self.facts, facts_of(after)
        is_approved = all(row.kind != "loosened" for row in rows) and self.random.random() < 0.85
        return Change(operations, before, then, after, is_approved)

    def _require(self, example: Example) -> None:
        """Raises `Impossible` where the base is not as the example says."""
        said, world = example.said, self.world
        made = pristine(example)
        wanted = {path: made.get(example.edits, path) for path in needs(example)}
        if said.get("at") not in (None, "", "+", "(body)") and not said["at"].endswith(".+"):
            wanted.setdefault(said["at"], made.get(example.edits, said["at"]))
        if any(world.get(example.edits, path) != value for path, value in wanted.items()):
            raise Impossible
        if example.edits == "place" and _desk_names(world) != _desk_names(made):
            raise Impossible  # its amendment is about another name
        files, own = self.facts.files, made.files()
        records = set(FILES.values())
        for name in (
            "base_files",
            "files",
            f"{example.kind}_files",
            "loosened_files",
            "freed_files",
        ):
            for path in said.get(name, ()):
                if path not in records and files.get(path) != own.get(path):
                    raise Impossible
        for path, pairs in said.get("base_files", {}).items():
            if not isinstance(pairs, Mapping):
                if files.get(path) != own.get(path):
                    raise Impossible
            elif any(new not in files[path].decode() for new in pairs.values()):
                raise Impossible

    def _judge(self, made: Change) -> None:
        """Ask the gate of a change, and merge it where it is allowed."""
        expected = expectation(made, self.mode)
        approvers = APPROVERS if made.is_approved and self.mode != "recorded" else ()
        budgets = next((row.said["budgets"] for row in made.rows if "budgets" in row.said), None)
        answer = self._ask(made.after.files, made.author, approvers, budgets)
        self.counts["changes"] += 1
        self.counts[answer[0]] += 1
        self._compare("change", expected, answer, made.said)
        if answer[0] == "allowed":
            self.world, self.facts = made.world, made.after
            self.target = self.objects.add(dict(made.after.files))

    def _try_restart(self) -> None:
        """Ask whether the route may run now; what is answered changes nothing."""
        world = copy.deepcopy(self.world)
        try:
            do(Work("restart"), world)
        except Impossible:
            return
        after = facts_of(world)
        if not is_restored(self.facts, after):
            return  # a flag that nobody can read counts as up already
        answer = self._ask(after.files, "lee", (), None)
        expected = may_restart(self.facts, after)
        self.counts["restarts asked"] += 1
        self.counts["honest restarts"] += expected is True
        self._compare("restart", expected, answer, "restart")

    def _ask(
        self,
        files: Mapping[str, bytes],
        author: str,
        approvers: Iterable[str],
        budgets: Mapping[str, Any] | None,
    ) -> tuple[str, list[str]]:
        given = [GivenApproval(one, "APPROVED", "") for one in approvers]
        try:
            found = judged(self.objects, self.target, files, author, given, budgets)
        except UsageError as error:
            return "unjudged", [error.message]
        finally:
            self.objects.commits.pop()
        return found.verdict, [f"{item.code}: {item.message}" for item in found.refusals]

    def _compare(
        self, kind: str, expected: bool | None, answer: tuple[str, list[str]], said: str
    ) -> None:
        if expected is None or expected == (answer[0] == "allowed"):
            return
        wrong = "wrongly refused" if expected else "unsafe"
        self.counts[wrong] += 1
        self.wrong.append(
            Wrong(
                wrong,
                self.seed,
                self.step,
                f"[{self.mode}] {kind}: {said} -> {answer[0]} {answer[1]}",
            )
        )


def expectation(made: Change, mode: str) -> bool | None:
    """Whether a change must be allowed; None where the model cannot tell."""
    before, after = made.before, made.after
    if any(breaches(before, after)):
        return False
    if mode != "recorded" and not _is_agreed(made):
        return False
    proves = any(isinstance(one, Work) and one.verb in ("close", "meet") for one in made.operations)
    if proves and before.review.get("id") != REVIEW:
        return None  # its actions came with the new id, and the fixes landed before
    answers = [_of_row(row, made, mode) for row in made.rows]
    if is_restored(before, after):
        answers.append(may_restart(before, after))
    if False in answers:
        return False
    return None if None in answers else True


def _is_agreed(made: Change) -> bool:
    """Whether everybody who has to has agreed to a change: an owner who signs must be one of those
    who approve.
    """
    asked = set(decisions(made.before, made.after))
    signer = str((made.after.signoff or {}).get("by")).lstrip("@")
    if "signoff" in asked and signer not in APPROVERS:
        return False
    return made.is_approved or not asked


def _of_row(row: Example, made: Change, mode: str) -> bool | None:
    """Whether a row allows what the change makes of it."""
    if row.kind == "freed" and row.row.record == "proof file":
        return True  # by opening the action again, which nobody has to approve
    is_compared = row.kind == "freed" or (row.kind, row.row.record) == ("changed", "postmortem")
    if is_compared and not made.after.passes_by(made.before):
        return None  # with what came before it, it is an error of check
    if row.kind == "freed":
        if _asks_nothing(row, made.before):
            return None
        if row.row.record == "place" and any("slo" in desk for desk in made.before.desks):
            return None  # what a place promises goes with it, and needs the statement
        return mode == "recorded" or made.is_approved
    if row.row.code == "route-cloned" and row.kind == "tightened" and asks_facts(made.before):
        return None  # another route that is up needs the statements, too
    if row.row.code == "no-longer-passes" and made.before.review.get("status") == "withdrawn":
        return None
    if row.kind != "loosened" or not row.is_refused:
        is_asked = row.row.field == "title" and "policies/no-new-title.yaml" in made.before.files
        return None if is_asked else True  # the example of a policy about changes forbids it
    if row.row.code == "closed-while-open":
        # another operation of the change may have set the status again
        is_closed = made.after.review.get("status") == "closed"
        return is_settled(made.after) if is_closed else None
    if row.row.record == "route" and row.row.code == "route-held":
        return may_restart(made.before, made.after)
    if row.row.record == "evidence file" and not _is_listed(row, made.before):
        return True
    # A sign-off is early while something is open; in a history all may have been done before.
    if row.row.field == "restart.signoff":
        is_there = made.after.signoff is not None  # what opens a part again takes it out
        if not is_there or not any(open_parts(made.after)):
            return None
    return None if _asks_nothing(row, made.before) else False


def _asks_nothing(row: Example, before: Facts) -> bool:
    """Whether the row compares nothing, since the review or the route is settled."""
    is_compared = row.row.when == "named" and before.is_named
    if row.row.when not in ("held", "named") or is_compared:
        return False
    # a route may be free while the review still waits for another one
    if row.row.record == "route":
        return is_settled_for(before, {ROUTE})
    rests = ("postmortem", "proof file", "evidence file")
    return row.row.record in rests and is_settled(before)


def _is_listed(row: Example, facts: Facts) -> bool:
    """Whether the review still lists the file that a row of evidence changes."""
    listed = {
        piece["path"]
        for pieces in facts.review["evidence"].values()
        if isinstance(pieces, list)
        for piece in pieces
    }
    return not listed.isdisjoint(row.said["loosened_files"])


def _paths(operation: Operation) -> Iterator[tuple[str, str]]:
    """What an operation writes: record and path."""
    if isinstance(operation, Work):
        if operation.part in FIXES:
            yield "postmortem", f"actions.{operation.part}"
        elif operation.part in ("R1", "R2"):
            yield "postmortem", f"restart.conditions.{operation.part}"
        elif operation.verb == "sign":
            yield "postmortem", "restart.signoff"
        else:
            yield "route", operation.verb
        return
    said = operation.said
    yield operation.edits, said.get("at", "")
    for name in ("also", "freed"):
        yield from ((operation.edits, path) for path in said.get(name, ()))
    if operation.kind == "freed":
        yield amended_record(operation), "amendments"
    if operation.edits in ("workflow", "hooks", "baseline"):
        yield operation.edits, ""


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two paths of a record are one, or one is below the other."""
    if one[0] != other[0]:
        return False
    left, right = (f"{path}." if path else "" for path in (one[1], other[1]))
    return left.startswith(right) or right.startswith(left)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.gate.histories", description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first of the histories")
    given = parser.parse_args()
    begun = time.perf_counter()
    counts = Counter[str]()
    for seed in range(given.seed, given.seed + -(-given.changes // STEPS)):
        history = History(seed)
        history.play()
        counts += history.counts
        for wrong in history.wrong:
            print(f"{wrong.kind}: seed {wrong.seed}, step {wrong.step}: {wrong.what}", flush=True)
    for name, number in sorted(counts.items()):
        print(f"{number:7} {name}")
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
