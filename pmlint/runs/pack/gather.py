"""The runs that a pack is about, and their events (docs/spec/runs.md, *Two commands*)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.finding import Finding, Level
from pmlint.model.counting import count
from pmlint.model.suggestions import nearest
from pmlint.runs.collect import Collected, collect
from pmlint.runs.event import TraceEvent, TraceRun, timestamp
from pmlint.runs.reading import TraceRefused
from pmlint.runs.settings import RunSettings

MAX_RUNS = 50
MAX_EVENTS = 1_000_000
"""Of one run: an agent that goes round in a circle, and no evidence that anybody reads."""


class PackQuestion(NamedTuple):
    """Which runs a pack is about: of these routes, with these ids where any are named, between two
    moments in nanoseconds since 1970 (UTC).
    """

    routes: Collection[str]
    runs: Collection[str] = ()
    first: int | None = None
    last: int | None = None

    def takes(self, run: TraceRun) -> bool:
        """Whether a run is asked for. Without a time it is in no range."""
        if run.route not in self.routes or (self.runs and run.run not in self.runs):
            return False
        if self.first is None and self.last is None:
            return True
        if run.started is None:
            return False
        end = run.ended or run.started
        is_early = self.first is not None and end < self.first
        return not (is_early or (self.last is not None and run.started > self.last))


class Gathered(NamedTuple):
    """The runs of a pack by start, their events in the order of `at`, run and line, and what was
    wrong with the files.
    """

    runs: tuple[TraceRun, ...]
    events: tuple[TraceEvent, ...]
    findings: tuple[Finding, ...]


class TooManyRuns(UsageError):
    """More runs than a review can look at; ``runs`` are those that somebody should look at first
    first.
    """

    def __init__(self, runs: Sequence[TraceRun]) -> None:
        message = f"{count(len(runs), 'run')} are more than the {MAX_RUNS} of a pack"
        super().__init__(message, help="name some with --run, or a time with --from and --to")
        self.runs = tuple(runs)


class _Events:
    """The sink of a fold: keeps the events of the routes that are asked for."""

    def __init__(self, question: PackQuestion) -> None:
        self._question = question
        self._counts: Counter[tuple[str, str]] = Counter()
        self.kept: list[TraceEvent] = []

    def __call__(self, event: TraceEvent) -> None:
        asked = self._question
        if event.route not in asked.routes or (asked.runs and event.run not in asked.runs):
            return
        self._counts[event.route, event.run] += 1
        if self._counts[event.route, event.run] > MAX_EVENTS:
            text = f"run '{event.run}' has more than {MAX_EVENTS:,} events"
            raise TraceRefused("trace-too-large", text, event.source.file, "name another run")
        self.kept.append(event)


def gather(
    paths: Sequence[str],
    known: Collection[str],
    question: PackQuestion,
    *,
    everything: str = "",
    settings: RunSettings,
    now: int,
) -> Gathered:
    """Read files of traces for a pack; arguments as of `collect`.

    Without a run that is asked for, the only finding that matters is ``no-runs``. Raises
    `TooManyRuns`, `UsageError` for a ``--run`` that is nowhere, and what `collect` raises.
    """
    events = _Events(question)
    collected = collect(
        paths, known, everything=everything, settings=settings, now=now, sink=events
    )
    runs = [run for run in collected.runs if question.takes(run)]
    _require_runs(question, collected.runs)
    if len(runs) > MAX_RUNS:
        raise TooManyRuns(sorted(runs, key=_interest))
    found = list(collected.findings)
    if not runs:
        found.append(_no_runs(question, collected, paths[0]))
    kept = {(run.route, run.run) for run in runs}
    ordered = sorted(
        (event for event in events.kept if (event.route, event.run) in kept), key=_order
    )
    return Gathered(tuple(runs), tuple(ordered), tuple(found))


def _order(event: TraceEvent) -> tuple[bool, int, str, str, int, str]:
    """By time, run and line; what has no time comes last. The name parts what one line holds."""
    at = event.at or 0
    source = event.source
    return (event.at is None, at, event.run, source.file, source.line, event.id)


def _interest(run: TraceRun) -> tuple[bool, bool, int, str]:
    """Failures first, then decisions, then by time."""
    decided = bool(run.rescues or run.corrections or run.approvals or run.waiting)
    return (run.outcome in ("ok", "unknown"), not decided, run.started or 0, run.run)


def _require_runs(question: PackQuestion, runs: Sequence[TraceRun]) -> None:
    ids = {run.run for run in runs if run.route in question.routes}
    for name in sorted(set(question.runs) - ids):
        raise UsageError(
            f"--run '{name}' is not a run of {', '.join(sorted(question.routes))}",
            help=nearest(name, sorted(ids)) or "'pmlint runs FILES' lists the runs",
        )


def _no_runs(question: PackQuestion, collected: Collected, file: str) -> Finding:
    """What is there instead: routes or names, and the days of their runs."""
    routes = {run.route or name for run in collected.runs for name in (run.names or ("?",))}
    days = sorted({(timestamp(run.started) or "?")[:10] for run in collected.runs})
    wanted = ", ".join(sorted(question.routes)) or "a known route"
    message = f"no run of {wanted} in the range"
    if collected.runs:
        seen = ", ".join(sorted(routes)[:10])
        message += f"; runs that were seen: {seen}, {days[0]} to {days[-1]}"
    help = "widen --from and --to, or take all runs for a route with --route"
    return Finding("no-runs", Level.ERROR, message, file, help=help)
