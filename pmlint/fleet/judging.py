"""Judging one repository: from an address to rows (docs/spec/fleet.md, *One repository*).

It never raises, and shares nothing with another: a repository that is hostile, gone or too large
costs its own budget, and its row says why.
"""

from __future__ import annotations

import os
import pickle
import re
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from pmlint.errors import UsageError
from pmlint.fleet.folders import own_folder
from pmlint.fleet.task import FleetResult, FleetTask
from pmlint.git import GitTree, Repository
from pmlint.git.clone import Clone, FetchBudget, FetchedObjects, OverFetchBudget, Unreachable
from pmlint.parsing.source import Malformed
from pmlint.project.code_owners import PLACES
from pmlint.project.configuration import load
from pmlint.project.days import today
from pmlint.project.files import is_judged, postmortem_files
from pmlint.project.organisation import read_organisation
from pmlint.project.settings import NAMES, Settings
from pmlint.tables.cells import Row
from pmlint.tables.collect import rows_of
from pmlint.tables.judged import snapshot

MOST_ROWS = 64 << 20
"""Bytes of rows that one repository may have."""
_ONE_JUDGE = threading.Lock()
"""Engines of policies are not safe with threads: the Rust one keeps one context of variables, so of
4,000 evaluations in four threads 34 answered about the document of another; the budget of what
functions read is one for the process, too (`policy.callables`). Only fetching gains from threads.
"""
_WORD = re.compile(rb"[\w.@/+-]+")


class _OutOfTime(Exception):
    """The deadline has passed while the repository was judged."""


def judge_repository(task: FleetTask) -> FleetResult:
    """Fetch a repository, judge it, and return its rows. Never raises."""
    started = time.monotonic()
    budget = FetchBudget(started + task.timeout, task.mebibytes)
    result = FleetResult(task.listed, "unjudged")
    with own_folder(task.place) as folder:
        try:
            with _alarm(task.timeout):
                result = _judge(task, Clone(folder, task.listed.url, budget), started)
        except Unreachable as error:
            result = result._replace(status="unreachable", error=str(error))
        except OverFetchBudget as error:
            result = result._replace(error=str(error))
        except _OutOfTime:
            result = result._replace(error="it took longer than --timeout")
        except (UsageError, Malformed) as error:
            result = result._replace(error=_said(error))
        except (OSError, MemoryError, RecursionError) as error:
            result = result._replace(error=f"{type(error).__name__}: {error}")
        except Exception as error:
            # our fault, and no reason to lose the other repositories
            result = result._replace(error=f"internal error: {type(error).__name__}: {error}")
    # In milliseconds, which is what Parquet keeps.
    now = datetime.now(UTC)
    return result._replace(judged_at=now.replace(microsecond=now.microsecond // 1000 * 1000))


def _said(error: UsageError | Malformed) -> str:
    place = f"{error.file}: " if isinstance(error, UsageError) and error.file else ""
    return f"{place}{error.message}"


def _judge(task: FleetTask, clone: Clone, started: float) -> FleetResult:
    listed = task.listed
    found = clone.fetch_commit(listed.commit or listed.ref)
    # In the task's folder, since who cleans up after a killed worker looks there alone.
    place = os.path.dirname(clone.folder)
    with Repository(clone.folder, listed.folder, place) as repository:
        commit = repository.resolve(found)
        objects = FetchedObjects(repository, clone)
        tree = GitTree(objects, commit)
        settings = _fetch_records(tree, objects)
        fetched = time.monotonic()
        day = today(task.now, settings.timezone)
        with _ONE_JUDGE:
            demands = read_organisation(task.policies) if task.policies else None
            facts = snapshot(tree, settings, day, demands)._replace(commit=commit)
            rows = list(_with_repository(listed.name, rows_of(facts)))
        # As bytes, so that what is sent between processes is what is counted.
        packed = pickle.dumps([tuple(row) for row in rows])
    result = FleetResult(listed, "judged", "", commit, fetched - started)
    result = result._replace(check_s=time.monotonic() - fetched)
    if len(packed) > MOST_ROWS:
        return result._replace(
            status="unjudged", error=f"its rows are more than {MOST_ROWS >> 20} MiB"
        )
    # A file that nobody can read is a problem and a row, though it is neither.
    if not (facts.documents.postmortems or facts.documents.routes or facts.findings):
        return result._replace(status="empty")
    return result._replace(rows=packed)


def _with_repository(name: str, rows: Iterable[Row]) -> Iterator[Row]:
    return (Row(row.table, (name, *row.values)) for row in rows)


def _fetch_records(tree: GitTree, objects: FetchedObjects) -> Settings:
    """Fetch the files that a check reads, in three questions: the configuration, what it names, and
    what the postmortems name. What this leaves out is fetched when it is read.
    """
    _fetch(tree, objects, NAMES)
    settings = load(tree)
    every = {entry.path for entry in tree.walk("")}
    _fetch(tree, objects, (path for path in every if is_judged(path, settings) or path in PLACES))
    named: set[str] = set()
    for entry in postmortem_files(tree, settings):
        with suppress(Malformed):
            words = _WORD.findall(tree.read(entry.path))
            named.update(word.decode("utf-8", "replace").rstrip(".") for word in words)
    # Few words of a review are paths; some name evidence, whose digest is checked.
    _fetch(tree, objects, named & every)
    return settings


def _fetch(tree: GitTree, objects: FetchedObjects, paths: Iterable[str]) -> None:
    names = []
    for path in paths:
        entry = tree.entry(path)
        if entry is not None and entry.kind == "file":
            names.append(tree.identity(path))
    objects.fetch(names)


@contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    """Raise `_OutOfTime` after so many seconds.

    Only the main thread of a process can be interrupted: in the threads of a Dask worker the
    budgets of each file bound what judging takes, and the deadline what fetching does.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise _OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
