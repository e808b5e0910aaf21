"""What an author of a review reads in a pack: names, counts and outcomes that mean what they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pmlint.runs.collect import collect
from pmlint.runs.event import TraceEvent
from pmlint.runs.pack.proposal import _note
from tests.runs.neighbours import (
    HELLO,
    NOON,
    OPENAI_ROOT,
    OPENAI_TRACE,
    QUESTION,
    answer,
    function,
    lines,
    reply,
    request,
    step,
)

TOMORROW = int(NOON.timestamp() + 86_400) * 10**9
FAILED = {"message": "Error in agent run", "data": {"error": "no answer"}}
TASK = step(1, {"type": "custom", "name": "task"})


def agent(id: int, parent: int = 1, **more: Any) -> dict[str, Any]:
    told = {"type": "agent", "name": "refund-triage"}
    return step(id, told, parent_id=f"span_{parent}", **more)


@pytest.mark.parametrize(
    ("spans", "outcome"),
    [
        ([agent(2, error=FAILED), TASK], "failed"),
        ([agent(2), TASK], "ok"),
        ([agent(2), agent(3, error=FAILED), TASK], "failed"),
        # A sub-agent that is a tool failed, and the agent went on without it.
        ([agent(4, parent=3, error=FAILED), function(3, parent_id="span_2"), agent(2), TASK], "ok"),
        ([{**OPENAI_ROOT, "error": FAILED}], "failed"),
    ],
)
def test_a_task_ends_as_its_agent_does(
    spans: list[dict[str, Any]], outcome: str, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(lines(OPENAI_TRACE, *spans))
    found = collect([str(tmp_path / "a")], ["refund-triage"], now=TOMORROW)
    assert [run.outcome for run in found.runs] == [outcome]


@pytest.mark.parametrize("action", ["accept", "decline", "cancel"])
def test_an_answer_over_mcp_names_the_tool_that_it_is_about(action: str, tmp_path: Path) -> None:
    messages = (HELLO, request(1, 1), QUESTION, reply(action=action, content={}), answer(1, 4))
    (tmp_path / "a").write_bytes(lines(*messages))
    events: list[TraceEvent] = []
    collect([str(tmp_path / "a")], ["refund-triage"], now=TOMORROW, sink=events.append)
    assert [event.name for event in events if event.kind == "decision"] == ["pay"]


@pytest.mark.parametrize(
    ("counts", "attempts", "note"),
    [
        ({"failed": 1}, 1, "failed, 1 attempt"),
        ({"failed": 2, "succeeded": 1}, 3, "2 failed, 1 succeeded, 3 attempts"),
        # Three cases called the tool once each, or one with other arguments each time.
        ({"succeeded": 3}, 1, "succeeded, 3 times"),
        ({"succeeded": 3, "failed": 1}, 2, "3 succeeded, 1 failed, 4 times"),
        # A model and a person have no attempts.
        ({"succeeded": 3}, 0, "succeeded, 3 times"),
        ({"question": 1}, 0, "question"),
    ],
)
def test_only_the_same_call_again_is_an_attempt(
    counts: dict[str, int], attempts: int, note: str
) -> None:
    assert _note(Counter(counts), attempts) == note
