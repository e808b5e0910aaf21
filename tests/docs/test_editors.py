"""The settings of docs/editors.md in the editors themselves: what is typed is what the buffer has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.server.editor import repository

ROOT = Path(__file__).parents[2]
NVIM = os.environ.get("PMLINT_NVIM") or shutil.which("nvim") or ""
LINES = [
    "---",
    "id: PM-2026-002",
    "status: dra",
    "severity: near",
    "routes: [ref",
    "authors:",
    '  - "@d',
    "clocks:",
    "  rep",
    "actions:",
    "  - id: A1",
]
"""Words that are half typed: where an editor takes the first suggestion by itself, they change."""
WHOLE = (ROOT / "tests/cases/smallest/postmortems/PM-2026-007-mail-desk.md").read_text("utf-8")


class Typing(NamedTuple):
    """Lines to type, and how many milliseconds there are between two keys."""

    lines: list[str]
    pause: int


TYPINGS = {"half words": Typing(LINES, 40), "a whole postmortem": Typing(WHOLE.splitlines(), 4)}
each_typing = pytest.mark.parametrize("typing", TYPINGS.values(), ids=TYPINGS)


def settings(language: str, heading: str) -> str:
    """The first block of a language below a heading of the page."""
    page = (
        (ROOT / "docs" / "editors.md").read_text(encoding="utf-8").partition(f"## {heading}\n")[2]
    )
    found = re.search(rf"```{language}\n(.*?)```", page, re.DOTALL)
    assert found
    return found[1]


def _is_old(nvim: str) -> bool:
    said = subprocess.run([nvim, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"v(\d+)\.(\d+)", said)
    return version is None or (int(version[1]), int(version[2])) < (0, 11)


def typed(root: Path, tmp_path: Path, lua: str, typing: Typing) -> dict[str, object]:
    """What Neovim has after lines were typed into a new postmortem, with these settings."""
    keys = ["i"]
    for number, line in enumerate(typing.lines):
        # 0 CTRL-D takes back the indent that the editor gives a new line by itself.
        keys += ["<CR>", "0", "<C-d>"] * bool(number)
        keys += ["<lt>" if letter == "<" else letter for letter in line]
    out, file = tmp_path / "out.json", root / "postmortems" / "PM-2026-002-new.md"
    start = tmp_path / "init.lua"
    variables = {
        "typed_keys": [*keys, "<Esc>"],
        "typed_pause": typing.pause,
        "typed_file": str(file),
        "typed_out": str(out),
    }
    start.write_text(
        "".join(
            f"vim.g.{name} = vim.json.decode([==[{json.dumps(value)}]==])\n"
            for name, value in variables.items()
        )
        + lua
    )
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    script = Path(__file__).with_name("nvim_typing.lua")
    subprocess.run(
        [NVIM, "--headless", "-u", str(start), "-S", str(script)],
        cwd=root,
        env=environment,
        timeout=300,
        check=True,
        capture_output=True,
    )
    found: dict[str, object] = json.loads(out.read_text())
    return found


def test_helix_reads_its_settings() -> None:
    """By the names of its manual, also where Helix is not installed (`test_helix.py`)."""
    read = tomllib.loads(settings("toml", "Helix"))
    assert set(read) == {"language-server", "language"}
    assert read["language-server"] == {"pmlint": {"command": "pmlint", "args": ["server"]}}
    for language in read["language"]:
        assert set(language) == {"name", "language-servers"}
        assert language["language-servers"][-1] == "pmlint"
    assert [language["name"] for language in read["language"]] == ["markdown", "yaml"]


@pytest.mark.skipif(not NVIM or _is_old(NVIM), reason="Neovim 0.11 or newer is not installed")
@each_typing
def test_neovim_keeps_what_is_typed(tmp_path: Path, typing: Typing) -> None:
    root = repository(tmp_path / "repository")
    found = typed(root, tmp_path, settings("lua", "Neovim"), typing)
    assert (found["clients"], found["lines"]) == (1, typing.lines)
    menus = found["menus"]
    assert isinstance(menus, int)
    assert menus > 10  # suggestions were shown all the same
