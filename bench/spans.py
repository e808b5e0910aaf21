"""A log of traces for `pmlint runs`: ``python -m bench.spans FILE --spans 1000000``.

Five spans make a run: an agent, two answers of its model, a retrieval and a tool call. They are
written as a collector's file exporter writes them: OTLP JSON, fifty spans a line, children first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.measure import interleave, ratio
from bench.runs import ROUTES, write_routes
from bench.stage import Outcome, Stage, Table

SPANS_A_LINE = 50
SPANS_A_RUN = 5
DAY = "2026-11-28"
"""The moment to judge at: every span of a million ended before."""
_DECODED = """\
import orjson
print(sum(len(scope["spans"]) for line in open("traces.jsonl", "rb") for group in orjson.loads(line)["resourceSpans"] for scope in group["scopeSpans"]))
"""
_FIRST = 1_795_000_000 * 10**9
_SECOND = 10**9


def write_spans(file: Path, spans: int) -> None:
    """Write that many spans; the same number gives the same bytes."""
    per_line = SPANS_A_LINE // SPANS_A_RUN
    with file.open("w", encoding="utf-8") as out:
        for first in range(0, spans // SPANS_A_RUN, per_line):
            # One resource a line: an exporter sends what one process made.
            resource = {"attributes": _attributes({"service.name": _route(first // per_line)})}
            found = [span for run in range(first, first + per_line) for span in _run(run)]
            scope = {"scope": {"name": "bench"}, "spans": found}
            message = {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}
            out.write(json.dumps(message, separators=(",", ":")) + "\n")


def _run(number: int) -> Iterator[dict[str, Any]]:
    call = f"call-{number}"
    arguments = json.dumps({"order": f"A-{number}", "amount": number % 500})
    part = {"type": "tool_call", "id": call, "name": "refund", "arguments": arguments}
    asked = json.dumps([{"role": "assistant", "parts": [part]}])
    steps: tuple[tuple[str, Mapping[str, str | int]], ...] = (
        ("chat", {"gen_ai.request.model": "small", "gen_ai.output.messages": asked}),
        ("retrieval", {"gen_ai.data_source.id": "policies"}),
        (
            "execute_tool",
            {
                "gen_ai.tool.name": "refund",
                "gen_ai.tool.call.id": call,
                "gen_ai.tool.call.arguments": arguments,
            },
        ),
        ("chat", {"gen_ai.request.model": "small", "gen_ai.usage.output_tokens": 40 + number % 9}),
    )
    begin = _FIRST + number * _SECOND
    for step, (operation, more) in enumerate(steps, start=1):
        yield _span(number, step, begin + step * _SECOND // 10, operation, more)
    agent = {"gen_ai.agent.name": "desk", "gen_ai.conversation.id": f"case-{number}"}
    yield _span(number, 0, begin, "invoke_agent", agent)


def _span(
    run: int, step: int, start: int, operation: str, more: Mapping[str, str | int]
) -> dict[str, Any]:
    # A span of the agent lasts as long as its steps.
    end = start + (_SECOND if step == 0 else _SECOND // 20)
    # One run in fifty fails, with a status and an error type.
    failed = step == 0 and run % 50 == 0
    attributes = {"gen_ai.operation.name": operation, **more}
    return {
        "traceId": f"{run:032x}",
        "spanId": f"{run * 8 + step + 1:016x}",
        "parentSpanId": f"{run * 8 + 1:016x}" if step else "",
        "name": operation,
        "kind": 1,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": _attributes({**attributes, **({"error.type": "Timeout"} if failed else {})}),
        "status": {"code": 2} if failed else {},
    }


def _attributes(values: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return [
        {
            "key": name,
            "value": {"intValue": str(value)} if type(value) is int else {"stringValue": value},
        }
        for name, value in values.items()
    ]


def _route(number: int) -> str:
    return f"route-{number % ROUTES:03}"


def suite(stage: Stage) -> Outcome:
    """A thousand spans for each document asked for, folded to runs, against decoding them alone."""
    spans = stage.documents * 1_000
    folder = stage.folder / "spans"
    write_routes(folder)
    write_spans(folder / "traces.jsonl", spans)
    words = ("traces.jsonl", f"--now={DAY}", "-o", "runs.jsonl")
    commands = {
        "pmlint runs": stage.pmlint(folder, "runs", *words),
        "orjson.loads": stage.python(folder, _DECODED),
    }
    runs = interleave(commands, stage.few)
    figures = {
        "runs-cpu": ratio(runs["pmlint runs"], runs["orjson.loads"]).median,
        "runs-memory": max(run.memory for run in runs["pmlint runs"]) / 1e6,
    }
    return Outcome([Table(f"Runs, {spans:,} spans", runs, "orjson.loads")], figures=figures)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.spans", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--spans", type=int, default=1_000_000)
    options = parser.parse_args()
    write_spans(options.file, options.spans)


if __name__ == "__main__":
    main()
