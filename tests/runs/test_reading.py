"""Traces of our own, small and wrong: what is reported, what is refused, what is read all the same."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pmlint.cli import commands
from pmlint.errors import UsageError
from pmlint.runs.collect import Collected, collect
from pmlint.runs.event import TraceEvent, TraceSource, TraceSpan
from pmlint.runs.fold import LATEST_TRACES, Fold
from pmlint.runs.reading import TraceRefused
from tests.runs.neighbours import SMITH_ROOT, lines, smith

NOON = 1_790_942_400 * 10**9
"""2026-10-02T12:00:00Z in nanoseconds."""
SECOND = 10**9


def attribute(name: str, value: object) -> dict[str, Any]:
    kind = "boolValue" if isinstance(value, bool) else "stringValue"
    return {"key": name, "value": {kind: value}}


def span(
    id: str, parent: str = "", at: int = 0, trace: str = "a" * 32, **fields: Any
) -> dict[str, Any]:
    """A span in OTLP JSON; ``attributes`` as plain data, ``at`` in seconds after noon."""
    attributes = fields.pop("attributes", {})
    return {
        "traceId": trace,
        "spanId": id.rjust(16, "0"),
        **({"parentSpanId": parent.rjust(16, "0")} if parent else {}),
        "name": "step",
        "startTimeUnixNano": str(NOON + at * SECOND),
        "endTimeUnixNano": str(NOON + (at + 1) * SECOND),
        "attributes": [attribute(name, value) for name, value in attributes.items()],
        **fields,
    }


def line(*spans: dict[str, Any], service: str = "mail-desk") -> str:
    resource = {"attributes": [attribute("service.name", service)]}
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})


def proposal(name: str, call: str, **arguments: Any) -> dict[str, str]:
    part = {"type": "tool_call", "id": call, "name": name, "arguments": arguments}
    messages = json.dumps([{"role": "assistant", "parts": [part]}])
    return {"gen_ai.operation.name": "chat", "gen_ai.output.messages": messages}


def execution(name: str, call: str, **arguments: Any) -> dict[str, str]:
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.id": call,
        "gen_ai.tool.call.arguments": json.dumps(arguments),
    }


def read(
    folder: Path, *lines: str, name: str = "traces.jsonl"
) -> tuple[Collected, list[TraceEvent]]:
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    events: list[TraceEvent] = []
    return collect([str(path)], ["mail-desk"], now=NOON, sink=events.append), events


def test_a_proposal_that_nobody_carried_out_is_not_blocked(tmp_path: Path) -> None:
    model = span("2", "1", 0, attributes=proposal("send", "c1", to="x"))
    collected, events = read(tmp_path, line(model), line(span("1", at=0)))
    assert [event.status for event in events if event.kind == "tool"] == ["unrecorded"]
    assert (collected.runs[0].outcome, collected.runs[0].unrecorded) == ("ok", 1)


def test_an_edit_is_the_difference_to_the_proposal_and_a_default_is_none(tmp_path: Path) -> None:
    model = span("2", "1", 0, attributes=proposal("pay", "c1", amount=480))
    tool = span("3", "1", 2, attributes=execution("pay", "c1", amount=200, currency="EUR"))
    collected, events = read(tmp_path, line(model, tool), line(span("1")))
    edits = [event for event in events if event.decision == "edit"]
    assert [(edit.name, edit.changed) for edit in edits] == [("pay", ("/amount",))]
    assert collected.runs[0].corrections == 1


def test_the_same_call_again_is_an_attempt_more(tmp_path: Path) -> None:
    calls = [
        span(str(n), "1", n, attributes=execution("pay", f"c{n}", amount=1)) for n in (2, 3, 4)
    ]
    _, events = read(tmp_path, line(*calls), line(span("1")))
    assert [event.attempt for event in events if event.kind == "tool"] == [1, 2, 3]


def test_a_question_to_a_person_is_neither_error_nor_success(tmp_path: Path) -> None:
    raised = {"name": "exception", "timeUnixNano": str(NOON + 5 * SECOND)}
    raised["attributes"] = [attribute("exception.type", "langgraph.errors.GraphInterrupt")]
    asking = span("2", "1", 4, events=[raised], status={"code": 2})
    collected, events = read(tmp_path, line(asking), line(span("1", at=0)))
    (run,) = collected.runs
    assert (run.outcome, run.waiting, run.row().get("ended")) == ("unknown", True, None)
    assert [(event.decision, event.status) for event in events] == [("question", "waiting")]


def test_one_session_over_two_traces_is_one_run(tmp_path: Path) -> None:
    one = span("1", trace="a" * 32, attributes={"session.id": "case-7"})
    two = span("1", trace="b" * 32, at=9, attributes={"session.id": "case-7"}, status={"code": 2})
    collected, _ = read(tmp_path, line(one), line(two))
    (run,) = collected.runs
    assert (run.run, run.outcome, len(run.traces)) == ("case-7", "failed", 2)


def test_two_routes_in_one_session_are_two_runs(tmp_path: Path) -> None:
    session = {"session.id": "case-7"}
    one = span("1", trace="a" * 32, attributes={**session, "gen_ai.agent.name": "mail-desk"})
    two = span("1", trace="b" * 32, attributes={**session, "gen_ai.agent.name": "Refund_Desk"})
    path = tmp_path / "t.jsonl"
    path.write_text(line(one) + "\n" + line(two) + "\n")
    collected = collect([str(path)], ["mail-desk", "refund-desk"], now=NOON)
    assert [run.route for run in collected.runs] == ["mail-desk", "refund-desk"]


def test_an_outcome_that_somebody_recorded_counts_and_the_worst_wins(tmp_path: Path) -> None:
    near = span("2", "1", attributes={"pmlint.outcome": "near-miss"})
    breach = span("3", "1", attributes={"pmlint.outcome": "control-breach"})
    collected, _ = read(tmp_path, line(near, breach), line(span("1")))
    assert collected.runs[0].outcome == "control-breach"


def test_parents_that_go_round_and_ids_in_base64_are_read(tmp_path: Path) -> None:
    round_trip = [span("2", "3"), span("3", "2")]
    based = {**span("1"), "traceId": "Lw0K0m+Ca41Omp4o42YUDA==", "spanId": "JXM1KWo8YdQ="}
    collected, _ = read(tmp_path, line(*round_trip), line(based))
    traces = {trace for run in collected.runs for trace in run.traces}
    assert traces == {"a" * 32, "2f0d0ad26f826b8d4e9a9e28e366140c"}


def test_names_in_snake_case_are_read(tmp_path: Path) -> None:
    text = line(span("1")).replace("resourceSpans", "resource_spans").replace("traceId", "trace_id")
    collected, _ = read(
        tmp_path,
        text.replace("scopeSpans", "scope_spans").replace(
            "startTimeUnixNano", "start_time_unix_nano"
        ),
    )
    assert [run.route for run in collected.runs] == ["mail-desk"]


def test_a_run_of_no_known_route_is_counted_with_the_names_that_were_tried(tmp_path: Path) -> None:
    collected, _ = read(tmp_path, line(span("1"), service="other"))
    (finding,) = collected.findings
    assert finding.code == "run-unassigned"
    assert finding.message == "1 run belongs to no known route; names that were tried: other, step"


BROKEN: dict[str, tuple[Callable[[str], str], list[tuple[str, int]]]] = {
    "cut off": (lambda good: good + "\n" + good[:40], [("trace-truncated", 2)]),
    "empty": (lambda good: "", [("trace-truncated", 1)]),
    "blank": (lambda good: "\n \n", [("trace-truncated", 1)]),
    "no object": (lambda good: "[1]\n" + good, [("trace-unreadable", 1)]),
    "no message": (lambda good: good + '\n{"a": 1}\n' + good, [("trace-unreadable", 2)]),
    "before 2000": (lambda good: good.replace(str(NOON), "1"), [("trace-clock", 1)]),
    "after tomorrow": (lambda good: good.replace("17909", "19909"), [("trace-clock", 1)]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_read_is_reported_at_its_line_and_the_rest_counts(
    case: str, tmp_path: Path
) -> None:
    break_, expected = BROKEN[case]
    collected, _ = read(tmp_path, break_(line(span("1"))))
    assert [(found.code, found.span.row) for found in collected.findings] == expected
    assert len(collected.runs) == (case not in ("empty", "blank"))


def test_an_unknown_format_names_those_that_were_tried(tmp_path: Path) -> None:
    with pytest.raises(TraceRefused) as caught:
        read(tmp_path, "hello")
    assert caught.value.message == "trace-unknown: the file is in no known format"
    assert "otlp-json" in caught.value.help


def test_two_formats_in_one_file_are_refused(tmp_path: Path) -> None:
    transcript = json.dumps({"type": "user", "sessionId": "s", "timestamp": "2026-10-02T12:00:00Z"})
    other = (
        json.dumps({"info": {"trace_id": "tr-1", "x": "mlflow.y"}, "data": {"spans": []}})
        .replace("mlflow.y", '"')
        .replace('"""', '"mlflow."')
    )
    with pytest.raises(TraceRefused, match="trace-mixed"):
        read(tmp_path, transcript, other)


