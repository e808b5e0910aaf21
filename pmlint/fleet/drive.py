"""A run over a list: what can be skipped, what is judged, and what is written when
(docs/spec/fleet.md, *Store and resume*). The driver alone writes the store.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

from pmlint import __version__
from pmlint.fleet.batches import AHEAD, LastJudged
from pmlint.fleet.folders import clean_up, new_place
from pmlint.fleet.listing import Listed
from pmlint.fleet.store import Store
from pmlint.fleet.task import FleetResult, FleetTask, Status
from pmlint.git.clone import (
    FetchBudget,
    OverFetchBudget,
    Unreachable,
    mirrored_commit,
    remote_commit,
)

if TYPE_CHECKING:
    from pmlint.fleet.engines import FleetEngine

BATCH = 50
"""Repositories a batch: 1,000 are 20 batches, and a killed driver loses at most these."""
_ASKED_AT_ONCE = 8
"""Questions to remotes at once: each waits for a network, and needs no processor."""


class FleetSettings(NamedTuple):
    """How a run judges: budgets for a repository in seconds and MiB, the day, and after how many
    seconds a repository is judged again though nothing in it moved: waivers end without a commit.
    ``policies`` are the files of the organisation.
    """

    timeout: int = 120
    mebibytes: int = 256
    now: str | None = None
    max_age: int = 7 * 86_400
    refresh: bool = False
    policies: Mapping[str, bytes] | None = None

    @property
    def digest(self) -> str:
        """What the organisation's policies are known by; empty where there are none."""
        if not self.policies:
            return ""
        # Imported there: it reads YAML and schemas, a tenth of a run over what did not move.
        from pmlint.project.organisation import digest_of

        return digest_of(self.policies)

    def tasks(self, listed: Sequence[Listed], place: str) -> list[FleetTask]:
        """The tasks of a list; local ones work below ``place``."""
        limits = self.timeout, self.mebibytes, self.now, place, self.policies
        return [FleetTask(one, *limits) for one in listed]


class RunSummary(NamedTuple):
    """What came of a run: how many repositories by status, and how many were skipped."""

    statuses: Mapping[Status, int]
    skipped: int
    interrupted: bool = False

    @property
    def not_judged(self) -> int:
        """How many could not be judged."""
        return self.statuses.get("unreachable", 0) + self.statuses.get("unjudged", 0)


def run(
    listed: Sequence[Listed],
    store: Store,
    open_engine: Callable[[str], FleetEngine],
    settings: FleetSettings,
    progress: Callable[[str], None],
) -> RunSummary:
    """Judge what a list names and a store does not know yet, and write it in batches.

    ``open_engine`` gets the folder below which local tasks work; it is deleted in the end. Raises
    `UsageError` where the store takes no more.
    """
    store.remove_leftovers()
    try:
        todo = listed if settings.refresh else _to_judge(listed, store.last_judged(), settings)
    except KeyboardInterrupt:
        return RunSummary({}, 0, interrupted=True)
    skipped = len(listed) - len(todo)
    if not todo:
        return RunSummary({}, skipped)
    # Pools of processes are loaded only where something is judged.
    from pmlint.fleet.engines import judge_all

    batches = _Batches(store, settings.digest)
    interrupted = False
    place = new_place()
    try:
        engine = open_engine(place)
        tasks = settings.tasks(todo, place if engine.is_local else "")
        # Closed at once where the store takes no more: else the pool would end with the program.
        with closing(judge_all(tasks, engine)) as results:
            for result in results:
                batches.add(result)
                progress(f"judged {sum(batches.counts.values()):,} of {len(todo):,}")
    except KeyboardInterrupt:
        interrupted = True
    finally:
        clean_up(place)
    batches.write()
    return RunSummary(batches.counts, skipped, interrupted)


class _Batches:
    """The results of a run, written so many at a time, and counted by status."""

    def __init__(self, store: Store, policies: str) -> None:
        self.counts: Counter[Status] = Counter()
        self._store = store
        self._policies = policies
        self._waiting: list[FleetResult] = []

    def add(self, result: FleetResult) -> None:
        """Keep a result, and write a batch once there are enough."""
        self.counts[result.status] += 1
        self._waiting.append(result)
        if len(self._waiting) == BATCH:
            self.write()

    def write(self) -> None:
        """Write what is kept."""
        if self._waiting:
            self._store.write(self._waiting, __version__, self._policies)
        # Only now: Ctrl-C while a batch is written must not lose it. Written twice it counts once.
        self._waiting = []


def _to_judge(
    listed: Sequence[Listed], known: Mapping[str, LastJudged], settings: FleetSettings
) -> list[Listed]:
    """What of a list is not in the store as it is now."""
    most = timedelta(seconds=settings.max_age)
    judging = _Judging(datetime.now(UTC), most, __version__, settings.digest)
    cancelled = Event()

    def is_known(one: Listed) -> bool:
        last = known.get(one.name)
        if last is None or not judging.is_current(one, last):
            return False
        if one.commit:
            return one.commit == last.commit
        if mirrored_commit(one.url, one.ref) == last.commit:
            return True
        budget = FetchBudget(time.monotonic() + settings.timeout, settings.mebibytes, cancelled)
        try:
            return remote_commit(one.url, one.ref, budget) == last.commit
        except (Unreachable, OverFetchBudget):
            return False  # judged again, which says why it cannot be reached

    with ThreadPoolExecutor(_ASKED_AT_ONCE) as asking:
        try:
            answers = list(asking.map(is_known, listed))
        except KeyboardInterrupt:
            # Git has a group of its own, so Ctrl-C in a terminal does not reach it.
            cancelled.set()
            raise
    return [one for one, is_there in zip(listed, answers, strict=True) if not is_there]


class _Judging(NamedTuple):
    """By what a run judges, and when: the same for each repository, and hashed once."""

    now: datetime
    most: timedelta
    pmlint: str
    policies: str

    def is_current(self, one: Listed, last: LastJudged) -> bool:
        """Whether a repository was judged by the same line, version and demands, and lately."""
        return (
            # A row of tomorrow, by a clock that was wrong, would be young for ever.
            -AHEAD <= self.now - last.judged_at <= self.most
            # Another version may find more in the same files, and other demands, too.
            and (last.pmlint, last.policies) == (self.pmlint, self.policies)
            # Questions are answered by team, and name the address: what moved is another row.
            and (last.url, last.team, last.ref) == (one.url, one.team, one.ref)
        )
