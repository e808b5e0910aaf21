"""What carries tasks: processes of this machine, a Dask cluster, or any `Executor`
(docs/spec/fleet.md, *Engines*).

The interface is `concurrent.futures.Executor`. Where a pool breaks, what finished is kept, a new
pool is opened, and what was in flight is tried again, each alone, so that the one that kills its
worker takes no other with it.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pmlint import __version__
from pmlint.errors import UsageError
from pmlint.fleet.folders import clean_up, clean_up_for_good, use_place
from pmlint.fleet.task import FleetResult, FleetTask

TRIES = 3
"""How often a repository may take its worker with it."""
_LAST_SECONDS = 10
"""What a worker has to end in, once it was asked to."""
_ANSWERS_WITHIN = 20
"""Seconds in which a scheduler of Dask has to answer."""


def carry_out(task: FleetTask) -> FleetResult:
    """Judge the repository of a task, in a worker. Never raises."""
    # Imported there: what judges takes 0.15 s to load, and a driver that skips all needs none.
    from pmlint.fleet.judging import judge_repository

    return judge_repository(task)


class FleetEngine(NamedTuple):
    """How to open an executor, how many tasks it takes at once, what to do when it breaks, and what
    a worker calls.
    """

    open: Callable[[], Executor]
    window: int
    clean: Callable[[], None] = lambda: None
    is_local: bool = False
    carry_out: Callable[[FleetTask], FleetResult] = carry_out


def local_engine(jobs: int, place: str) -> FleetEngine:
    """Processes of this machine, whose folders are below ``place``; 0 jobs is one for each CPU."""
    count = jobs or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else ()) or 1

    def open_pool() -> Executor:
        return ProcessPoolExecutor(
            count,
            # `fork` would copy the threads' locks of the driver.
            multiprocessing.get_context("spawn"),
            initializer=_end_with_parent,
            initargs=(place,),
            max_tasks_per_child=200,
        )

    return FleetEngine(open_pool, 2 * count, lambda: clean_up(place), is_local=True)


def _end_with_parent(place: str) -> None:
    """In a worker: leave Ctrl-C to the driver, and end when the driver does. A worker waits for a
    pipe of which it holds both ends, so it would wait forever.
    """
    # First: the thread below would delete it, and end the process, before it was made.
    use_place(place)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # At once, and the driver cleans up: as an exception it was the answer of a task, and the worker
    # went on to the next one, so Ctrl-C took 10 s with hosts that hang.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        try:
            clean_up_for_good(place)
        finally:
            # Whatever failed, nobody would ever end this process.
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def dask_engine(address: str) -> FleetEngine:
    """A Dask cluster that is there already. Raises `UsageError` without the extra, where nobody
    answers, and where a worker has another version of pmlint or Python.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise UsageError("dask:// needs distributed", help="pip install 'pmlint[dask]'") from None
    # The library names its own transport; `dask://` says which engine is meant.
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address.replace("dask://", "tcp://", 1), timeout=_ANSWERS_WITHIN
        )
    except OSError as error:
        raise UsageError(
            f"no scheduler answers at '{address}': {error}", help="start it: dask scheduler"
        ) from None
    own = version_here()
    try:
        others: dict[str, str] = client.run(version_here)
    except Exception as error:
        # a worker without pmlint cannot even load the question
        raise UsageError(
            f"a worker cannot load pmlint: {error}", help=f"install pmlint {__version__} there"
        ) from None
    for worker, version in sorted(others.items()):
        if version != own:
            raise UsageError(
                f"the worker {worker} has {version}, and this machine {own}",
                help="install the same versions on every worker",
            )
    # A scheduler without workers would keep every task waiting, without a word.
    if not others:
        raise UsageError(f"'{address}' has no workers", help=f"start one: dask worker {address}")
    threads = sum(client.nthreads().values())
    return FleetEngine(
        lambda: client.get_executor(pure=False, retries=2),
        4 * threads,
        carry_out=carry_out_on_dask,
    )