def test_a_compressed_file_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "traces.txt"
    path.write_bytes(gzip.compress(line(span("1")).encode()))
    assert len(collect([str(path)], ["mail-desk"], now=NOON).runs) == 1


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    rows = "run,route,started,outcome,rescues,corrections,approvals\n" + (
        "a,mail-desk,2026-10-02T11:00:00Z,ok,0,0,0\n"
    )
    for text in (rows, line(span("1", attributes={"session.id": "a"})) + "\n"):
        path = tmp_path / "runs"
        path.write_text(text, "utf-8-sig")
        found = collect([str(path)], ["mail-desk"], now=NOON + 60 * SECOND)
        assert [(run.run, run.route) for run in found.runs] == [("a", "mail-desk")]
        path.write_text(text, "utf-16")
        with pytest.raises(TraceRefused, match="trace-unreadable: the file is UTF-16, not UTF-8"):
            collect([str(path)], ["mail-desk"], now=NOON)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the file cannot be read: no such file or directory"):
        collect([str(tmp_path / "none.jsonl")], [])
    with pytest.raises(UsageError, match="the file cannot be read: is a directory") as caught:
        collect([str(tmp_path)], [])
    assert caught.value.help == "name the files in it"


@pytest.mark.parametrize(("is_late", "most"), [(False, 1), (True, LATEST_TRACES)])
def test_open_traces_are_let_go_some_time_after_their_root(is_late: bool, most: int) -> None:
    fold = Fold(["mail-desk"])
    for number in range(3 * LATEST_TRACES):
        # A child is on the line of its root, or on one behind it.
        for line, (id, parent) in enumerate((("root", ""), ("child", "root"))):
            source = TraceSource("a.jsonl", number * 2 + line * is_late, "otlp-json")
            trace = f"{number:032x}"
            fold.add(TraceSpan(trace, id, parent, "x", 1, 2, False, {}, {}, (), source))
        assert len(fold._open) <= LATEST_TRACES + 1
    assert len(fold._open) == most
    assert len(fold.finish()) == 3 * LATEST_TRACES


