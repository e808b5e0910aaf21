"""Neighbours of MLflow."""

from __future__ import annotations

from typing import Any

from tests.runs.neighbours import (
    FLOW_ROOT,
    Neighbour,
    assessed,
    flow,
    flow_span,
    lines,
)
from tests.runs.sdk.langsmith import BLOCKS, CALL, RESPONSE

_HEX = "2f0d0ad26f826b8d4e9a9e28e366140c"


def fourth(one: dict[str, Any], trace: str) -> dict[str, Any]:
    """A span in version 4 of the format: ids as MLflow says them, its status by a short name."""
    code = one["status"]["code"].removeprefix("STATUS_CODE_")
    return {**one, "trace_id": trace, "otel_trace_id": _HEX, "status": {"code": code}}


def said(outputs: object) -> Neighbour:
    """A model asked for a call that nobody made, in one of the shapes of its answer."""
    model = flow_span(2, "CHAT_MODEL", "model", {"mlflow.spanOutputs": outputs})
    return Neighbour((lines(flow(model, FLOW_ROOT)),), unrecorded=("pay",))


PAYING = flow_span(2, "TOOL", "pay", {}, status={"code": "STATUS_CODE_ERROR"})
MLFLOW = {
    f"mlflow: version 4 of its spans, {where}": Neighbour(
        (
            lines(
                flow(
                    fourth(PAYING, trace),
                    fourth(FLOW_ROOT, trace),
                    assessments=(assessed("safe", "no", "CODE"),),
                    trace_id=trace,
                )
            ),
        ),
        failed=("pay",),
        failed_checks=("safe",),
    )
    for where, trace in (
        ("in its own store", f"tr-{_HEX}"),
        ("in a catalog", f"trace:/main.agents/{_HEX}"),
    )
} | {
    "mlflow: a call that has no end": Neighbour(
        (lines(flow(flow_span(2, "TOOL", "pay", {}, end_time_unix_nano=None), FLOW_ROOT)),),
        unknown=("pay",),
    ),
    "mlflow: an id in base64 with a slash": Neighbour(
        (
            lines(
                flow(
                    *(
                        {**one, "trace_id": "Lw0K0m/Ca41Omp4o42YUDA=="}
                        for one in (PAYING, FLOW_ROOT)
                    ),
                    assessments=(assessed("safe", "no", "CODE"),),
                    trace_id="tr-2f0d0ad26fc26b8d4e9a9e28e366140c",
                )
            ),
        ),
        failed=("pay",),
        failed_checks=("safe",),
    ),
    "mlflow: an answer as LangChain gives it": said(
        {"generations": [[{"message": {"type": "ai", "content": "", "tool_calls": [CALL]}}]]}
    ),
    "mlflow: an answer as Anthropic gives it": said({"role": "assistant", "content": BLOCKS}),
    "mlflow: an answer of the interface Responses": said({"output": RESPONSE}),
}
