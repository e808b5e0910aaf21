"""Several files of traces as one answer: which runs each route made, and what could not be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from pmlint.finding import Finding, Level
from pmlint.place import Span
from pmlint.runs.event import TraceRun, TraceSource, timestamp
from pmlint.runs.fold import Fold, Sink
from pmlint.runs.readers import READERS, TraceReader
from pmlint.runs.reading import TraceInput, TraceRefused
from pmlint.runs.rows import are_rows, read_rows
from pmlint.runs.settings import DEFAULT_RUNS, RunSettings


class TraceFile(NamedTuple):
    """One file that was read: its format, how many lines it has, how many of them were skipped."""

    file: str
    format: str
    lines: int
    skipped: int


class Collected(NamedTuple):
    """All runs of some files by route and start, the files, and what was wrong with them."""

    runs: tuple[TraceRun, ...]
    files: tuple[TraceFile, ...]
    findings: tuple[Finding, ...]


class RouteSummary(NamedTuple):
    """What one route did: numbers of runs, and its first and last time in RFC 3339."""

    route: str
    runs: int
    failed: int
    corrected: int
    rescued: int
    waiting: int
    unrecorded: int
    first: str | None
    last: str | None


def collect(
    paths: Iterable[str],
    known: Collection[str],
    *,
    everything: str = "",
    settings: RunSettings = DEFAULT_RUNS,
    now: int | None = None,
    sink: Sink | None = None,
) -> Collected:
    """Read files of traces, or of rows. ``known`` are the ids of the registry's routes,
    ``everything`` is the route that takes all runs, ``now`` is in nanoseconds since 1970.

    Raises `TraceRefused` for a file of which nothing counts, and `UsageError` for one that cannot
    be opened or needs an extra.
    """
    fold = Fold(known, settings, everything, sink)
    files: list[TraceFile] = []
    findings: list[Finding] = []
    rows: list[TraceRun] = []
    for path in paths:
        with TraceInput(path, now) as file:
            if are_rows(file.head):
                format = "rows"
                rows += [_routed(run, known, everything) for run in read_rows(file)]
            else:
                reader = reader_of(file)
                format = reader.name
                for span in reader.read(file):
                    fold.add(span)
            files.append(TraceFile(path, format, file.lines, file.skipped))
            findings += file.findings
    runs = (*rows, *fold.finish())
    findings += map(_conflict, fold.conflicts)
    return Collected(runs, tuple(files), (*findings, *_unassigned(runs, files)))


def _routed(run: TraceRun, known: Collection[str], everything: str) -> TraceRun:
    """A row with its route; one that the registry does not know belongs to none."""
    if everything:
        return run._replace(route=everything)
    return run if run.route in known else run._replace(route="")


def summarize_routes(runs: Iterable[TraceRun]) -> list[RouteSummary]:
    """The runs that belong to a route, counted for each route in the order of its id."""
    grouped: dict[str, list[TraceRun]] = {}
    for run in runs:
        if run.route:
            grouped.setdefault(run.route, []).append(run)
    return [_summary(route, grouped[route]) for route in sorted(grouped)]


def _summary(route: str, runs: list[TraceRun]) -> RouteSummary:
    times = [run.started for run in runs if run.started is not None]
    return RouteSummary(
        route=route,
        runs=len(runs),
        failed=sum(run.outcome == "failed" for run in runs),
        corrected=sum(run.corrections > 0 for run in runs),
        rescued=sum(run.rescues > 0 for run in runs),
        waiting=sum(run.waiting for run in runs),
        unrecorded=sum(run.unrecorded > 0 for run in runs),
        first=timestamp(min(times, default=None)),
        last=timestamp(max(times, default=None)),
    )


def reader_of(file: TraceInput) -> TraceReader:
    """The one format that recognises a file by its content. Raises `TraceRefused`."""
    if not file.head.strip():
        return READERS[0]  # an empty file has every format, and the reader of lines reports it
    found = [reader for reader in READERS if reader.recognises(file.head)]
    if len(found) == 1:
        return found[0]
    tried = ", ".join(reader.name for reader in found or READERS)
    if found:
        text = f"the file holds several formats: {tried}"
        raise TraceRefused("trace-mixed", text, file.path, "write one format to a file")
    text = "the file is in no known format"
    raise TraceRefused("trace-unknown", text, file.path, f"formats that were tried: {tried}")


def _conflict(source: TraceSource) -> Finding:
    message = "a span came before with the same id and other content; the first counts"
    span = Span(source.line, 1, source.line, 1)
    help = "export each span once, when it has ended"
    return Finding("trace-conflict", Level.WARNING, message, source.file, span, help=help)


def _unassigned(runs: Iterable[TraceRun], files: list[TraceFile]) -> list[Finding]:
    """One finding for all runs that belong to no known route: they are counted, never dropped."""
    lost = [run for run in runs if not run.route]
    if not lost:
        return []
    names = list(dict.fromkeys(name for run in lost for name in run.names))
    count = f"{len(lost)} run{'s' if len(lost) > 1 else ''}"
    verb = "belongs" if count.startswith("1 ") else "belong"
    message = f"{count} {verb} to no known route; names that were tried: {', '.join(names[:10])}"
    help = "name the route with --route, or declare one of these names in routes/"
    return [Finding("run-unassigned", Level.WARNING, message, files[0].file, help=help)]
