"""Logs of Inspect in a ZIP, whole and of a task that was killed; zstd of Python or of the extra."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from pmlint.runs.collect import Collected, collect
from pmlint.runs.event import TraceEvent
from tests.runs.neighbours import NOON, ROOT, inspect_tool, iso, lines, sample, spans

zstd = pytest.importorskip("backports.zstd", reason="the extra 'traces' is not installed")

TASK = {"eval_id": "e1", "run_id": "r1", "task": "refund-triage"}
TOMORROW = int(NOON.timestamp() + 86_400) * 10**9


def archive(**members: object) -> bytes:
    """A ZIP of JSON, its members by their names with ``__`` for a slash."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as found:
        for name, member in members.items():
            found.writestr(f"{name.replace('__', '/')}.json", json.dumps(member))
    return data.getvalue()


def read(path: Path, data: bytes) -> tuple[Collected, list[TraceEvent]]:
    path.write_bytes(data)
    events: list[TraceEvent] = []
    return collect([str(path)], ["refund-triage"], now=TOMORROW, sink=events.append), events


def test_a_log_of_a_task_that_was_killed_is_read(tmp_path: Path) -> None:
    done = sample(inspect_tool("c1", 3))
    begun = {"version": 2, "eval": TASK, "plan": {}}
    found, events = read(
        tmp_path / "log.eval", archive(_journal__start=begun, samples__A_epoch_1=done)
    )
    assert [(run.route, run.outcome) for run in found.runs] == [("refund-triage", "ok")]
    assert [event.name for event in events if event.kind == "tool"] == ["pay"]
    assert [one.code for one in found.findings] == ["trace-truncated"]


def test_a_whole_log_is_read_without_a_finding(tmp_path: Path) -> None:
    header = {"version": 2, "status": "success", "eval": TASK}
    found, _ = read(
        tmp_path / "log.eval",
        archive(
            _journal__start={"eval": TASK}, header=header, samples__A=sample(completed_at=iso(9))
        ),
    )
    assert (len(found.runs), found.findings) == (1, ())


@pytest.mark.parametrize("name", ["traces.zst", "log.eval"])
def test_the_zstd_of_python_is_taken_before_the_extra(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.14 has its own, and there the extra does not install another."""
    package = ModuleType("compression")
    monkeypatch.setattr(package, "zstd", zstd, raising=False)
    monkeypatch.setitem(sys.modules, "compression", package)
    monkeypatch.setitem(sys.modules, "compression.zstd", zstd)
    for other in ("backports", "backports.zstd", "backports.zstd.zipfile"):
        monkeypatch.setitem(sys.modules, other, None)  # type: ignore[arg-type]
    data = (
        zstd.compress(lines(spans(ROOT)))
        if name == "traces.zst"
        else archive(header={"eval": TASK}, samples__A=sample())
    )
    found, _ = read(tmp_path / name, data)
    assert [run.outcome for run in found.runs] == ["ok"]


def test_two_frames_of_zstd_are_one_file(tmp_path: Path) -> None:
    frames = [zstd.compress(lines(spans(one))) for one in ({**ROOT, "traceId": "b" * 32}, ROOT)]
    found, _ = read(tmp_path / "traces", b"".join(frames))
    assert [run.traces for run in found.runs] == [("b" * 32, "a" * 32)]
