"""What SDKs and exporters of late 2026 write, by their public documents, a module a format.

They were written as what happened, before any of them was read; of the first 93 the version
before read 64 wrongly.
"""

from tests.runs.sdk.claude import CLAUDE
from tests.runs.sdk.exporters import EXPORTERS
from tests.runs.sdk.inspect import INSPECT
from tests.runs.sdk.langfuse import LANGFUSE
from tests.runs.sdk.langsmith import LANGSMITH
from tests.runs.sdk.mcp import MCP
from tests.runs.sdk.mlflow import MLFLOW
from tests.runs.sdk.openai import OPENAI
from tests.runs.sdk.spans import SPANS

SDK = CLAUDE | EXPORTERS | INSPECT | LANGFUSE | LANGSMITH | MCP | MLFLOW | OPENAI | SPANS
