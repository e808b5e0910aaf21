"""The server for agents as the inspector of the protocol sees it: another client, by other people."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agents.test_server import TOOLS
from tests.node import installed, needs_node
from tests.server.editor import POSTMORTEM, repository

pytestmark = [pytest.mark.slow, needs_node("@modelcontextprotocol/inspector")]


def inspect(root: Path, *words: str) -> dict[str, Any]:
    server = [sys.executable, "-I", "-m", "pmlint", "mcp", "--root", str(root)]
    command = [installed("mcp-inspector"), "--cli", *server, "--method", *words]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def call(root: Path, tool: str, **arguments: str) -> dict[str, Any]:
    words = [
        word for name, value in arguments.items() for word in ("--tool-arg", f"{name}={value}")
    ]
    return inspect(root, "tools/call", "--tool-name", tool, *words)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path)


def test_the_tools_are_listed(root: Path) -> None:
    tools = inspect(root, "tools/list")["tools"]
    assert sorted(tool["name"] for tool in tools) == TOOLS
    assert {
        (tool["annotations"]["readOnlyHint"], tool["annotations"]["openWorldHint"])
        for tool in tools
    } == {(True, False)}


CALLS = [
    ("check", {"text": "---\nid: PM-2026-001\n---\n", "path": POSTMORTEM}, "judged"),
    ("check_repository", {}, "judged"),
    ("fix", {"text": "---\nid: PM-2026-001\n---\n", "path": POSTMORTEM}, "applied"),
    ("new", {"title": "Mail answered twice", "route": "refund-triage"}, "path"),
    ("routes", {}, "routes"),
    ("rule", {"id": "schema"}, "text"),
    ("why", {"route": "refund-triage"}, "held_by"),
]


@pytest.mark.parametrize(("tool", "arguments", "key"), CALLS, ids=[tool for tool, _, _ in CALLS])
def test_each_tool_answers(root: Path, tool: str, arguments: dict[str, str], key: str) -> None:
    found = call(root, tool, **arguments)
    assert not found.get("isError"), found
    assert key in found["structuredContent"]
    assert json.loads(found["content"][0]["text"]) == found["structuredContent"]


def test_every_tool_is_called() -> None:
    assert [tool for tool, _, _ in CALLS] == TOOLS


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("close", {}, "Unknown tool: close"),
        (
            "check",
            {"text": "a", "path": "../etc/passwd"},
            "'../etc/passwd' is not a path below the root",
        ),
        ("why", {"route": "--help"}, "there is no route '--help'"),
    ],
)
def test_what_is_refused(root: Path, tool: str, arguments: dict[str, str], says: str) -> None:
    found = call(root, tool, **arguments)
    assert found["isError"] is True
    assert says in found["content"][0]["text"]


def test_resources_and_the_prompt(root: Path) -> None:
    listed = inspect(root, "resources/list")["resources"]
    assert [one["uri"] for one in listed] == ["pmlint://rules", "pmlint://policies"]
    templates = inspect(root, "resources/templates/list")["resourceTemplates"]
    assert [one["uriTemplate"] for one in templates] == ["pmlint://schema/{kind}"]
    assert [one["name"] for one in inspect(root, "prompts/list")["prompts"]] == ["review"]
