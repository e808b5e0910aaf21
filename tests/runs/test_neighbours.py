"""Neighbours of every kind of trace: what happened, told in another way than in the samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmlint.runs.collect import collect
from pmlint.runs.event import TraceEvent
from tests.runs.exported_neighbours import EXPORTED
from tests.runs.fresh_neighbours import FRESH
from tests.runs.latest_neighbours import LATEST
from tests.runs.neighbours import NEIGHBOURS, NOON
from tests.runs.newest_neighbours import NEWEST
from tests.runs.sdk import SDK

KNOWN = ("refund-triage", "claude-code")
TOMORROW = int(NOON.timestamp() + 86_400) * 10**9


ALL = NEIGHBOURS | FRESH | NEWEST | LATEST | SDK | EXPORTED


@pytest.mark.parametrize("name", ALL)
def test_a_neighbour_is_read_as_what_happened(name: str, tmp_path: Path) -> None:
    expected = ALL[name]
    paths = [tmp_path / f"{number}.txt" for number in range(len(expected.files))]
    for path, data in zip(paths, expected.files, strict=True):
        path.write_bytes(data)
    events: list[TraceEvent] = []
    found = collect(map(str, paths), KNOWN, now=TOMORROW, sink=events.append)
    tools = [event for event in events if event.kind == "tool"]
    told = {
        status: tuple(sorted(event.name for event in tools if event.status == status))
        for status in ("succeeded", "failed", "blocked", "waiting", "unrecorded", "unknown")
    }
    told["outcomes"] = tuple(sorted(run.outcome for run in found.runs))
    told["decisions"] = tuple(
        f"{event.decision}/{event.decided_by}" for event in events if event.kind == "decision"
    )
    told["failed_checks"] = tuple(
        event.name for event in events if event.kind == "evaluation" and event.status == "failed"
    )
    told["findings"] = tuple(finding.code for finding in found.findings)
    assert told == {field: value for field, value in expected._asdict().items() if field != "files"}
    # Nobody looks at the events of `runs` and `due`, and the rows are the same.
    assert collect(map(str, paths), KNOWN, now=TOMORROW).runs == found.runs
