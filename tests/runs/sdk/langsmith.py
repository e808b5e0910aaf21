"""Neighbours of LangSmith."""

from __future__ import annotations

import json
from typing import Any

from tests.runs.neighbours import (
    SMITH_ROOT,
    Neighbour,
    lines,
    smith,
)

INTERRUPT = 'GraphInterrupt: [\n {\n "value": "Pay (480)?"\n }\n]'
"""An error as the JavaScript SDK writes it; the one of Python begins ``GraphInterrupt((``."""
CALL = {"name": "pay", "args": {"amount": 480}, "id": "c1", "type": "tool_call"}
BLOCKS = [{"type": "tool_use", "id": "c1", "name": "pay", "input": {"amount": 480}}]
"""What a model of Anthropic answers."""
RESPONSE = [{"type": "function_call", "call_id": "c1", "name": "pay", "arguments": "{}"}]
"""What the interface Responses of OpenAI answers."""


def answered(outputs: dict[str, Any]) -> Neighbour:
    """A model asked for a call that nobody made, in one of the shapes of its answer."""
    row = smith("m", "llm", "model", outputs=outputs)
    return Neighbour((lines(SMITH_ROOT, row),), unrecorded=("pay",))


LANGSMITH = {
    "langsmith: asked a person, by the SDK for JavaScript": Neighbour(
        (lines(SMITH_ROOT, smith("t", "tool", "pay", error=INTERRUPT)),),
        outcomes=("unknown",),
        waiting=("pay",),
        decisions=("question/",),
    ),
    "langsmith: an answer of Anthropic's client": answered(
        {"role": "assistant", "content": BLOCKS}
    ),
    "langsmith: an answer of the interface Responses": answered({"output": RESPONSE}),
    "langsmith: a message that is not wrapped": answered(
        {"generations": [[{"message": {"type": "ai", "content": "", "tool_calls": [CALL]}}]]}
    ),
    "langsmith: the message is the answer": answered(
        {"message": {"role": "assistant", "tool_calls": [CALL]}}
    ),
    "langsmith: its objects are texts": Neighbour(
        (
            lines(
                {**SMITH_ROOT, "extra": json.dumps(SMITH_ROOT["extra"]), "outputs": "{}"},
                smith(
                    "t",
                    "tool",
                    "pay",
                    inputs='{"amount": 480}',
                    outputs='{"output": {"status": "error"}}',
                    extra=json.dumps(SMITH_ROOT["extra"]),
                ),
            ),
        ),
        failed=("pay",),
    ),
    "langsmith: the message of a tool that failed, as LangChain stores it": Neighbour(
        (
            lines(
                SMITH_ROOT,
                smith(
                    "t",
                    "tool",
                    "pay",
                    outputs={
                        "output": {
                            "lc": 1,
                            "type": "constructor",
                            "kwargs": {"content": "no", "status": "error", "tool_call_id": "c1"},
                        }
                    },
                ),
            ),
        ),
        failed=("pay",),
    ),
    "langsmith: a call that has no end": Neighbour(
        (lines(SMITH_ROOT, smith("t", "tool", "pay", end_time=None, status="pending")),),
        unknown=("pay",),
    ),
}