def test_the_command_prints_a_table_and_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "mail-desk.yaml").write_text(
        'id: mail-desk\ntitle: Mail desk\nowner: "@maria"\nstate: paused\nrestart: false\nautonomy: observe\n'
    )
    (tmp_path / "traces.jsonl").write_text(line(span("1")) + "\n")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(commands, ["evidence", "traces.jsonl", "--now", "2026-10-02"])
    assert done.output == (
        "route      runs  failed  corrected  rescued  waiting  no execution recorded  from                  to\n"
        "mail-desk  1     0       0          0        0        0                      2026-10-02T12:00:00Z  2026-10-02T12:00:00Z\n"
    )
    done = CliRunner().invoke(commands, ["runs", "traces.jsonl", "--now", "2026-10-02"])
    assert json.loads(done.output) == {
        "run": f"trace:{'a' * 32}",
        "route": "mail-desk",
        "started": "2026-10-02T12:00:00.000Z",
        "ended": "2026-10-02T12:00:01.000Z",
        "outcome": "ok",
        "rescues": 0,
        "corrections": 0,
        "approvals": 0,
        "traces": ["a" * 32],
    }
    done = CliRunner().invoke(
        commands, ["runs", "traces.jsonl", "-o", "runs.csv", "--now", "2026-10-02"]
    )
    assert done.exit_code == 0
    assert (tmp_path / "runs.csv").read_text().splitlines()[0] == (
        "run,route,started,ended,outcome,rescues,corrections,approvals,autonomy,version,traces"
    )


