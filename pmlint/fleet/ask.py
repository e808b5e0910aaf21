"""Questions to a store, in SQL (docs/spec/fleet.md, *Questions*).

1. One statement, and that a SELECT. DuckDB then reads below the store and nowhere else: no other
   file, no database, no extension, no network. Only COPY could still write into the store, which
   the type of the statement excludes.
2. The views show the newest rows of each repository; "overdue" is a deadline before the day that is
   asked, because a column would be of the day on which the repository was judged.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.fleet.batches import (
    AHEAD,
    HAS_ROWS,
    PREFIX,
    REPOSITORIES,
    all_tables,
    is_store,
    whole_batches,
)
from pmlint.model.resources import folder as shipped
from pmlint.model.suggestions import nearest


class Question(NamedTuple):
    """A question that ships: its name, what it asks in a sentence, and its SQL."""

    name: str
    says: str
    sql: str


class FleetAnswer(NamedTuple):
    """The names of columns, and the rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@cache
def questions() -> dict[str, Question]:
    """The questions that ship, by name: a file each, its first line says what it asks."""
    place = os.path.join(shipped("schema"), "questions")
    found = {}
    for file in sorted(os.listdir(place)):
        with open(os.path.join(place, file), encoding="utf-8") as stream:
            text = stream.read()
        name = file.removesuffix(".sql")
        first = text.partition("\n")[0].removeprefix("--").strip()
        found[name] = Question(name, first.partition(": ")[2], text)
    return found


def question(name: str) -> Question:
    """A question by its name. Raises `UsageError` for one that does not exist."""
    found = questions().get(name)
    if found is None:
        help = nearest(name, questions()) or "'pmlint fleet ask STORE --list' names the questions"
        raise UsageError(f"there is no question '{name}'", help=help)
    return found


class Asking:
    """A store that is asked; ``today`` is the day for what is overdue.

    Raises `UsageError` without the extra, for a folder that is not a store, and for a batch that is
    not whole.
    """

    def __init__(self, folder: str, today: date) -> None:
        if not is_store(folder):
            raise UsageError(
                f"'{folder}' is not a store", help="pmlint fleet run LIST -o STORE writes one"
            )
        whole_batches(folder)
        self._duckdb = _library()
        self._connection = self._duckdb.connect(":memory:")
        self._folder = os.path.abspath(folder)
        try:
            self._set_up(today)
        except self._duckdb.Error as error:
            # such as one whose footer is there and whose columns are others
            raise UsageError(
                f"the store '{folder}' cannot be read: {_first_line(error)}",
                help="delete the batch that it names: 'pmlint fleet run' judges again what it had",
            ) from None

    def ask(self, sql: str) -> FleetAnswer:
        """The answer to one SELECT. Raises `UsageError` for anything else."""
        try:
            statements = self._connection.extract_statements(sql)
        except self._duckdb.Error as error:
            raise _refused(error) from None
        select = self._duckdb.StatementType.SELECT
        if len(statements) != 1 or statements[0].type != select:
            raise UsageError("not one SELECT", help="ask one question, which only reads")
        try:
            cursor = self._connection.execute(statements[0])
            columns = tuple(column[0] for column in cursor.description or ())
            return FleetAnswer(columns, tuple(cursor.fetchall()))
        except self._duckdb.Error as error:
            raise _refused(error) from None

    def _set_up(self, today: date) -> None:
        run = self._connection.execute
        run(f"CREATE TEMP TABLE every_repository AS SELECT * FROM {self._files(REPOSITORIES)}")
        run(_NEWEST.format(status=", ".join(map(_quoted, HAS_ROWS)), order=_ORDER))
        for table in all_tables():
            if table.name != REPOSITORIES:
                run(
                    f"CREATE VIEW {table.name} AS SELECT * EXCLUDE (batch) "
                    f"FROM {self._files(table.name)} SEMI JOIN judged_in USING (repo, batch)"
                )
        run(f"CREATE VIEW asked AS SELECT DATE {_quoted(today.isoformat())} AS today")
        # In this order: the last one keeps a question from turning them back.
        run(f"SET allowed_directories = [{_quoted(self._folder)}]")
        run("SET enable_external_access = false")
        run("SET lock_configuration = true")

    def _files(self, table: str) -> str:
        """The files of a table in all batches; the name of its batch is a column of each."""
        files = _quoted(os.path.join(self._folder, f"{PREFIX}*", f"{table}.parquet"))
        # By name: an older version may have had fewer columns.
        more = "union_by_name = true, hive_partitioning = true, hive_types_autocast = false"
        return f"read_parquet({files}, {more})"


# As `pmlint.fleet.batches` orders: a moment that has not come is older than any other.
_ORDER = f"""
  judged_at <= now() + INTERVAL {int(AHEAD.total_seconds())} SECONDS DESC,
  judged_at DESC, batch DESC
"""
_NEWEST = """
CREATE TEMP TABLE judged_in AS SELECT repo, batch, judged_at AS last_judged FROM every_repository
  WHERE status IN ({status})
  QUALIFY row_number() OVER (PARTITION BY repo ORDER BY {order}) = 1;
CREATE VIEW repositories AS SELECT * EXCLUDE (batch) FROM every_repository
  QUALIFY row_number() OVER (PARTITION BY repo ORDER BY {order}) = 1;
CREATE VIEW stale AS SELECT repo, last_judged FROM judged_in;
"""


def _refused(error: Exception) -> UsageError:
    return UsageError(
        f"DuckDB refuses it: {_first_line(error)}",
        help="'pmlint fleet ask STORE --list' names questions that work",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _library() -> Any:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise UsageError("ask needs duckdb", help="pip install 'pmlint[fleet]'") from None
    return duckdb


def overview(asking: Asking) -> Sequence[tuple[str, FleetAnswer]]:
    """One screen: repositories by status, held, overdue, running while held, by team."""
    parts = (
        ("repositories", _BY_STATUS),
        ("by team", _BY_TEAM),
    )
    return [(title, asking.ask(sql)) for title, sql in parts]


_BY_STATUS = """
SELECT status, count(*) AS repositories FROM repositories GROUP BY ALL ORDER BY ALL
"""
_BY_TEAM = """
WITH held AS (
  SELECT repo, count(*) FILTER (held) AS held, count(*) FILTER (held AND runs) AS running
  FROM routes GROUP BY repo
), late AS (
  SELECT repo, count(*) AS overdue FROM actions, asked WHERE open AND deadline < today GROUP BY repo
)
SELECT coalesce(team, '-') AS team, count(*) AS repositories, coalesce(sum(held), 0) AS held,
       coalesce(sum(running), 0) AS running_while_held, coalesce(sum(overdue), 0) AS overdue
FROM repositories LEFT JOIN held USING (repo) LEFT JOIN late USING (repo)
GROUP BY ALL ORDER BY running_while_held DESC, held DESC, team
"""
