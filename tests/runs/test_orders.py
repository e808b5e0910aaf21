"""Spans of one trace make the same runs and events in whatever order its file has them."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pmlint.runs import fold
from pmlint.runs.collect import collect
from pmlint.runs.event import TraceEvent
from tests.runs.neighbours import ERROR, NOON, asked, called, event, lines, span, spans

TOMORROW = int(NOON.timestamp() + 86_400) * 10**9
INTERRUPT = event("exception", {"exception.type": "langgraph.errors.GraphInterrupt"}, 4)


def drawn(draw: random.Random) -> list[dict[str, Any]]:
    """A trace whose spans name runs and routes at any depth; parents come before children."""
    return [_drawn(draw, number) for number in range(1, draw.randrange(3, 10))]


def _drawn(draw: random.Random, number: int) -> dict[str, Any]:
    call, tool, amount = f"c{draw.randrange(3)}", draw.choice(["pay", "get"]), draw.randrange(3)
    told: Mapping[str, object] = draw.choice(
        [
            {},
            asked((call, tool, {"amount": amount})),
            called(tool, draw.choice([call, ""]), json.dumps({"amount": amount})),
        ]
    )
    run = draw.choice(["session.id", "gen_ai.conversation.id", "pmlint.run", "", "", ""])
    route = draw.choice(["payer", "mail-desk", "unknown", "", "", "", ""])
    told = {**told, **({run: draw.choice("xy")} if run else {})}
    told = {**told, **({"gen_ai.agent.name": route} if route else {})}
    ending = draw.choice([{}, {}, {}, {"events": [INTERRUPT]}, ERROR])
    parent = draw.randrange(1, max(number, 2)) if draw.random() < 0.95 else 99
    return span(number, told, parent, **ending)


def read(path: Path, *messages: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    path.write_bytes(lines(*(spans(*message) for message in messages)))
    events: list[TraceEvent] = []
    known = ("refund-triage", "mail-desk", "payer")
    found = collect([str(path)], known, now=TOMORROW, sink=events.append)
    told = [one._replace(source=one.source._replace(line=0)) for one in events]
    return [*found.runs], sorted(told, key=repr)


@pytest.mark.parametrize("seed", range(40))
def test_any_order_of_the_lines_makes_the_same_runs(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    trace = drawn(draw)
    expected = read(tmp_path / "a", trace)
    root, one, *others = trace
    for order in (trace[::-1], trace, draw.sample(trace, len(trace)), [*others, root, one]):
        assert read(tmp_path / "a", *([found] for found in order)) == expected


def test_what_comes_too_late_takes_its_own_names_or_those_of_its_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold, "LATEST_TRACES", 0)
    root = span(1, {"session.id": "x"})
    between = span(2, {"gen_ai.agent.name": "mail-desk"})
    late, own = span(3, {}, 2), span(4, {"gen_ai.agent.name": "payer", "session.id": "y"}, 2)
    runs, _ = read(tmp_path / "a", [between, root], [late], [own])
    assert [(one.route, one.run) for one in runs] == [
        ("mail-desk", "x"),
        ("payer", "y"),
        ("refund-triage", "x"),
    ]
