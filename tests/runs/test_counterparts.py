"""The classes of those who write the traces read the same files: MLflow's and Inspect's own.

mlflow-tracing is part of the extra `dev` (29 packages, 8 CPU seconds), so that its class judges our
neighbours everywhere. inspect_ai is part of none (80 packages, 330 MB, two minutes), and neither are
the traces of real software: `pip install inspect_ai` beside them, and all of this file counts, as it
did with 0.3.285; else a run lists it as skipped.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from pmlint.runs.collect import collect, reader_of
from pmlint.runs.event import TraceEvent, TraceSpan
from pmlint.runs.reading import TraceInput
from tests.outside import outside
from tests.runs.neighbours import iso, lines
from tests.runs.sdk.mlflow import MLFLOW

FOLDER = outside("traces")

pytestmark = pytest.mark.slow
beside = pytest.mark.skipif(not FOLDER, reason="the traces beside the checkout are not there")


def spans(path: Path) -> list[TraceSpan]:
    """The spans that our reader sees in a file, without log records."""
    with TraceInput(str(path)) as file:
        return [span for span in reader_of(file).read(file) if span.id]


def events(path: Path) -> list[TraceEvent]:
    found: list[TraceEvent] = []
    collect([str(path)], ("refund-triage",), sink=found.append)
    return found


Seen = set[tuple[object, ...]]


def seen_by_mlflow(traces: list[Any]) -> Seen:
    """The spans of traces of MLflow's own class, as the first fields of ours."""
    return {
        (
            *(span._trace_id.removeprefix("0x"), span.span_id, span.parent_id or "", span.name),
            *(
                span.start_time_ns,
                span.end_time_ns or 0,
                str(span.status.status_code.value) == "ERROR",
            ),
        )
        for trace in traces
        for span in trace.data.spans
    }


def complete(trace: dict[str, Any]) -> dict[str, Any]:
    """A short trace with the fields that MLflow asks for and no reader needs."""
    info, name = trace["info"], trace["info"]["trace_id"]
    for one in info["assessments"]:
        one |= {"trace_id": name, "last_update_time": one["create_time"]}
    info |= {"trace_location": {"type": "MLFLOW_EXPERIMENT"}, "request_time": iso(0)}
    for span in trace["data"]["spans"]:
        span["attributes"]["mlflow.traceRequestId"] = json.dumps(name)
        # The ids of the third version are base64, and by this MLflow knows it.
        if "otel_trace_id" not in span:
            id = bytes.fromhex(span["span_id"])
            span["span_id"] = base64.b64encode(id).decode()
            parent = span["parent_span_id"]
            span["parent_span_id"] = base64.b64encode(bytes.fromhex(parent or "")).decode()
    return trace


@pytest.mark.parametrize("name", sorted(MLFLOW))
def test_mlflow_sees_the_spans_of_our_neighbours(name: str, tmp_path: Path) -> None:
    entities = pytest.importorskip("mlflow.entities", reason="mlflow-tracing is not there")
    rows = [complete(json.loads(line)) for line in MLFLOW[name].files[0].splitlines()]
    path = tmp_path / "traces.jsonl"
    path.write_bytes(lines(*rows))
    traces = [entities.Trace.from_json(line) for line in path.read_text().splitlines()]
    assert {tuple(span[:7]) for span in spans(path)} == seen_by_mlflow(traces)


@beside
def test_mlflow_sees_the_same_spans_and_judgements() -> None:
    entities = pytest.importorskip("mlflow.entities", reason="mlflow-tracing is not there")
    assert FOLDER
    path = FOLDER / "mlflow" / "traces.jsonl"
    traces = [entities.Trace.from_json(line) for line in path.read_text().splitlines()]
    assert {tuple(span[:7]) for span in spans(path)} == seen_by_mlflow(traces)
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


@beside
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