def test_check_and_gate_import_nothing_of_it(tmp_path: Path) -> None:
    from tests.cli.desk import Desk
    from tests.repository.test_project import loaded

    desk = Desk(tmp_path)
    desk.edit("title:", "title: A", "postmortems/PM-2026-001-refunds.md")
    desk.commit("Another title")
    for words in (("check",), ("gate", "--base", "HEAD~1")):
        modules = loaded(*words, cwd=desk.root)
        assert f"pmlint.cli.{words[0]}" in modules
        named = ("pmlint.runs", "pmlint.cli.runs", "pmlint.cli.evidence", "pmlint.cli.due")
        assert not {name for name in modules if name.startswith((*named, "orjson", "duckdb"))}


def test_a_span_that_comes_twice_counts_once(tmp_path: Path) -> None:
    tool = span("2", "1", 2, attributes=execution("pay", "c1", amount=200))
    batch = [line(tool), line(span("1"))]
    collected, events = read(tmp_path, *batch, *batch)
    assert collected.findings == ()
    assert [event.kind for event in events] == ["tool"]
    other = line({**tool, "endTimeUnixNano": str(NOON + 4 * SECOND)})
    collected, events = read(tmp_path, batch[0], other, batch[1])
    assert [(found.code, found.span.row) for found in collected.findings] == [("trace-conflict", 2)]
    assert [event.ended for event in events] == [NOON + 3 * SECOND]


def test_the_same_lines_of_two_transcripts_are_two_calls(tmp_path: Path) -> None:
    row = {"type": "assistant", "sessionId": "s", "timestamp": "2026-10-02T11:00:00Z"}
    for name in ("a", "b"):
        block = {"type": "tool_use", "id": name, "name": name, "input": {}}
        (tmp_path / name).write_text(json.dumps({**row, "message": {"content": [block]}}) + "\n")
    events: list[TraceEvent] = []
    collect(
        [str(tmp_path / "a"), str(tmp_path / "b")], ["claude-code"], now=NOON, sink=events.append
    )
    assert [event.name for event in events if event.kind == "tool"] == ["a", "b"]


def test_only_so_many_spans_are_known_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from pmlint.runs import seen
    from pmlint.runs.event import TraceSource, TraceSpan

    monkeypatch.setattr(seen, "MOST_SPANS", 3)
    spans = [
        TraceSpan(str(n), "1", "", "x", 1, 2, False, {}, {}, (), TraceSource("a", 1, "otlp-json"))
        for n in range(7)
    ]
    memory = seen.SeenSpans()
    assert [memory.new_of(span.trace, [span]) for span in spans] == [[span] for span in spans]
    assert [memory.new_of(span.trace, [span]) for span in spans[3:]] == [[]] * 4
    assert memory.new_of("0", spans[:1]) == spans[:1]


def test_a_trace_that_comes_again_after_its_root_counts_once(tmp_path: Path) -> None:
    root = span("1")
    late = span("2", "1", 2, attributes=execution("pay", "c1", amount=200))
    collected, events = read(tmp_path, line(root), line(late), line(root), line(late))
    assert [event.name for event in events] == ["pay"]
    assert (len(collected.runs), collected.findings) == (1, ())


@pytest.mark.parametrize("outcome", [["ok"], {"a": "b"}, 7, "perfect"])
def test_an_outcome_that_is_none_of_the_list_says_nothing(outcome: object, tmp_path: Path) -> None:
    collected, _ = read(tmp_path, line(span("1", attributes={"pmlint.outcome": outcome})))
    assert [run.outcome for run in collected.runs] == ["ok"]


def test_a_call_is_compared_with_the_proposals_before_it() -> None:
    from pmlint.runs.event import TraceSource
    from pmlint.runs.proposals import Proposal, number_of

    def proposal(call: str, name: str, arguments: object) -> Proposal:
        return Proposal(call, name, arguments, 0, TraceSource("a", 1, "otlp-json"))

    open = [
        proposal("c1", "pay", '{"amount": 1}'),
        proposal("", "pay", '{"amount": 2}'),
        proposal("", "pay", {"amount": 3}),
    ]
    assert number_of("c1", "refund", None, open) == 0
    assert number_of("c9", "pay", '{"amount": 3}', open) == 2
    assert number_of("c9", "pay", '{"amount": 4}', open) == 1
    assert number_of("", "pay", '{"amount":1}', open) == 0
    assert number_of("c9", "refund", "{}", open) is None
    many = [proposal("c0", "pay", "{}"), *(proposal(f"n{n}", "ask", "{}") for n in range(1_000))]
    assert number_of("c0", "pay", "{}", many) is None
    assert number_of("n0", "ask", "{}", many) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a":' * 65 + b"1" + b"}" * 65, "trace-too-large: line 1 is nested deeper than 64"),
        (b"[" * 100_000, "trace-too-large: line 1 is nested deeper than 64"),
        (b'{"a": "' + b"x" * (17 << 20) + b'"}', "trace-too-large: line 1 is longer than 16 MiB"),
    ],
    ids=["deep", "very deep", "long"],
)
def test_what_is_too_large_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"resourceSpans": []}\n' + data)
    with pytest.raises(TraceRefused) as caught:
        collect([str(path)], [], now=NOON)
    assert caught.value.message == message.replace("line 1", "line 2")


