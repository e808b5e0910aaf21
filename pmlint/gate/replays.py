"""What the statement of replays says of a postmortem (docs/spec/trust.md, *Replay*).

A replay counts if each of these holds, in this order; each has its code:

1. ``replay-missing``: a statement counts (`gate.statements`), and names the postmortem once.
2. ``replay-not-green``: on the repaired code each test passed, and those that the review names.
3. ``replay-not-red``: at ``broken_at`` the same tests failed, and none of them ended otherwise.
4. ``replay-changed``: it was this text, of every file that decides how it ends.
5. ``replay-old-code``: it ran on code of the base that has the fixes as they are.
6. ``replay-stale``: it ran within ``max_age``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

from pmlint.gate.grounds import FactLack, Grounds
from pmlint.gate.naming import places_of
from pmlint.gate.refusal import filled
from pmlint.gate.signing import StatementKind
from pmlint.gate.snapshot import Snapshot
from pmlint.gate.statements import (
    HandedStatement,
    UnusableStatement,
    UsableStatement,
    moment_in,
    usable_statement,
)
from pmlint.gate.transitions import transitions
from pmlint.model import Action, Postmortem
from pmlint.project.amounts import STEP, duration
from pmlint.project.replays import replay_files

_KIND: StatementKind = "replays"


class ReplayAnswers:
    """Answers for postmortems; the statement is read when the first is asked for."""

    def __init__(self, grounds: Grounds, handed: HandedStatement | None) -> None:
        self._grounds = grounds
        self._handed = handed
        self._settings = grounds.base.settings

    @property
    def is_off(self) -> bool:
        """Whether the base asks for no replays."""
        return self._settings.gate.replays == "off"

    def lack(self, read: Postmortem) -> FactLack | None:
        """Why the replay of a postmortem does not count; None where it does, or it names none."""
        if not read.restart.replay.path:
            return None
        found = self._read
        if isinstance(found, FactLack):
            return found
        # Twice would leave it to the reader which of the two counts.
        entries = [entry for entry in found.data["replays"] if entry["postmortem"] == read.id]
        if len(entries) != 1:
            how = "twice" if entries else "not"
            return FactLack("replay-missing", f"'{found.file}' names {read.id} {how}")
        return next(self._objections(read, entries[0]), None)

    def way_out(self, name: str, code: str) -> str:
        """What to do about a replay that does not count."""
        info = transitions().codes[code]
        return filled(info.help, {"postmortem": name})

    @cached_property
    def _read(self) -> UsableStatement | FactLack:
        base, people = self._grounds.base.tree, self._grounds.people
        mode = self._settings.gate.replays
        try:
            return usable_statement(_KIND, mode, self._handed, base, people)
        except UnusableStatement as error:
            return FactLack("replay-missing", error.message)

    def _objections(self, read: Postmortem, entry: Mapping[str, Any]) -> Iterator[FactLack]:
        red, green = (entry[half] for half in ("red", "green"))
        yield from _not_green(read, green["predicate"])
        yield from self._not_red(read, red, green)
        for half in (red, green):
            yield from self._changed(read, half["predicate"])
        yield from self._old_code(read, _commit(green))
        for half in (red, green):
            yield from self._stale(half["predicate"])

    def _not_red(
        self, read: Postmortem, red: Mapping[str, Any], green: Mapping[str, Any]
    ) -> Iterator[FactLack]:
        code, replay = "replay-not-red", read.restart.replay
        broken = self._grounds.history.find(replay.broken_at) if replay.broken_at else None
        if broken is None:
            yield FactLack(code, f"'broken_at' of {read.id} is not a commit of this repository")
        elif _commit(red) != broken:
            yield FactLack(code, f"the replay of {read.id} did not run at {broken[:12]}")
        result, passed = red["predicate"], green["predicate"]["passedTests"]
        others = [*result["passedTests"], *result["warnedTests"]]
        # By name: a test that failed for its own reason says nothing of the one that passes.
        if result["result"] != "FAILED" or others or set(result["failedTests"]) != set(passed):
            # of two sets the first by name: else each run would name another one
            name = min(others or set(passed) ^ set(result["failedTests"]), default="")
            about = f": '{name}' did not fail there" if name else ""
            yield FactLack(code, f"the replay of {read.id} was not red on the broken code{about}")

    def _changed(self, read: Postmortem, predicate: Mapping[str, Any]) -> Iterator[FactLack]:
        stated = {one["name"]: one["digest"]["gitBlob"] for one in predicate["configuration"]}
        # Both sides: the change may bring a conftest, and the base may have changed since the run.
        for side in (self._grounds.base, self._grounds.merged):
            needed = replay_files(side.tree, read, self._replayed(side))
            where = "on the base" if side is self._grounds.base else "in the merge result"
            for file in sorted(needed | stated.keys()):
                entry = side.tree.entry(file)
                if entry is not None and entry.kind != "file":
                    # What a link leads to can change, and the link stays what it is.
                    yield FactLack("replay-changed", f"'{file}' is not a regular file {where}")
                elif stated.get(file) != side.identity(file):
                    reason = f"'{file}' is not {where} what it was in the replay"
                    yield FactLack("replay-changed", reason)

    def _replayed(self, side: Snapshot) -> list[Postmortem]:
        """The postmortems of a side that name a replay."""
        reads = (side.read(path) for path in side.mentioning(["replay"]))
        return [read for read in reads if isinstance(read, Postmortem)]

    def _old_code(self, read: Postmortem, commit: str) -> Iterator[FactLack]:
        """Whether the code that was green has the fixes, and has them as they are now."""
        if self._grounds.history.is_on_line(commit):
            yield from self._older(read, commit)
        else:
            reason = f"the replay ran on {commit[:12]}, which is not on the base"
            yield FactLack("replay-old-code", reason)

    def _older(self, read: Postmortem, commit: str) -> Iterator[FactLack]:
        code, history = "replay-old-code", self._grounds.history
        played = history.repository.tree(commit)
        # A fix that was reverted and landed again has another commit, and the same files.
        for action in read.actions:
            for proof in action.proof:
                landed = history.find(proof.commit) if proof.commit else None
                if landed and not history.is_reachable(landed, (commit,)):
                    yield FactLack(
                        code, f"the replay ran before {landed[:12]}, the proof of {action.id}"
                    )
            for file in self._files_of(action):
                if played.identity(file) != self._grounds.merged.identity(file):
                    yield FactLack(code, f"'{file}' of {action.id} changed after the replay ran")

    def _files_of(self, action: Action) -> Iterator[str]:
        """The files that an action, its end or its proof names, before and after the change."""
        grounds = self._grounds
        trees = (grounds.base.tree, grounds.merged.tree)

        def exists(path: str) -> bool:
            return any(tree.entry(path) is not None for tree in trees)

        texts = (action.title, action.done_when, action.place)
        places = tuple(place for text in texts for place in places_of(text, exists))
        found = [file for proof in action.proof for file in grounds.fixes.files(proof, places)]
        found += [place.strip("/") for place in places if exists(place.strip("/"))]
        for path in dict.fromkeys(found):
            for tree in trees:
                entry = tree.entry(path)
                if entry is not None and entry.kind == "folder":
                    yield from (below.path for below in tree.walk(path))
                elif entry is not None:
                    yield path

    def _stale(self, predicate: Mapping[str, Any]) -> Iterator[FactLack]:
        now, max_age = self._grounds.clock.moment, self._settings.replay.max_age
        finished = moment_in(predicate["finishedOn"])
        # an age, and no moment so long ago: the calendar begins with the year 1
        if finished > now or now - finished > timedelta(seconds=duration(max_age) * STEP):
            when = "later than now" if finished > now else f"older than {max_age}"
            yield FactLack("replay-stale", f"the replay ended on {predicate['finishedOn']}, {when}")


def _commit(half: Mapping[str, Any]) -> str:
    """The commit of an in-toto statement."""
    return str(half["subject"][0]["digest"]["gitCommit"])


def _not_green(read: Postmortem, predicate: Mapping[str, Any]) -> Iterator[FactLack]:
    code, passed = "replay-not-green", predicate["passedTests"]
    others = [*predicate["warnedTests"], *predicate["failedTests"]]
    if predicate["result"] != "PASSED" or others:
        name = f": '{others[0]}' did not pass" if others else ""
        yield FactLack(code, f"the replay of {read.id} is not green on the repaired code{name}")
    if not passed:
        yield FactLack(code, f"no test of the replay of {read.id} ran on the repaired code")
    # 'test_a[eu]' is one case of the test 'test_a'
    ran = {name.partition("[")[0] for name in passed}
    missing = [name for name in read.restart.replay.tests if name not in {*passed, *ran}]
    if missing:
        yield FactLack(code, f"'{missing[0]}' of {read.id} did not run on the repaired code")
