"""A month of a fictional fleet, for the story that `pmlint demo` tells: the rows of three routes,
and the trace of the case that made one of them owe a review.

Nothing of it was measured. The same seed gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

FIRST = datetime(2026, 8, 14, tzinfo=UTC)
DAYS = 30
BEGIN = datetime(2026, 9, 12, 6, 0, tzinfo=UTC)
INCIDENT = BEGIN + timedelta(minutes=31)
"""When the first customer of the example's postmortem was paid twice, and when its run began."""
CUSTOMERS = 23
CASE = "refund-20260912-01"
"""The case of which there is a trace."""
_TOLD = "Refund what the policy allows, and let a person approve what is above 50 EUR."
_CALLS: tuple[tuple[str, str, int, Mapping[str, str]], ...] = (
    ("chat", "scripted", 1, {"gen_ai.system_instructions": _TOLD}),
    ("retrieval", "refund-policy-index", 2, {}),
    ("execute_tool", "orders.get", 4, {"gen_ai.tool.name": "orders.get"}),
    ("execute_tool", "refunds.create", 31 * 60, {"gen_ai.tool.name": "refunds.create"}),
    ("execute_tool", "refunds.create", 32 * 60, {"gen_ai.tool.name": "refunds.create"}),
)
"""What the agent did in the case: kind, name, second of its run, and what the span says of it."""


class _Habit(NamedTuple):
    """A route on an ordinary day: its runs, and the shares that are rescued and that fail."""

    route: str
    runs: int
    rescued: float
    failed: float


FLEET = (
    _Habit("refund-triage", 40, 0.004, 0.0),
    _Habit("order-status", 120, 0.001, 0.0003),
    _Habit("mail-desk", 25, 0.002, 0.0),
)


def month_of_runs(seed: int = 1) -> str:
    """The rows of all runs as JSON lines (docs/spec/runs.md, *A run*), by their start."""
    random = Random(seed)
    rows = [row for habit in FLEET for row in _ordinary(habit, random)]
    rows += _incident()
    rows.sort(key=lambda row: (str(row["started"]), str(row["run"])))
    return "".join(json.dumps(row) + "\n" for row in rows)


def _ordinary(habit: _Habit, random: Random) -> Iterator[dict[str, object]]:
    for day in range(DAYS):
        for number in range(habit.runs):
            started = FIRST + timedelta(days=day, seconds=random.randrange(86_400))
            luck = random.random()
            is_rescued = luck < habit.rescued
            has_failed = habit.rescued <= luck < habit.rescued + habit.failed
            name = f"{habit.route}-{started:%Y%m%d}-{number:03d}"
            yield _row(name, habit.route, started, "failed" if has_failed else "ok", is_rescued)


def _incident() -> Iterator[dict[str, object]]:
    """The customers who were paid twice, one a minute, until the token was revoked."""
    for number in range(CUSTOMERS):
        started = INCIDENT + timedelta(minutes=number)
        name = f"{CASE[:-2]}{number + 1:02d}"
        yield _row(name, "refund-triage", started, "customer-visible-defect", is_rescued=True)


def _row(
    name: str, route: str, started: datetime, outcome: str, is_rescued: bool
) -> dict[str, object]:
    return {
        "run": name,
        "route": route,
        "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
        "ended": f"{started + timedelta(seconds=20):%Y-%m-%dT%H:%M:%SZ}",
        "outcome": outcome,
        "rescues": int(is_rescued),
        "corrections": 0,
        "approvals": 0,
        "autonomy": "act-with-approval",
    }


def trace_of_case() -> str:
    """The first case of the incident as lines of OTLP JSON, with the attributes of our own."""
    root = _span("a1", "", "invoke_agent refund-triage", BEGIN, 58 * 60)
    root["attributes"] = _attributes(
        {
            "gen_ai.operation.name": "invoke_agent",
            "pmlint.run": CASE,
            "pmlint.route": "refund-triage",
            "pmlint.autonomy": "act-with-approval",
            "pmlint.outcome": "customer-visible-defect",
        }
    )
    rescue = {"pmlint.intervention.kind": "rescue", "pmlint.intervention.by": "dana"}
    root["events"] = [
        {
            "timeUnixNano": _nanoseconds(BEGIN + timedelta(minutes=58)),
            "name": "pmlint.intervention",
            "attributes": _attributes(rescue),
        }
    ]
    spans = [root]
    for number, (kind, name, after, more) in enumerate(_CALLS):
        begin = BEGIN + timedelta(seconds=after)
        span = _span(f"b{number}", "a1", f"{kind} {name}", begin, 2)
        span["attributes"] = _attributes({"gen_ai.operation.name": kind, **more})
        spans.append(span)
    verdict = {
        "timeUnixNano": _nanoseconds(BEGIN + timedelta(seconds=250)),
        "eventName": "gen_ai.evaluation.result",
        "traceId": root["traceId"],
        "spanId": root["spanId"],
        "attributes": _attributes(
            {
                "gen_ai.evaluation.name": "amount-verifier",
                "gen_ai.evaluation.score.label": "fail",
            }
        ),
    }
    lines = (
        {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": spans}]}]},
        {"resourceLogs": [{"resource": {}, "scopeLogs": [{"scope": {}, "logRecords": [verdict]}]}]},
    )
    return "".join(json.dumps(line) + "\n" for line in lines)


def _span(name: str, parent: str, text: str, begin: datetime, seconds: int) -> dict[str, object]:
    return {
        "traceId": "5b" * 16,
        "spanId": name * 8,
        "parentSpanId": parent * 8,
        "name": text,
        "startTimeUnixNano": _nanoseconds(begin),
        "endTimeUnixNano": _nanoseconds(begin + timedelta(seconds=seconds)),
    }


def _nanoseconds(moment: datetime) -> str:
    # As text, which is how OTLP JSON writes 64 bits.
    return str(int(moment.timestamp()) * 10**9)


def _attributes(values: Mapping[str, str]) -> list[dict[str, object]]:
    return [{"key": name, "value": {"stringValue": text}} for name, text in values.items()]
