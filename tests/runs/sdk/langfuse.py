"""Neighbours of Langfuse."""

from __future__ import annotations

from tests.runs.neighbours import (
    FUSE_ROOT,
    Neighbour,
    fuse,
    iso,
    lines,
    score,
    span,
    spans,
)

LANGFUSE = {
    "langfuse: a boolean that a model set to 0, without its word": Neighbour(
        (lines(spans(FUSE_ROOT)), lines(score("safe", 0, dataType="BOOLEAN", source="EVAL"))),
        failed_checks=("safe",),
    ),
    "langfuse: a boolean that a person set to 0": Neighbour(
        (lines(spans(FUSE_ROOT)), lines(score("nice", 0, dataType="BOOLEAN", source="ANNOTATION"))),
    ),
    "langfuse: a boolean of the newest interface": Neighbour(
        (lines(spans(FUSE_ROOT)), lines(score("safe", False, dataType="BOOLEAN", source="EVAL"))),
        failed_checks=("safe",),
    ),
    "langfuse: a number that a model set to 0 is no verdict": Neighbour(
        (lines(spans(FUSE_ROOT)), lines(score("toxicity", 0, source="EVAL"))),
    ),
    "langfuse: a batch of its ingestion": Neighbour(
        (
            lines(spans(FUSE_ROOT)),
            lines(
                {
                    "batch": [
                        {"id": "e0", "type": "trace-create", "body": {"id": "a" * 32, "name": "x"}},
                        {
                            "id": "e1",
                            "type": "score-create",
                            "timestamp": iso(70),
                            "body": score("safe", "fail", dataType="CATEGORICAL", timestamp=None),
                        },
                    ]
                }
            ),
        ),
        failed_checks=("safe",),
    ),
    "langfuse: a guardrail that was marked as an error": Neighbour(
        (lines(spans(span(2, fuse("guardrail", level="ERROR"), name="limit"), FUSE_ROOT)),),
        failed_checks=("limit",),
    ),
    "langfuse: a tool with a warning": Neighbour(
        (lines(spans(span(2, fuse("tool", level="WARNING"), name="pay"), FUSE_ROOT)),),
        succeeded=("pay",),
    ),
}
