"""DuckDB, the extra ``runs``: counts rows of Parquet, CSV and JSON lines, closed to the outside.

It is used where it is there, and needed for Parquet. Only our own statements run in it; names of
files are bound, never pasted (docs/spec/due.md, *Volumes and libraries*).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.project.amounts import STEP
from pmlint.runs.counts import CountTable, kind_of_run
from pmlint.runs.event import OUTCOMES
from pmlint.runs.rows import REQUIRED
from pmlint.runs.sql import DIALECTS

_MEMORY = "192MB"
_BATCH = 10_000
_COLUMNS = (*REQUIRED, "ended", "autonomy")
_COUNTED = ("rescues", "corrections", "approvals")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_KNOWN = str((*OUTCOMES, "unknown"))
_HOUR = r"([01]\d|2[0-3])"
_TIME = rf"\d{{4}}-\d\d-\d\d[ Tt]{_HOUR}:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]{_HOUR}(:?[0-5]\d)?)"
"""A time with an offset: without one a text would be read in the zone of this machine. DuckDB takes
hours of 24 and above, which no clock has.
"""
_NUMBER = r"\d{1,18}(\.0+)?"
"""A count as a text: DuckDB takes signs, blanks and powers of ten."""


class EngineSpan(NamedTuple):
    """What DuckDB found in a file: how many rows, how many of them after a moment, and the first
    and last second since 1970 (None without any); ``newest`` is the last one up to that moment.
    """

    total: int
    later: int
    first: int | None = None
    last: int | None = None
    newest: int | None = None


def has_engine() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None


def count_file(
    path: str, form: str, now: int, table: CountTable, edges: Collection[int] = ()
) -> EngineSpan | None:
    """Add the counts of a file of ``parquet``, ``csv`` or ``jsonl`` up to the second ``now``.

    With ``edges`` the steps between two of them, or two full hours, are counted as the first one.
    None where a row of CSV or JSON lines cannot be right: the reader in plain Python then names it.
    Raises `UsageError` for Parquet of which that is so, and without the extra.
    """
    with _opened(path) as base:
        try:
            source = _Source(base, path, form)
            is_wrong, span = source.survey(now)
            if not is_wrong:
                source.add_to(table, now, edges)
                if span.newest is not None:
                    table.reach(span.newest // STEP)
                return span
            wrong = source.first_wrong()
        except _error() as error:
            wrong = str(error).partition("\n")[0]
    if form != "parquet":
        return None
    raise _unreadable(path, wrong)


class _Source:
    """One file as a query of typed columns; both questions stream it, so memory stays flat."""

    def __init__(self, base: Any, path: str, form: str) -> None:
        self._base, self._path = base, path
        texts = ", ".join(f"{name}: 'VARCHAR'" for name in _COLUMNS)
        self._from = {
            "parquet": "read_parquet(?)",
            "csv": "read_csv(?, all_varchar = true, header = true)",
            "jsonl": f"read_json(?, format = 'newline_delimited', columns = {{{texts}}})",
        }[form]
        described = base.execute(f"describe select * from {self._from}", [path]).fetchall()
        self._types = {name: type for name, type, *_ in described}
        columns = ", ".join(f"{self._typed(name)} as {name}" for name in _COLUMNS)
        self._typed_rows = f"select {columns} from {self._from}"

    def survey(self, now: int) -> tuple[bool, EngineSpan]:
        """Whether a row cannot be right, and how far the rows reach, in one pass over the file."""
        if any(name not in self._types for name in REQUIRED):
            return True, EngineSpan(0, 0)
        conditions = " or ".join(f"({self._is_wrong(name)})" for name in self._asked())
        at = f"epoch(coalesce({self._typed('ended')}, {self._typed('started')}))"
        rows = f"select ({conditions}) as wrong, {at} as second from {self._from}"
        later = f"count(*) filter (second > {now:d})"
        ends = f"min(second), max(second), max(second) filter (second <= {now:d})"
        query = f"select bool_or(wrong), count(*), {later}, {ends} from ({rows})"
        wrong, total, after, *found = self._ask(query)
        whole = (None if end is None else int(end) for end in found)
        return bool(wrong), EngineSpan(total, after, *whole)

    def first_wrong(self) -> str:
        """The first row that cannot be right, in words."""
        missing = [name for name in REQUIRED if name not in self._types]
        if missing:
            return f"the column '{missing[0]}' is missing"
        for name in self._asked():
            numbered = f"select row_number() over () as n, {name} from {self._from}"
            wrong = f"where {self._is_wrong(name)} limit 1"
            found = self._ask(f"select n, cast({name} as varchar) from ({numbered}) {wrong}")
            if found is not None:
                return f"row {found[0]}: '{found[1]}' in '{name}' cannot be"
        return "a row cannot be"

    def add_to(self, table: CountTable, now: int, edges: Collection[int]) -> None:
        """Add the counts up to a second."""
        at = "epoch(coalesce(ended, started))"
        rows = f"select *, {DIALECTS['duckdb'].step} as at_step from ({self._typed_rows})"
        step = _coarse("at_step", edges) if edges else "at_step"
        kind = "route, coalesce(autonomy, '') as autonomy, outcome, rescues > 0, corrections > 0"
        # The steps of a kind come as one text: as rows, two million of them took four times as long
        # on their way into the table.
        query = (
            f"with runs as (select * from ({rows}) where {at} <= ?), "
            f"counts as (select {kind}, {step} as step, count(*) as runs from runs group by all) "
            "select columns(* exclude (step, runs)), string_agg(step || ' ' || runs, ' ') "
            "from counts group by all"
        )
        answer = self._base.execute(query, [self._path, now])
        while batch := answer.fetchmany(_BATCH):
            for route, *kind_of, text in batch:
                numbers = list(map(int, text.split()))
                table.count_steps(route or "", kind_of_run(*kind_of), numbers[::2], numbers[1::2])

    def _asked(self) -> list[str]:
        """The columns of which a value can be wrong."""
        # A run without a route is counted as unassigned; `ended` may be left out.
        return [name for name in (*REQUIRED, "ended") if name in self._types and name != "route"]

    def _ask(self, query: str) -> Any:
        """The first row that a query with the path as its one value answers."""
        return self._base.execute(query, [self._path]).fetchone()

    def _is_wrong(self, name: str) -> str:
        # Only a text can be empty; to make texts of ten million times takes a second.
        is_text = self._types[name] == "VARCHAR"
        empty = f"coalesce({name}, '') = ''" if is_text else f"{name} is null"
        if name == "run":
            return empty
        bad = f"{self._typed(name)} is null" if name != "outcome" else f"{name} not in {_KNOWN}"
        return f"not ({empty}) and ({bad})" if name == "ended" else f"{empty} or {bad}"

    def _typed(self, name: str) -> str:
        """A column as its type, null where it cannot be."""
        type = self._types.get(name)
        if type is None:
            return "null::timestamptz" if name == "ended" else "''"
        if name in _COUNTED and type in _WHOLE:
            return f"case when {name} >= 0 then {name}::bigint end"
        if name in _COUNTED:
            return _count(name, type)
        if name in ("started", "ended"):
            return _time(name, type)
        return f"cast({name} as varchar)"


def _count(name: str, type: str) -> str:
    """A count as a whole number, null where it cannot be one."""
    if type == "BOOLEAN":
        return "null::bigint"
    whole = f"try_cast({name} as bigint)"
    if type == "VARCHAR":
        # Nearly all are as DuckDB writes them itself, which is asked at a third of the cost.
        plain = f"try_cast({name} as bigint)"
        whole = f"try_cast(split_part({name}, '.', 1) as bigint)"
        return (
            f"case when {plain} >= 0 and cast({plain} as varchar) = {name} then {plain} "
            f"when regexp_full_match({name}, '{_NUMBER}') then {whole} end"
        )
    same = f"try_cast({name} as double) = {whole}"
    return f"case when {same} and {whole} >= 0 then {whole} end"


def _time(name: str, type: str) -> str:
    """A time with its zone, null where it cannot be one."""
    if type.startswith("TIMESTAMP"):  # of Parquet; without a zone it is UTC
        return f"cast({name} as timestamptz)"
    if type != "VARCHAR":  # a day has no hour, and a number could be of any unit
        return "null::timestamptz"
    fits = f"regexp_full_match({name}, '{_TIME}')"
    return f"try_cast(case when {fits} then upper({name}) end as timestamptz)"


def _coarse(step: str, edges: Iterable[int]) -> str:
    """The last edge, or full hour, that is not after a step, as an expression.

    Only the windows at one moment are asked for then: 10 million rows of 200 routes are 0.15
    million rows to fetch, and not 1.7.
    """
    cases = " ".join(f"when {step} >= {edge:d} then {edge:d}" for edge in sorted(edges)[::-1])
    return f"greatest({step} - {step} % 12, case {cases} else 0 end)"


def parquet_rows(path: str, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, with those of the columns that it has."""
    with _opened(path) as base:
        try:
            answer = base.execute("select * from read_parquet(?)", [path])
            names = [column[0] for column in answer.description]
            while batch := answer.fetchmany(_BATCH):
                for row in batch:
                    fields = dict(zip(names, row, strict=True))
                    yield {name: fields[name] for name in columns if name in fields}
        except _error() as error:
            raise _unreadable(path, str(error).partition("\n")[0]) from None


def _opened(path: str) -> Any:
    """A base in memory that may read this one file, and nothing else of the machine."""
    try:
        import duckdb
    except ModuleNotFoundError:
        raise UsageError(
            "parquet needs an extra", file=path, help="pip install 'pmlint[runs]'"
        ) from None
    base = duckdb.connect(":memory:")
    # In this order: the last one locks the others.
    for name, value in (
        ("memory_limit", _MEMORY),
        ("threads", 1),
        ("TimeZone", "UTC"),
        ("preserve_insertion_order", True),
        ("allowed_paths", [path]),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("enable_external_access", False),
        ("lock_configuration", True),
    ):
        base.execute(f"set {name} = {_literal(value)}")
    return base


def _literal(value: object) -> str:
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return "'" + str(value).replace("'", "''") + "'"


def _error() -> type[Exception]:
    import duckdb

    return duckdb.Error


def _unreadable(path: str, reason: str) -> UsageError:
    from pmlint.runs.reading import TraceRefused

    help = "'pmlint runs' writes rows as they are read"
    return TraceRefused("run-unreadable", reason, path, help)
