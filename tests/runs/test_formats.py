"""Real traces of real software, held against what really happened in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pmlint.runs.collect import Collected, collect
from pmlint.runs.event import TraceEvent
from tests.outside import outside

FOLDER = outside("traces")
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((FOLDER / "expected.json").read_text(encoding="utf-8")) if FOLDER else {}
)
CASES = [
    (pattern, path)
    for pattern in EXPECTED
    if pattern != "_"
    for path in sorted(FOLDER.glob(pattern) if FOLDER else ())
]

pytestmark = pytest.mark.skipif(not FOLDER, reason="the traces beside the checkout are not there")


def read(
    *paths: Path, known: tuple[str, ...] = ("refund-triage",)
) -> tuple[Collected, list[TraceEvent]]:
    """The runs of some files and all their events."""
    if any(path.suffix == ".eval" for path in paths):
        pytest.importorskip("backports.zstd", reason="the extra 'traces' is not installed")
    if any(path.suffix == ".pb" for path in paths):
        pytest.importorskip("opentelemetry.proto", reason="the extra 'traces' is not installed")
    events: list[TraceEvent] = []
    return collect(map(str, paths), known, sink=events.append), events


def tools(events: list[TraceEvent], status: str) -> list[str]:
    """The names of the tools that ended in a way, in the order of the names."""
    return sorted(event.name for event in events if event.kind == "tool" and event.status == status)


def ids(case: tuple[str, Path]) -> str:
    return f"{case[1].parent.name}/{case[1].name}"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_reader_knows_what_the_file_can_tell(case: tuple[str, Path]) -> None:
    expected = EXPECTED[case[0]]
    expected = EXPECTED[expected["same_as"]] if "same_as" in expected else expected
    collected, events = read(case[1])
    assert collected.findings == () or [found.code for found in collected.findings] == [
        "run-unassigned"
    ]
    if "runs" in expected:
        assert len(collected.runs) == expected["runs"]
    if "traces" in expected:
        assert sum(len(run.traces) for run in collected.runs) == expected["traces"]
    if "executed" in expected:
        assert tools(events, "succeeded") == sorted(expected["executed"])
    if "failed" in expected:
        assert tools(events, "failed") == sorted(expected["failed"])
    if "proposed_not_executed" in expected:
        assert tools(events, "unrecorded") == sorted(expected["proposed_not_executed"])
    edits = [event for event in events if event.decision == "edit" and event.changed]
    assert [event.name for event in edits] == [edit["tool"] for edit in expected.get("edited", ())]
    if "retrieval" in expected:
        documents = [item["id"] for event in events for item in event.documents]
        assert documents == expected["retrieval"]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_what_people_and_machines_decided(case: tuple[str, Path]) -> None:
    expected = EXPECTED[case[0]]
    _, events = read(case[1])
    words = {
        "accept": "approval",
        "approve": "approval",
        "cancel": "cancellation",
        "decline": "rejection",
        "edit": "edit",
        "modify": "edit",
        "reject": "rejection",
    }
    people = [event for event in events if event.decided_by == "person"]
    if "decisions" in expected:
        for event, decision in zip(people, expected["decisions"], strict=True):
            assert event.decision == words[decision["decision"]]
            assert event.name == decision.get("tool", event.name)
            assert event.by == decision.get("by", "")
    if "elicitations" in expected:
        assert [event.decision for event in people] == [
            words[answer] for answer in expected["elicitations"]
        ]
        assert len([event for event in events if event.kind == "tool"]) == expected["calls"]
    if "asked" in expected:
        assert len([event for event in events if event.decision == "question"]) == expected["asked"]
    if "guardrails" in expected:
        assert (
            len([event for event in events if event.kind == "evaluation"]) == expected["guardrails"]
        )
    if "feedback" in expected:
        found = [{"key": event.name, "score": event.value, "by": event.by} for event in people]
        assert found == expected["feedback"]
    if "scores" in expected:
        found = [{"name": event.name, "value": event.value} for event in events]
        assert found == expected["scores"]
    if "interventions" in expected:
        found = [(event.decision, event.by, event.call) for event in people]
        assert found == [tuple(entry.values()) for entry in expected["interventions"]]
    if "evaluations_failed" in expected:
        failed = [
            event.name
            for event in events
            if event.kind == "evaluation" and event.status == "failed"
        ]
        assert failed == expected["evaluations_failed"]
    if "human" in expected:
        assert {event.name for event in people} == {entry["name"] for entry in expected["human"]}
        machines = [event.name for event in events if event.decided_by == "machine"]
        assert machines == expected["machine"]


def test_log_records_join_the_run_of_their_span() -> None:
    assert FOLDER
    folder = FOLDER / "otel-genai"
    collected, _ = read(folder / "util-genai.logs.jsonl", folder / "util-genai.jsonl")
    (run,) = collected.runs
    assert (run.outcome, run.rescues, run.unrecorded) == ("ok", 1, 1)


def test_the_same_spans_as_another_decoder_sees() -> None:
    """`opentelemetry-proto` reads the bytes that we read: same spans, ids and times."""
    trace = pytest.importorskip("opentelemetry.proto.trace.v1.trace_pb2")
    assert FOLDER
    path = FOLDER / "otlp-protobuf" / "one-message.pb"
    message = trace.TracesData.FromString(path.read_bytes())
    theirs = {
        (
            span.span_id.hex(),
            span.trace_id.hex(),
            span.start_time_unix_nano,
            span.end_time_unix_nano,
        )
        for resource in message.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }
    from pmlint.runs.readers.otlp_protobuf import OtlpProtobuf
    from pmlint.runs.reading import TraceInput

    with TraceInput(str(path)) as file:
        ours = {(span.id, span.trace, span.start, span.end) for span in OtlpProtobuf().read(file)}
    assert ours == theirs
