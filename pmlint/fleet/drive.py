"""A run over a list: what can be skipped, what is judged, and what is written when
(docs/spec/fleet.md, *Store and resume*). The driver alone writes the store.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pmlint import __version__
from pmlint.fleet.engines import FleetEngine, judge_all
from pmlint.fleet.listing import Listed
from pmlint.fleet.store import LastJudged, Store
from pmlint.fleet.task import FleetResult, FleetTask, Status
from pmlint.git.clone import FetchBudget, OverFetchBudget, Unreachable, remote_commit
from pmlint.project.organisation import digest_of

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
        return digest_of(self.policies) if self.policies else ""


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
    todo = listed if settings.refresh else _to_judge(listed, store.last_judged(), settings)
    counts: Counter[Status] = Counter()
    skipped = len(listed) - len(todo)
    if not todo:
        return RunSummary(counts, skipped)
    place = tempfile.mkdtemp(prefix="pmlint-fleet-")
    waiting: list[FleetResult] = []
    interrupted = False
    try:
        engine = open_engine(place)
        below = place if engine.is_local else ""
        tasks = [
            FleetTask(
                one, settings.timeout, settings.mebibytes, settings.now, below, settings.policies
            )
            for one in todo
        ]
        # Closed at once where the store takes no more: else the pool would end with the program.
        with closing(judge_all(tasks, engine)) as results:
            for result in results:
                counts[result.status] += 1
                waiting.append(result)
                progress(f"judged {sum(counts.values()):,} of {len(todo):,}")
                if len(waiting) == BATCH:
                    store.write(waiting, __version__, settings.digest)
                    waiting = []
    except KeyboardInterrupt:
        interrupted = True
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if waiting:
        store.write(waiting, __version__, settings.digest)
    return RunSummary(counts, skipped, interrupted)


def _to_judge(
    listed: Sequence[Listed], known: Mapping[str, LastJudged], settings: FleetSettings
) -> list[Listed]:
    """What of a list is not in the store as it is now."""
    oldest = datetime.now(UTC) - timedelta(seconds=settings.max_age)

    def is_known(one: Listed) -> bool:
        last = known.get(one.name)
        # Another version may find more in the same files.
        if last is None or last.judged_at < oldest or last.pmlint != __version__:
            return False
        # Other demands make other rows of the same commit.
        if last.policies != settings.digest:
            return False
        if one.commit:
            return one.commit == last.commit
        budget = FetchBudget(time.monotonic() + settings.timeout, settings.mebibytes)
        try:
            return remote_commit(one.url, one.ref, budget) == last.commit
        except (Unreachable, OverFetchBudget):
            return False  # judged again, which says why it cannot be reached

    with ThreadPoolExecutor(_ASKED_AT_ONCE) as asking:
        answers = list(asking.map(is_known, listed))
    return [one for one, is_there in zip(listed, answers, strict=True) if not is_there]
