"""Arguments that a hostile client makes up: each call is answered or refused, nothing outside the
root is read, and no file is written.

``PMLINT_MCP_CALLS=10000 pytest -n 0 --timeout 0 tests/agents/test_hostile_arguments.py`` is the
long form.
"""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from mcp.types import TextContent

from tests.agents.test_server import connected, files
from tests.server.editor import POSTMORTEM, repository

pytestmark = pytest.mark.asyncio
CALLS = int(os.environ.get("PMLINT_MCP_CALLS", "60"))
SECRET = "the key is under the mat"
PIECES = [
    *(
        "..",
        "/",
        "\\",
        "postmortems/",
        "PM-2026-001",
        "PM-2026-001-refunds",
        ".md",
        "--help",
        "--fix",
        "-",
        "--",
        "-o",
        "x",
    ),
    *(
        "secret.md",
        "link",
        "C:",
        "\0",
        "\n",
        "%2e%2e",
        "~",
        "$(touch x)",
        "`touch x`",
        ";touch x",
        "'",
        '"',
        "\u202e",
        "é",
        "🙂",
        "",
    ),
]
TEXTS = [
    "",
    "---\n",
    "---\nid: PM-2026-001\n---\n",
    "\0",
    "\ud83d",
    "x" * 300_000,
    "---\na: &a [*a]\n---\n",
    "<<<<<<<\n",
]


def path(random: random.Random, root: Path) -> str:
    """A path in the root, beside it, or nonsense."""
    chosen = random.random()
    if chosen < 0.1:
        return POSTMORTEM
    if chosen < 0.2:
        return str(root.parent / "secret.md")
    return "".join(random.choices(PIECES, k=random.randint(0, 6)))


def arguments(random: random.Random, root: Path) -> tuple[str, dict[str, str]]:
    """A tool that exists or does not, and its arguments."""
    tool = random.choices(["check", "fix", "rule", "why", "new", "close"], [10, 10, 1, 1, 1, 1])[0]
    named = {
        "check": ("text", "path"),
        "fix": ("text", "path"),
        "rule": ("id",),
        "why": ("route",),
        "new": ("title", "route"),
    }
    given = {name: path(random, root) for name in named.get(tool, ("path",))}
    if "text" in given:
        given["text"] = random.choice(TEXTS)
    if random.random() < 0.1:
        given["root"] = str(root.parent)
    return tool, given


async def test_nothing_is_opened_outside_and_nothing_written(tmp_path: Path) -> None:
    root = repository(tmp_path / "root")
    (tmp_path / "secret.md").write_text(f"---\n# {SECRET}\n")
    (root / "postmortems" / "link").symlink_to(tmp_path)
    (root / "postmortems" / "PM-2026-008.md").symlink_to(tmp_path / "secret.md")
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    before, chance = files(tmp_path), random.Random(23)
    async with connected(root) as client:
        for _ in range(CALLS):
            tool, given = arguments(chance, root)
            if any("\ud800" <= letter <= "\udfff" for value in given.values() for letter in value):
                continue  # no client can send half a character
            result = await client.call_tool(tool, given)
            shown = "".join(part.text for part in result.content if isinstance(part, TextContent))
            assert shown, (tool, given)
            for word in (SECRET, "Traceback", "internal error"):
                assert word not in shown, (tool, given)
        assert not (await client.call_tool("check_repository", {})).is_error
    assert files(tmp_path) == before
