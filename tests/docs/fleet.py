"""A month of a fictional fleet, by a seed: rows of runs of three routes, and the traces of one
afternoon.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SEED = 7
END = datetime(2026, 11, 25, tzinfo=UTC)
DAYS = 28
ROUTE = """\
id: {id}
title: {title}
owner: "@maria"
state: running
restart: true
autonomy: act-with-approval
tools: {{read: [orders.get], write: [{tool}]}}
controls:
  - {{id: {id}-approval, layer: approval-gate, guards: prevent, description: "a person approves what leaves the house"}}
slo: {{objective: 0.95, window: 28d, rescues: 0.02}}
"""
ROUTES = (
    ("mail-desk", "Mail desk", "mail.send"),
    ("order-status", "Order status", "chat.reply"),
    ("faq-bot", "FAQ bot", "chat.reply"),
)
PEOPLE = "".join(f'- {{handle: "@{name}"}}\n' for name in ("dana", "maria", "tom"))


def fleet(root: Path) -> None:
    """Write the repository of the story: routes, people, the log of a month, the traces of a day."""
    for id, title, tool in ROUTES:
        write(root / "routes" / f"{id}.yaml", ROUTE.format(id=id, title=title, tool=tool))
    write(root / "people.yaml", PEOPLE)
    write(root / "pmlint.toml", "")
    write(root / "postmortems" / ".gitkeep", "")
    write(root / "runs" / "november.jsonl", lines(rows()))
    write(root / "traces" / "mail-desk.jsonl", lines(traces()))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lines(found: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in found)


def rows() -> list[dict[str, Any]]:
    """1,500 runs: one in a hundred fails, and from the 20th to the 23rd people rescue every eighth
    mail.
    """
    draw = random.Random(SEED)
    found = []
    for number in range(1_500):
        at = END - timedelta(days=DAYS) + timedelta(seconds=DAYS * 86_400 * number // 1_500)
        route = draw.choices([id for id, *_ in ROUTES], [3, 2, 1])[0]
        is_late = route == "mail-desk" and (at.month, at.day) in {
            (11, day) for day in (20, 21, 22, 23)
        }
        found.append({
            "run": f"{route}-{number:04}", "route": route, "started": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "ended": f"{at + timedelta(seconds=40):%Y-%m-%dT%H:%M:%SZ}",
            "outcome": draw.choices(["ok", "failed"], [99, 1])[0],
            "rescues": int(draw.random() < (0.12 if is_late else 0.002)), "corrections": 0, "approvals": 1,
        })  # fmt: skip
    return found


def traces() -> list[dict[str, Any]]:
    """Three cases of the 20th in OTLP JSON: the agent quotes an old list, and a person writes the
    mail.
    """
    begin = int(datetime(2026, 11, 20, 9, 12, tzinfo=UTC).timestamp())
    return [trace(number, begin + number * 600) for number in range(3)]


def trace(number: int, at: int) -> dict[str, Any]:
    name = f"mail-{2041 + number}"
    agent = span(
        number,
        1,
        0,
        at,
        40,
        "invoke_agent mail-desk",
        {"gen_ai.operation.name": "invoke_agent", "pmlint.run": name},
    )
    search = span(
        number,
        2,
        1,
        at + 2,
        1,
        "retrieval",
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.documents": '[{"id": "prices-2025", "score": 0.91}]',
        },
    )
    draft = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "mail.send",
        "gen_ai.tool.call.id": f"call-{number}",
        "gen_ai.tool.call.arguments": '{"to": "c-7", "template": "quote"}',
    }
    tool = span(number, 3, 1, at + 5, 2, "execute_tool mail.send", draft)
    rescued = {
        "pmlint.intervention.kind": "rescue",
        "pmlint.intervention.by": "@tom",
        "pmlint.intervention.tool_call": f"call-{number}",
    }
    agent["events"] = [
        {
            "name": "pmlint.intervention",
            "timeUnixNano": str((at + 30) * 10**9),
            "attributes": attributes(rescued),
        }
    ]
    resource = {
        "attributes": attributes({"service.name": "mail-desk", "service.version": "2026.11.2"})
    }
    return {
        "resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [search, tool, agent]}]}]
    }


def span(
    trace: int, id: int, parent: int, at: int, seconds: int, name: str, told: dict[str, str]
) -> dict[str, Any]:
    return {
        "traceId": f"{trace + 1:032x}", "spanId": f"{id:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name,
        "startTimeUnixNano": str(at * 10**9), "endTimeUnixNano": str((at + seconds) * 10**9), "attributes": attributes(told),
    }  # fmt: skip


def attributes(told: dict[str, str]) -> list[dict[str, Any]]:
    return [{"key": name, "value": {"stringValue": value}} for name, value in told.items()]
