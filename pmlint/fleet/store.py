"""Where the rows of a fleet are kept: batches of Parquet files (docs/spec/fleet.md, *Store and
resume*).

``STORE/batch=<moment>-<random>/<table>.parquet``: all files of a batch appear together or not at
all, by one rename, and no file is ever edited. So any number of drivers may share a store.
`batches` reads it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from pmlint.errors import UsageError
from pmlint.fleet.batches import (
    PREFIX,
    REPOSITORIES,
    LastJudged,
    all_tables,
    has_rows,
    newest,
    newest_rows,
    whole_batches,
)
from pmlint.fleet.task import FleetResult, rows_in
from pmlint.tables.cells import Row
from pmlint.tables.writers.parquet import Parquet, require_parquet

_UNFINISHED = ".tmp-"
_LEFTOVER = 86_400
"""Seconds after which an unfinished batch belongs to a driver that was killed."""


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

    def last_judged(self) -> dict[str, LastJudged]:
        """What is known of each repository that was judged, by its name.

        Raises `UsageError` for a batch that is not whole.
        """
        known = newest(whole_batches(self.folder), has_rows)
        return {repo: one.last_judged for repo, one in known.items()}

    def write(self, results: Sequence[FleetResult], pmlint: str, policies: str) -> None:
        """Write one batch of results. Raises `UsageError` where the store takes no more."""
        self._write(list(_rows(results, pmlint, policies)))

    def _write(self, rows: Iterable[Row]) -> str:
        name = f"{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}-{secrets.token_hex(4)}"
        unfinished = os.path.join(self.folder, _UNFINISHED + name)
        batch = os.path.join(self.folder, f"{PREFIX}{name}")
        try:
            os.mkdir(unfinished)
            Parquet().write_into(unfinished, all_tables(), rows)
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

        Killed in between, nothing is double, since the newest row wins. Raises `UsageError` for a
        batch that is not whole, and where none of ``names`` is in the store.
        """
        old = whole_batches(self.folder)
        if not old:
            return 0
        found = newest(old, lambda row: True)
        wanted = found.keys() if names is None else found.keys() & names
        if not wanted:
            # Another list than the store's would delete every row.
            raise UsageError(
                f"no repository of the store '{self.folder}' is on the list",
                help="compact it with the list that 'pmlint fleet run' had",
            )
        # First the new one, then the old ones: in between each row is there twice, and counts once.
        self._write(newest_rows(old, names))
        for batch in old:
            self._remove(batch)
        return len(wanted)

    def _remove(self, batch: str) -> None:
        """Delete a batch in one step: killed in the middle, a part of it would be refused."""
        gone = os.path.join(self.folder, f"{_UNFINISHED}{os.path.basename(batch)}")
        with suppress(OSError):
            os.rename(batch, gone)
            shutil.rmtree(gone, ignore_errors=True)


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
