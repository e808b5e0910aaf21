"""What goes to a worker, and what comes back (docs/spec/fleet.md, *Engines*).

Plain data, so any executor carries it.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pmlint.fleet.listing import Listed

Status = Literal["judged", "empty", "unreachable", "unjudged"]


class FleetTask(NamedTuple):
    """What it takes to judge a repository: which, within which budget (seconds and MiB), on which
    day (``--now``; None is today), below which folder of the machine, and the files of the
    organisation's policies.
    """

    listed: Listed
    timeout: int
    mebibytes: int
    now: str | None
    place: str = ""
    policies: Mapping[str, bytes] | None = None


class FleetResult(NamedTuple):
    """What came of a repository. ``rows`` are those of all tables, pickled; ``error`` says why
    there are none.
    """

    listed: Listed
    status: Status
    error: str = ""
    commit: str = ""
    fetch_s: float = 0.0
    check_s: float = 0.0
    judged_at: datetime = datetime.fromtimestamp(0, UTC)
    rows: bytes = b""


def rows_in(result: FleetResult) -> Mapping[str, list[tuple[object, ...]]]:
    """The rows of a result, by table."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for table, values in pickle.loads(result.rows) if result.rows else ():
        found.setdefault(table, []).append(values)
    return found