def carry_out_on_dask(task: FleetTask) -> FleetResult:
    """As `carry_out`, below the worker's own folder: what a killed worker leaves there Dask deletes
    when the next one starts on that machine, and in its temporary folder it would stay.
    """
    from distributed import get_worker

    return carry_out(task._replace(place=get_worker().local_directory))


def version_here() -> str:
    """The versions that must be the same on each machine."""
    return f"pmlint {__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"


def named_engine(text: str) -> FleetEngine:
    """The executor that ``MODULE:CALLABLE`` returns, called without arguments.

    Raises `UsageError` where there is none.
    """
    module, _, name = text.partition(":")
    try:
        made = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"the executor '{text}' cannot be imported: {error}", help="write MODULE:CALLABLE"
        ) from None
    if not callable(made):
        raise UsageError(f"'{text}' is not callable", help="name a function that makes an executor")

    def open_pool() -> Executor:
        # Asked each time: a broken executor is replaced by another one.
        found = made()
        if not isinstance(found, Executor):
            raise UsageError(
                f"'{text}' returned {type(found).__name__}, not an Executor",
                help="return an instance of concurrent.futures.Executor",
            )
        return found

    return FleetEngine(open_pool, 64)


class LostTask(NamedTuple):
    """A task that was in flight when its pool broke."""

    task: FleetTask


def judge_all(tasks: Iterable[FleetTask], engine: FleetEngine) -> Generator[FleetResult]:
    """Judge every task, in any order; a broken pool is replaced."""
    waiting: deque[FleetTask] = deque(tasks)
    suspects: deque[FleetTask] = deque()
    tries: dict[str, int] = {}
    while waiting or suspects:
        lost: list[FleetTask] = []
        executor = engine.open()
        try:
            # Each alone: of several in flight nobody knows which one killed the worker.
            window = 1 if suspects else engine.window
            for one in _in_flight(executor, engine.carry_out, suspects or waiting, window):
                if isinstance(one, LostTask):
                    lost.append(one.task)
                else:
                    yield one
            # While the workers are there, who clean up where the driver is killed meanwhile.
            engine.clean()
        finally:
            _shut(executor)
            engine.clean()
        for task in lost:
            name = task.listed.name
            tries[name] = tries.get(name, 0) + 1
            if tries[name] < TRIES:
                suspects.append(task)
            else:
                yield _unjudged(task, f"its worker died {TRIES} times")


def _unjudged(task: FleetTask, error: str) -> FleetResult:
    return FleetResult(task.listed, "unjudged", error, judged_at=datetime.now(UTC))


def _in_flight(
    executor: Executor,
    judge: Callable[[FleetTask], FleetResult],
    tasks: deque[FleetTask],
    window: int,
) -> Iterator[FleetResult | LostTask]:
    """Judge tasks, so many at once, taking them from the queue; a broken pool takes no more."""
    running: dict[Future[FleetResult], FleetTask] = {}
    is_broken = False
    while running or (tasks and not is_broken):
        while tasks and not is_broken and len(running) < window:
            task = tasks.popleft()
            try:
                running[executor.submit(judge, task)] = task
            except BrokenExecutor:
                is_broken = True
                yield LostTask(task)
        done = wait(running, return_when=FIRST_COMPLETED).done if running else set()
        for future in done:
            task = running.pop(future)
            try:
                yield future.result()
            except BrokenExecutor:
                is_broken = True
                yield LostTask(task)
            except Exception as error:
                # Dask gives up on a task whose workers died with an error of its own.
                yield _unjudged(task, f"its worker failed: {type(error).__name__}")


def _shut(executor: Executor) -> None:
    """Close an executor; after an error or Ctrl-C without waiting, and local workers are ended."""
    is_waiting = sys.exc_info()[0] is None
    if not isinstance(executor, ProcessPoolExecutor):
        # Dask's takes no other argument.
        executor.shutdown(wait=is_waiting)
        return
    processes = list((executor._processes or {}).values())
    executor.shutdown(wait=is_waiting, cancel_futures=True)
    for process in () if is_waiting else processes:
        process.terminate()
    # Their folders are deleted next, and must not be made anew meanwhile.
    for process in () if is_waiting else processes:
        process.join(_LAST_SECONDS)
        process.kill()
