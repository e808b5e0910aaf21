"""Reading the batches of a store (docs/spec/fleet.md, *Store and resume*).

1. Of a repository the newest row of ``repositories`` says how it is, and the newest that was judged
   says in which batch its other rows are: what could not be judged today keeps the rows of
   yesterday. A moment that has not come, by a clock that was wrong, is older than any other.
2. A batch that is not whole is refused: without its holds nothing would be held. Who deletes it has
   its repositories judged again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable, fleet_tables, of_repository, tables
from pmlint.tables.writers.parquet import stored_rows

REPOSITORIES = "repositories"
HAS_ROWS = ("judged", "empty")
PREFIX = "batch="
AHEAD = timedelta(minutes=5)
"""How far the clock of another machine may be ahead of ours."""
_MAGIC = b"PAR1"
"""How each Parquet file ends; one that was cut does not."""


class LastJudged(NamedTuple):
    """What a store knows of a repository that was judged: what its line of the list said, at which
    commit it was, when, and by what it was judged.
    """

    url: str
    team: str
    ref: str
    commit: str
    judged_at: datetime
    pmlint: str
    policies: str


class KnownRow(NamedTuple):
    """A row of ``repositories``, and the folder of its batch."""

    batch: str
    row: Mapping[str, Any]

    @property
    def order(self) -> tuple[bool, datetime, str]:
        """Later is newer; the name of the batch decides between two of one moment."""
        judged_at = self.row["judged_at"]
        return judged_at <= datetime.now(UTC) + AHEAD, judged_at, self.batch

    @property
    def last_judged(self) -> LastJudged:
        """What the row knows."""
        row = self.row
        return LastJudged(
            row["url"],
            row["team"] or "",
            row["ref"] or "",
            row["commit_id"] or "",
            row["judged_at"],
            row["pmlint"] or "",
            row["policies"] or "",
        )


@cache
def all_tables() -> tuple[ExportTable, ...]:
    """The tables of a store: those of an export with ``repo`` first, and those of a fleet."""
    return tuple(of_repository(table) for table in (*tables(), *fleet_tables()))


def is_store(folder: str) -> bool:
    """Whether a folder has a batch."""
    return os.path.isdir(folder) and any(name.startswith(PREFIX) for name in os.listdir(folder))


def whole_batches(folder: str) -> list[str]:
    """The folders of all batches of a store, the oldest first.

    Raises `UsageError` for one that is not whole.
    """
    found = []
    for name in sorted(name for name in os.listdir(folder) if name.startswith(PREFIX)):
        batch = os.path.join(folder, name)
        lack = _lack_of(batch)
        if lack is None:
            found.append(batch)
        elif os.path.lexists(batch):  # `compact` elsewhere may have taken it away meanwhile
            raise _not_whole(batch, lack)
    return found


def _lack_of(batch: str) -> str | None:
    """What a batch lacks; None where it is whole."""
    # A link may lead out of the store, and `ask` reads nothing there.
    if os.path.islink(batch) or not os.path.isdir(batch):
        return "it is not a folder"
    for table in all_tables():
        try:
            with open(_file(batch, table.name), "rb") as file:
                # Its end alone: a footer takes 0.2 ms, and 100,000 repositories have 52,000 files.
                file.seek(-len(_MAGIC), os.SEEK_END)
                is_whole = file.read() == _MAGIC
        except FileNotFoundError:
            return f"it has no {table.name}.parquet"
        except OSError:
            is_whole = False
        if not is_whole:
            return f"its {table.name}.parquet was cut"
    return None


def _not_whole(batch: str, lack: str) -> UsageError:
    return UsageError(
        f"the batch '{batch}' is not whole: {lack}",
        help="copy it again, or delete it: 'pmlint fleet run' judges again what it had",
    )


def newest(
    batches: Iterable[str], wanted: Callable[[Mapping[str, Any]], bool]
) -> dict[str, KnownRow]:
    """The newest row of each repository among those that are wanted."""
    found: dict[str, KnownRow] = {}
    for batch in batches:
        for row in _rows(batch, REPOSITORIES):
            known = KnownRow(batch, row)
            before = found.get(row["repo"])
            if wanted(row) and (before is None or known.order > before.order):
                found[row["repo"]] = known
    return found


def newest_rows(batches: Iterable[str], names: frozenset[str] | None) -> Iterator[Row]:
    """The newest rows of all tables, of these repositories or of all."""
    batches = list(batches)
    now = newest(batches, lambda row: True)
    judged = newest(batches, has_rows)
    wanted = now.keys() if names is None else now.keys() & names
    of_repositories = next(table for table in all_tables() if table.name == REPOSITORIES)
    for repo in sorted(wanted):
        # Both rows: how it is now, and of when its other rows are.
        entries = {id(known): known for known in (now[repo], judged.get(repo)) if known}
        yield from (_in_order(of_repositories, known.row) for known in entries.values())
    for batch in batches:
        repos = {repo for repo in wanted if repo in judged and judged[repo].batch == batch}
        for table in all_tables():
            if table.name != REPOSITORIES and repos:
                rows = _rows(batch, table.name)
                yield from (_in_order(table, row) for row in rows if row["repo"] in repos)


def has_rows(row: Mapping[str, Any]) -> bool:
    """Whether a row of ``repositories`` has others in its batch."""
    return row["status"] in HAS_ROWS


def _in_order(table: ExportTable, row: Mapping[str, Any]) -> Row:
    # By name: an older version may have had fewer columns.
    return Row(table.name, tuple(row.get(column.name) for column in table.columns))


def _rows(batch: str, table: str) -> list[dict[str, Any]]:
    try:
        return stored_rows(_file(batch, table))
    # pyarrow's own errors are of these two kinds
    except (OSError, ValueError):
        raise _not_whole(batch, f"its {table}.parquet cannot be read") from None


def _file(batch: str, table: str) -> str:
    return os.path.join(batch, f"{table}.parquet")
