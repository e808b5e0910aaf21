"""Files of rows or traces as counts: what `pmlint due` judges, and what it says of its sources."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from typing import NamedTuple

from pmlint.finding import Finding, Level
from pmlint.project.amounts import STEP
from pmlint.runs.collect import reader_of
from pmlint.runs.counts import CountTable, time_of
from pmlint.runs.counts_file import read_counts, span_of
from pmlint.runs.engine import count_file, has_engine
from pmlint.runs.event import TraceRun
from pmlint.runs.fold import Fold
from pmlint.runs.numbered_rows import row_batches
from pmlint.runs.reading import TraceInput
from pmlint.runs.row_columns import OPTIONAL, ColumnTally, RowTimes
from pmlint.runs.rows import REQUIRED, are_rows, runs_of
from pmlint.runs.settings import RunSettings

_NANOSECONDS = 10**9
_MOST_LATER = 100
"""One row in a hundred may be after now; more is a clock that is wrong."""
_BLOCK = 1 << 20


class RunFile(NamedTuple):
    """One file: its SHA-256, how many rows or runs it has, how many of them were after now, and
    its first and last second since 1970 (None where it has none).
    """

    file: str
    sha256: str
    rows: int
    later: int
    first: int | None
    last: int | None


class CountedRuns(NamedTuple):
    """All counts of some files. ``names`` are those that were tried as a route for runs that
    belong to none.
    """

    table: CountTable
    files: tuple[RunFile, ...]
    findings: tuple[Finding, ...]
    names: tuple[str, ...] = ()

    @property
    def unassigned(self) -> int:
        """How many runs belong to no known route."""
        return sum(self.table.unassigned.values())

    @property
    def newest(self) -> int | None:
        """The second at which the last step that has runs is over: judged then, all of it counts.
        A second before, a window would end with the step before.
        """
        last = self.table.last
        return (last + 1) * STEP if last >= 0 else None


class _Tally:
    """Rows, times and runs after now of one file, as its runs come."""

    def __init__(self, table: CountTable, now: int) -> None:
        self._table, self._now = table, now * _NANOSECONDS
        self.rows = self.later = 0
        self.first: int | None = None
        self.last: int | None = None

    def add_times(self, times: RowTimes) -> None:
        """Note rows that were counted elsewhere."""
        self.rows += times.rows
        self.later += times.later
        self._reach(times.first)
        self._reach(times.last)

    def _reach(self, second: int) -> None:
        self.first = second if self.first is None else min(self.first, second)
        self.last = second if self.last is None else max(self.last, second)

    def add(self, run: TraceRun) -> None:
        self.rows += 1
        at = time_of(run)
        if at is None:
            return
        self._reach(at // _NANOSECONDS)
        if at > self._now:
            self.later += 1
        else:
            self._table.count(run)


def count_files(
    paths: Iterable[str],
    known: Collection[str],
    now: int,
    settings: RunSettings,
    edges: Collection[int] = (),
) -> CountedRuns:
    """Count the runs of files up to the second ``now``; ``known`` are the ids of the registry's
    routes. With ``edges``, the steps at which windows begin, only windows between those need to be
    right. A file that is named twice, or has the bytes of another one, counts once.

    Raises `UsageError` for a file of which nothing counts.
    """
    table = CountTable(known)
    fold = Fold(known, settings)
    files: list[RunFile] = []
    findings: list[Finding] = []
    seen: dict[str, str] = {}
    traced = ""
    for path in paths:
        digest = _digest(path)
        if digest in seen:
            message = f"the file has the bytes of {seen[digest]}, and counts once"
            findings.append(Finding("run-file-twice", Level.WARNING, message, path))
            continue
        seen[digest] = path
        with TraceInput(path, now * _NANOSECONDS) as file:
            if _is_table(file):
                one = _count_table(file, now, table, edges)
            else:
                for span in reader_of(file).read(file):
                    fold.add(span)
                traced = traced or path
                one = RunFile(path, "", file.lines, 0, None, None)
            files.append(one._replace(sha256=digest))
            findings += [*file.findings, *_ahead(one)]
    traces, names = _count_traces(fold.finish(), table, now)
    if traced:
        findings += _ahead(RunFile(traced, "", traces.rows, traces.later, None, None))
    return _assigned(table, files, findings, names)


def _count_traces(
    runs: Iterable[TraceRun], table: CountTable, now: int
) -> tuple[_Tally, Iterable[str]]:
    """Count the runs of traces; with the names that were tried for those without a route."""
    tried: dict[str, None] = {}
    tally = _Tally(table, now)
    for run in runs:
        tally.add(run)
        if not run.route:
            tried |= dict.fromkeys(run.names)
    return tally, tried


def count_answer(path: str, known: Collection[str], now: int) -> CountedRuns:
    """The counts that a warehouse answered with, of steps that began by the second ``now``. Raises
    `UsageError`.
    """
    table = CountTable(known)
    with TraceInput(path) as file:
        rows = read_counts(file)
        later = 0
        for row in rows:
            if row.step * STEP > now:
                later += row.runs
            else:
                table.add_row(row)
        first, last = span_of(rows) or (None, None)
        one = RunFile(path, _digest(path), sum(row.runs for row in rows), later, first, last)
        return _assigned(table, [one], [*file.findings, *_ahead(one)], ())


def _is_table(file: TraceInput) -> bool:
    return file.head.startswith(b"PAR1") or are_rows(file.head)


def _count_table(file: TraceInput, now: int, table: CountTable, edges: Collection[int]) -> RunFile:
    """Count a file of rows: by the engine where it is there, else row by row."""
    form = "parquet" if file.head.startswith(b"PAR1") else _text_form(file)
    if form == "parquet" or (form and has_engine()):
        found = count_file(file.path, form, now, table, edges)
        if found is not None:
            file.lines += found.total
            return RunFile(file.path, "", *found[:4])
    tally = _Tally(table, now)
    plain = ColumnTally(now)
    for batch in row_batches(file):
        columns = batch.columns(REQUIRED, OPTIONAL)
        times = plain.take(columns) if columns is not None else None
        if times is not None:
            tally.add_times(times)
        else:
            for run in runs_of(batch, file):
                tally.add(run)
    plain.add_to(table)
    return RunFile(file.path, "", tally.rows, tally.later, tally.first, tally.last)


def _text_form(file: TraceInput) -> str:
    """The form that the engine reads a text as; none where it is compressed."""
    with open(file.path, "rb") as raw:
        if raw.read(len(file.head)) != file.head:
            return ""
    return "jsonl" if file.head.lstrip()[:1] == b"{" else "csv"


def _assigned(
    table: CountTable, files: list[RunFile], findings: Iterable[Finding], tried: Iterable[str]
) -> CountedRuns:
    """The counts, with a finding for what belongs to no known route: counted, never dropped."""
    names = tuple(dict.fromkeys([*filter(None, sorted(table.unassigned)), *tried]))
    found = CountedRuns(table, tuple(files), tuple(findings), names)
    if found.unassigned and files:
        homeless = _unassigned(found.unassigned, names, files[0].file)
        found = found._replace(findings=(*found.findings, homeless))
    return found


def _unassigned(runs: int, names: tuple[str, ...], file: str) -> Finding:
    count = f"{runs:,} run{'s' if runs != 1 else ''}"
    verb = "belong" if runs != 1 else "belongs"
    tried = f": {', '.join(map(repr, names[:10]))}" if names else ""
    message = f"{count} {verb} to no known route{tried}"
    help = "map the name in [tool.pmlint.runs] names, or declare the route"
    return Finding("run-unassigned", Level.WARNING, message, file, help=help)


def _ahead(one: RunFile) -> Iterable[Finding]:
    if one.later * _MOST_LATER > one.rows:
        message = f"{one.later:,} of {one.rows:,} rows are after now"
        help = "correct the clock that wrote them, or name a later --now"
        yield Finding("runs-stale", Level.ERROR, message, one.file, help=help)


def _digest(path: str) -> str:
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        while block := stream.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
