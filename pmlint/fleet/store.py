"""Where the rows of a fleet are kept: batches of Parquet files (docs/spec/fleet.md, *Store and
resume*).

1. ``STORE/batch=<moment>-<random>/<table>.parquet``: all files of a batch appear together or not at
   all, by one rename, and no file is ever edited. So any number of drivers may share a store.
2. Of a repository the newest row of ``repositories`` says how it is, and the newest that was judged
   says in which batch its other rows are: what could not be judged today keeps the rows of
   yesterday.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.fleet.task import FleetResult, rows_in
from pmlint.tables.cells import Row
from pmlint.tables.dictionary import ExportTable, fleet_tables, of_repository, tables
from pmlint.tables.writers.parquet import Parquet, require_parquet, stored_rows

REPOSITORIES = "repositories"
_UNFINISHED = ".tmp-"
_LEFTOVER = 86_400
"""Seconds after which an unfinished batch belongs to a driver that was killed."""
HAS_ROWS = ("judged", "empty")


class LastJudged(NamedTuple):
    """What a store knows of a repository that was judged: at which commit, when, and by what."""

    commit: str
    judged_at: datetime
    pmlint: str
    policies: str


class _Known(NamedTuple):
    batch: str
    row: Mapping[str, Any]

    @property
    def order(self) -> tuple[datetime, str]:
        """Later is newer; the name of the batch decides between two of one moment."""
        return self.row["judged_at"], self.batch


def all_tables() -> tuple[ExportTable, ...]:
    """The tables of a store: those of an export with ``repo`` first, and those of a fleet."""
    return tuple(of_repository(table) for table in (*tables(), *fleet_tables()))


class Store:
    """A folder of batches. Raises `UsageError` where it cannot be made, and without pyarrow."""

    def __init__(self, folder: str) -> None:
        require_parquet()
        self.folder = folder
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"the store '{folder}' cannot be made: {str(error.strerror).lower()}",
                help="name a folder with -o",
            ) from None

    def remove_leftovers(self) -> None:
        """Delete batches that a killed driver left unfinished more than a day ago."""
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            with suppress(OSError):
                is_old = time.time() - os.stat(path).st_mtime > _LEFTOVER
                if name.startswith(_UNFINISHED) and is_old:
                    shutil.rmtree(path, ignore_errors=True)

    def batches(self) -> list[str]:
        """The folders of all batches, the oldest first."""
        names = sorted(name for name in os.listdir(self.folder) if name.startswith("batch="))
        return [os.path.join(self.folder, name) for name in names]

    def last_judged(self) -> dict[str, LastJudged]:
        """What is known of each repository that was judged, by its name."""
        found: dict[str, LastJudged] = {}
        for repo, known in self._newest(lambda row: row["status"] in HAS_ROWS).items():
            row = known.row
            commit, pmlint, policies = row["commit_id"], row["pmlint"], row["policies"]
            found[repo] = LastJudged(commit or "", row["judged_at"], pmlint or "", policies or "")
        return found

    def _newest(self, wanted: Callable[[Mapping[str, Any]], bool]) -> dict[str, _Known]:
        found: dict[str, _Known] = {}
        for batch in self.batches():
            for row in stored_rows(os.path.join(batch, f"{REPOSITORIES}.parquet")):
                known = _Known(batch, row)
                before = found.get(row["repo"])
                if wanted(row) and (before is None or known.order > before.order):
                    found[row["repo"]] = known
        return found

    def write(self, results: Sequence[FleetResult], pmlint: str, policies: str) -> None:
        """Write one batch of results. Raises `UsageError` where the store takes no more."""
        self._write(list(_rows(results, pmlint, policies)))

    def _write(self, rows: Iterable[Row]) -> str:
        name = f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}-{secrets.token_hex(4)}"
        unfinished = os.path.join(self.folder, _UNFINISHED + name)
        batch = os.path.join(self.folder, f"batch={name}")
        try:
            os.mkdir(unfinished)
            Parquet().write(unfinished, all_tables(), rows)
            # One step on one file system: no reader ever sees a part of a batch.
            os.rename(unfinished, batch)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            reason = str(error.strerror or error).lower()
            raise UsageError(
                f"the store '{self.folder}' cannot be written: {reason}",
                help="make room, then run it again: what was written before is kept",
            ) from None
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        return batch

    def compact(self, names: frozenset[str] | None) -> int:
        """Write one batch of the newest rows, then delete the others; with ``names`` only of these
        repositories. How many repositories it has.

        Killed in between, nothing is double, since the newest row wins.
        """
        old = self.batches()
        newest = self._newest(lambda row: True)
        judged = self._newest(lambda row: row["status"] in HAS_ROWS)
        wanted = set(newest) if names is None else set(newest) & names
        # First the new one, then the old ones: in between each row is there twice, and counts once.
        if old:
            self._write(self._kept(old, wanted, newest, judged))
        for batch in old:
            shutil.rmtree(batch, ignore_errors=True)
        return len(wanted)

    def _kept(
        self,
        batches: Iterable[str],
        wanted: set[str],
        newest: Mapping[str, _Known],
        judged: Mapping[str, _Known],
    ) -> Iterator[Row]:
        for repo in sorted(wanted):
            # Both rows: how it is now, and of when its other rows are.
            entries = {id(known): known for known in (newest[repo], judged.get(repo)) if known}
            for known in entries.values():
                yield Row(REPOSITORIES, tuple(known.row.values()))
        for batch in batches:
            repos = {repo for repo in wanted if repo in judged and judged[repo].batch == batch}
            for table in all_tables():
                if table.name == REPOSITORIES or not repos:
                    continue
                for row in stored_rows(os.path.join(batch, f"{table.name}.parquet")):
                    if row["repo"] in repos:
                        yield Row(table.name, tuple(row.values()))


def _rows(results: Sequence[FleetResult], pmlint: str, policies: str) -> Iterator[Row]:
    for result in results:
        listed = result.listed
        yield Row(
            REPOSITORIES,
            (
                listed.name,
                listed.url,
                listed.team or None,
                listed.ref or None,
                result.commit or None,
                result.status,
                result.error or None,
                round(result.fetch_s, 3),
                round(result.check_s, 3),
                pmlint,
                policies or None,
                result.judged_at,
            ),
        )
        for table, rows in rows_in(result).items():
            yield from (Row(table, values) for values in rows)  # type: ignore[arg-type]
