"""The server for agents as the official client sees it, over its standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.types import TextContent, TextResourceContents

from tests.server.editor import POSTMORTEM, repository

TOOLS = ["check", "check_repository", "fix", "new", "routes", "rule", "why"]
pytestmark = pytest.mark.asyncio


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path)


@asynccontextmanager
async def connected(root: Path) -> AsyncIterator[Client]:
    words = ["-I", "-m", "pmlint", "mcp", "--root", str(root)]
    async with Client(
        stdio_client(StdioServerParameters(command=sys.executable, args=words))
    ) as client:
        yield client


async def answer(root: Path, tool: str, **arguments: str) -> dict[str, Any]:
    """What a tool answers; the structured answer and the text are the same."""
    async with connected(root) as client:
        result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert isinstance(result.content[0], TextContent)
    assert json.loads(result.content[0].text) == result.structured_content
    return dict(result.structured_content or {})


async def refused(root: Path, tool: str, **arguments: str) -> str:
    async with connected(root) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


def files(root: Path) -> dict[str, str]:
    return {
        str(one): sha256(one.read_bytes()).hexdigest()
        for one in sorted(root.rglob("*"))
        if one.is_file()
    }


async def test_the_tools_only_read(root: Path) -> None:
    async with connected(root) as client:
        tools = (await client.list_tools()).tools
    assert sorted(tool.name for tool in tools) == TOOLS
    for tool in tools:
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.open_world_hint) == (True, False)


async def test_check_is_the_command_line(root: Path) -> None:
    text = (root / POSTMORTEM).read_text().replace("status: accepted", "status: acceptd")
    found = await answer(root, "check", text=text, path=POSTMORTEM)
    words = [
        sys.executable,
        "-m",
        "pmlint",
        "check",
        "--output-format",
        "json",
        "--stdin-filename",
        POSTMORTEM,
        "-",
    ]
    done = subprocess.run(words, cwd=root, input=text, capture_output=True, text=True, check=False)
    assert found == {
        "judged": True,
        "exit": 1,
        "from_repository": True,
        "cut": False,
        **json.loads(done.stdout),
    }
    assert "schema" in [one["code"] for one in found["findings"]]


async def test_what_cannot_be_judged_is_not_clean(root: Path) -> None:
    (root / "pmlint.toml").write_text("fail_levl = 'error'\n")
    words = [sys.executable, "-m", "pmlint", "mcp", "--root", str(root)]
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    (root / "pmlint.toml").write_text("")
    async with connected(root) as client:
        (root / "pmlint.toml").write_text("fail_levl = 'error'\n")
        result = await client.call_tool("check_repository", {})
    assert result.structured_content is not None
    assert result.structured_content["judged"] is False
    assert "'fail_levl'" in result.structured_content["error"]


async def test_a_fix_and_a_skeleton_are_proposed(root: Path) -> None:
    before = files(root)
    text = (root / POSTMORTEM).read_text()
    found = await answer(
        root, "fix", text=text.replace("opened: 2026-09-14", "opened: 2026/9/14"), path=POSTMORTEM
    )
    assert found == {"text": text, "applied": ["write '2026-09-14'"]}
    new = await answer(root, "new", title="Mail answered twice", route="refund-triage")
    assert new["path"].startswith("postmortems/PM-")
    assert new["path"].endswith("-mail-answered-twice.md")
    assert "title: Mail answered twice" in new["text"]
    assert files(root) == before


async def test_why_and_routes(root: Path) -> None:
    found = await answer(root, "why", route="refund-triage")
    assert (found["route"], found["held"]) == ("refund-triage", True)
    assert any("A2" in one for one in found["held_by"])
    assert (await answer(root, "routes"))["routes"]


async def test_rules_syntax_and_schema_have_pages(root: Path) -> None:
    for name in ("action-owner", "syntax", "schema", "agent-overreach"):
        assert name in (await answer(root, "rule", id=name))["text"]


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("check", {"text": "", "path": "../etc/passwd"}, "is not a path below the root"),
        ("check", {"text": "", "path": "/etc/passwd"}, "is not a path below the root"),
        (
            "check",
            {"text": "", "path": "pmlint.toml"},
            "is not a postmortem; postmortems are in 'postmortems'",
        ),
        (
            "check",
            {"text": "", "path": "postmortems/link/PM-2026-009.md"},
            "'postmortems/link' is a symbolic link",
        ),
        (
            "check",
            {"text": "x" * 300_000, "path": "postmortems/PM-2026-009.md"},
            "the text has 300,000 bytes, more than 262,144",
        ),
        ("fix", {"text": "", "path": "--help"}, "is not a postmortem"),
        ("why", {"route": "--help"}, "there is no route '--help'"),
        ("rule", {"id": "--help"}, "there is no rule '--help'"),
        ("new", {"title": "x", "route": "--help"}, "'--help' is not a route"),
    ],
)
async def test_what_is_refused(root: Path, tool: str, arguments: dict[str, str], says: str) -> None:
    (root / "postmortems" / "link").symlink_to("/etc")
    before = files(root)
    assert says in await refused(root, tool, **arguments)
    assert files(root) == before


@pytest.mark.parametrize("verb", ["close", "approve", "signoff", "meet", "gate", "move", "init"])
async def test_there_is_no_tool_for_what_people_do(root: Path, verb: str) -> None:
    async with connected(root) as client:
        try:
            result = await client.call_tool(verb, {})
        except MCPError:
            return
    assert result.is_error


async def test_resources_and_the_prompt(root: Path) -> None:
    async with connected(root) as client:
        (schema,) = (await client.read_resource("pmlint://schema/route")).contents
        (rules,) = (await client.read_resource("pmlint://rules")).contents
        prompt = await client.get_prompt("review", {"path": POSTMORTEM})
    assert isinstance(schema, TextResourceContents)
    assert json.loads(schema.text)["properties"]["owner"]
    assert isinstance(rules, TextResourceContents)
    assert "action-owner" in rules.text
    assert POSTMORTEM in str(prompt.messages[0].content)


async def test_it_ends_with_its_input_and_without_a_traceback(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pmlint", "mcp", "--root", str(root)],
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


async def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pmlint", "mcp", "--root", str(tmp_path)],
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: no configuration, postmortem or route in ")


async def test_without_the_extra_the_remedy_is_shown(tmp_path: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; sys.argv = ['pmlint', 'mcp']; from pmlint.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "error: the server for agents is not installed\n  help: pip install 'pmlint[mcp]'\n"
    )
