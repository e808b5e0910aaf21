"""Neighbours of OTLP protobuf: other frames, log records, compression, and what is cut off."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pmlint.runs.collect import collect
from pmlint.runs.event import TraceEvent
from pmlint.runs.reading import TraceRefused
from tests.runs.neighbours import AGENT, NOON, called, logs, record, span, spans

json_format = pytest.importorskip(
    "google.protobuf.json_format", reason="the extra 'traces' is not installed"
)
pytest.importorskip("opentelemetry.proto", reason="the extra 'traces' is not installed")

TRACES = spans(span(2, called("pay"), status={"code": 2}), span(1, AGENT))
LOGS = logs(record("pmlint.intervention", {"pmlint.intervention.kind": "rescue"}))


def encoded(message: dict[str, object]) -> bytes:
    """A message of OTLP as bytes; protobuf's own JSON has its ids in base64."""
    from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
    from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

    text = json.dumps(message)
    for number in (1, 2):
        text = text.replace(f'"{number:016x}"', f'"AAAAAAAAAA{"EI"[number - 1]}="')
    text = text.replace(f'"{"a" * 32}"', '"qqqqqqqqqqqqqqqqqqqqqg=="')
    kind = TracesData if "resourceSpans" in message else LogsData
    return bytes(json_format.Parse(text, kind()).SerializeToString())


def framed(*messages: bytes) -> bytes:
    return b"".join(len(one).to_bytes(4, "big") + one for one in messages)


def read(folder: Path, *files: bytes) -> tuple[list[str], list[str], list[str]]:
    """The outcomes, what happened in tools and decisions, and the findings."""
    paths = [folder / f"{number}.pb" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    events: list[TraceEvent] = []
    now = int(NOON.timestamp() + 86_400) * 10**9
    found = collect(map(str, paths), ["refund-triage"], now=now, sink=events.append)
    told = [
        f"{event.name} {event.decision or event.status}"
        for event in events
        if event.kind != "agent"
    ]
    return [run.outcome for run in found.runs], told, [one.code for one in found.findings]


@pytest.mark.parametrize("form", ["alone", "framed", "compressed", "framed and compressed"])
def test_spans_in_each_form(form: str, tmp_path: Path) -> None:
    data = framed(encoded(TRACES)) if "framed" in form else encoded(TRACES)
    data = gzip.compress(data) if "compressed" in form else data
    assert read(tmp_path, data) == (["ok"], ["pay failed"], [])


def test_log_records_are_no_spans(tmp_path: Path) -> None:
    expected = (["ok"], ["pay failed", "rescue rescue"], [])
    assert read(tmp_path, encoded(TRACES), encoded(LOGS)) == expected
    assert read(tmp_path, framed(encoded(TRACES), encoded(LOGS))) == expected


def test_the_same_message_twice_counts_once(tmp_path: Path) -> None:
    messages = [encoded(TRACES), encoded(LOGS)]
    assert read(tmp_path, framed(*messages, *messages)) == (
        ["ok"],
        ["pay failed", "rescue rescue"],
        [],
    )


def test_a_last_frame_that_is_cut_off_leaves_the_others(tmp_path: Path) -> None:
    data = framed(encoded(TRACES), encoded(LOGS))
    assert read(tmp_path, data[:-9]) == (["ok"], ["pay failed"], ["trace-truncated"])


@pytest.mark.parametrize("empty", [1, 3])
def test_frames_without_a_message_are_read_over(empty: int, tmp_path: Path) -> None:
    nothing = framed(b"") * empty
    whole = framed(encoded(TRACES))
    for data in (nothing + whole, whole + nothing, framed(encoded(LOGS)) + nothing + whole):
        outcomes, told, findings = read(tmp_path, data)
        assert (outcomes, "pay failed" in told, findings) == (["ok"], True, [])


def test_a_file_of_zeros_is_no_trace(tmp_path: Path) -> None:
    with pytest.raises(TraceRefused, match="trace-unknown"):
        read(tmp_path, framed(b"") * 100)


def test_metrics_are_neither_spans_nor_records(tmp_path: Path) -> None:
    """A collector may write all three signals to one file; the ids of a span have a length."""
    from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData

    metric = {"name": "gen_ai.client.token.usage", "description": "Tokens", "gauge": {}}
    told = {"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}
    data = json_format.ParseDict(told, MetricsData()).SerializeToString()
    assert read(tmp_path, framed(data, encoded(TRACES), data)) == (["ok"], ["pay failed"], [])


def test_a_message_of_another_kind_is_reported(tmp_path: Path) -> None:
    unknown = b"\x7a\x05hello"  # field 15 as bytes, which no signal has
    outcomes, told, findings = read(tmp_path, framed(encoded(TRACES), unknown))
    assert (outcomes, told, findings) == (["ok"], ["pay failed"], ["trace-unreadable"])
