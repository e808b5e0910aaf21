"""The classes of those who write the traces read the same files: MLflow's and Inspect's own.

They are not part of any extra, since mlflow-skinny alone brings 44 packages of 140 MB, and neither
are the files that they read. `pip install mlflow-skinny inspect_ai` beside the traces, and this
file counts; else a run lists it as skipped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pmlint.runs.collect import collect, reader_of
from pmlint.runs.event import TraceEvent, TraceSpan
from pmlint.runs.reading import TraceInput
from tests.outside import outside

FOLDER = outside("traces")

pytestmark = [
    pytest.mark.skipif(not FOLDER, reason="the traces beside the checkout are not there"),
    pytest.mark.slow,
]


def spans(path: Path) -> list[TraceSpan]:
    """The spans that our reader sees in a file, without log records."""
    with TraceInput(str(path)) as file:
        return [span for span in reader_of(file).read(file) if span.id]


def events(path: Path) -> list[TraceEvent]:
    found: list[TraceEvent] = []
    collect([str(path)], ("refund-triage",), sink=found.append)
    return found


def test_mlflow_sees_the_same_spans_and_judgements() -> None:
    entities = pytest.importorskip(
        "mlflow.entities", reason="mlflow-skinny, which no extra has, is not there"
    )
    assert FOLDER
    path = FOLDER / "mlflow" / "traces.jsonl"
    traces = [entities.Trace.from_json(line) for line in path.read_text().splitlines()]
    theirs = {
        (
            *(span.trace_id.removeprefix("tr-"), span.span_id, span.parent_id or "", span.name),
            *(span.start_time_ns, span.end_time_ns, str(span.status.status_code.value) == "ERROR"),
        )
        for trace in traces
        for span in trace.data.spans
    }
    assert {tuple(span[:7]) for span in spans(path)} == theirs
    told = {
        (one.name, "person" if one.source.source_type == "HUMAN" else "machine", one.value)
        for trace in traces
        for one in trace.info.assessments
    }
    ours = {
        (event.name, event.decided_by, event.value)
        for event in events(path)
        if event.kind == "evaluation"
    }
    assert ours == told


@pytest.mark.parametrize("name", ["log.json", "log.eval"])
def test_inspect_sees_the_same_calls_and_approvals(name: str) -> None:
    log = pytest.importorskip(
        "inspect_ai.log", reason="inspect_ai, which no extra has, is not there"
    )
    if name.endswith(".eval"):
        pytest.importorskip("backports.zstd", reason="the extra 'traces' is not installed")
    assert FOLDER
    path = FOLDER / "inspect" / name
    samples = log.read_eval_log(str(path)).samples or []
    theirs: list[Any] = [event for sample in samples for event in sample.events]
    found = events(path)
    calls = sorted((one.id, one.function) for one in theirs if one.event == "tool")
    assert sorted((one.call, one.name) for one in found if one.kind == "tool") == calls
    answers = sorted((one.call.id, one.approver) for one in theirs if one.event == "approval")
    assert sorted((one.call, one.by) for one in found if one.decision) == answers
    scores = sorted(scorer for sample in samples for scorer in sample.scores or {})
    assert sorted(one.name for one in found if one.kind == "evaluation") == scores
    models = [one for one in theirs if one.event == "model"]
    assert len(spans(path)) == len(calls) + len(models) + len(samples)
