"""The formats of traces, one module each. Adding one touches its module and `READERS`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pmlint.runs.event import TraceSpan
from pmlint.runs.readers import (
    claude_code,
    claude_stream,
    inspect_ai,
    langfuse,
    langfuse_scores,
    langsmith,
    mcp,
    mlflow,
    openai_agents,
    otlp_json,
    otlp_protobuf,
    phoenix,
)
from pmlint.runs.reading import TraceInput


class TraceReader(Protocol):
    """What a format must answer."""

    name: str

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins with these bytes is of this format."""

    def read(self, file: TraceInput) -> Iterator[TraceSpan]:
        """The spans and log records of a file, in its order. What cannot be read is reported to the
        file, and the rest is read.
        """


READERS: tuple[TraceReader, ...] = (
    otlp_json.OtlpJson(),
    claude_code.ClaudeCode(),
    claude_stream.ClaudeStream(),
    mlflow.MLflow(),
    langsmith.LangSmith(),
    langfuse.Langfuse(),
    langfuse_scores.LangfuseScores(),
    phoenix.Phoenix(),
    openai_agents.OpenAIAgents(),
    mcp.McpSession(),
    inspect_ai.InspectLog(),
    otlp_protobuf.OtlpProtobuf(),
)