def test_brackets_in_texts_are_no_depth(tmp_path: Path) -> None:
    deep = {"name": "resourceSpans " + "[" * 200, "value": '{"a":' * 100}
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"resourceSpans": [], "x": deep, "y": [["["] * 90]}) + "\n")
    assert collect([str(path)], [], now=NOON).findings == ()


def test_numbers_that_nobody_can_mean_are_no_times(tmp_path: Path) -> None:
    event = {
        "name": "pmlint.intervention",
        "timeUnixNano": "9" * 40,
        "attributes": [attribute("pmlint.intervention.kind", "rescue")],
    }
    root = {**span("1", events=[event]), "attributes": [{"key": "n", "value": {"intValue": "-x"}}]}
    text = line(root).replace('"endTimeUnixNano": "', '"x": NaN, "endTimeUnixNano": "')
    collected, events = read(tmp_path, text)
    assert [event.at for event in events] == [None]
    assert collected.runs[0].rescues == 1


MCP = [
    ("in", {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "mail-desk"}}}),
    (
        "in",
        {"id": 2, "method": "tools/call", "params": {"name": "pay", "arguments": {"amount": 1}}},
    ),
    ("out", {"id": 7, "method": "elicitation/create", "params": {}}),
]


def mcp(folder: Path, *messages: tuple[str, dict[str, Any]]) -> tuple[Collected, list[TraceEvent]]:
    rows = [
        {
            "time": f"2026-10-02T11:00:{number:02}Z",
            "direction": side,
            "message": {"jsonrpc": "2.0", **message},
        }
        for number, (side, message) in enumerate(messages)
    ]
    return read(folder, *map(json.dumps, rows))


def test_a_call_without_an_answer_waits(tmp_path: Path) -> None:
    collected, events = mcp(tmp_path, *MCP)
    assert [(event.kind, event.name, event.status) for event in events if event.kind == "tool"] == [
        ("tool", "pay", "waiting")
    ]
    assert [(run.outcome, run.waiting) for run in collected.runs] == [("unknown", True)]


def test_a_call_that_the_client_took_back_is_blocked(tmp_path: Path) -> None:
    cancelled = ("in", {"method": "notifications/cancelled", "params": {"requestId": 2}})
    collected, events = mcp(tmp_path, *MCP[:2], cancelled)
    assert [(event.kind, event.decision or event.status, event.decided_by) for event in events] == [
        ("agent", "succeeded", ""),
        ("tool", "blocked", ""),
        ("decision", "cancellation", "unknown"),
    ]
    assert collected.runs[0].outcome == "ok"


def test_two_connections_in_one_file_are_two_runs(tmp_path: Path) -> None:
    answer = ("out", {"id": 2, "result": {"isError": True}})
    collected, events = mcp(tmp_path, *MCP[:2], answer, *MCP[:2], answer)
    assert len(collected.runs) == 2
    assert [(event.name, event.status) for event in events if event.kind == "tool"] == [
        ("pay", "failed")
    ] * 2


@pytest.mark.parametrize(
    ("told", "type"),
    [
        ("TimeoutError('the gateway of maria@example.org')Traceback (most recent", "TimeoutError"),
        ("openai.RateLimitError: key sk-1 is used up", "RateLimitError"),
        ("ValueError()", "ValueError"),
        ("AbortError", "AbortError"),
        ("the customer 4711 (Maria) has no order", "error"),
        ("429 Too Many Requests: maria", "error"),
    ],
)
def test_an_error_of_langsmith_keeps_its_type_and_no_message(
    told: str, type: str, tmp_path: Path
) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_bytes(lines(SMITH_ROOT, smith("t", "tool", "pay", error=told)))
    events: list[TraceEvent] = []
    collect([str(path)], ["refund-triage"], sink=events.append)
    assert [(event.status, event.error) for event in events] == [("failed", type)]
