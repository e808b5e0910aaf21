"""Pages of Markdown with commands in them: reading their blocks, and running them in a repository
made for the page.

A block is a fence. What the test should do with it stands in a comment on the line above, which
readers do not see:

- ``<!-- file: people.yaml -->``: the block is this file of the repository
- ``<!-- run: exit 1 -->``: its last command ends with this code
- ``<!-- run: skip: REASON -->``: it is not run
- ``<!-- fixture: NAME -->``, anywhere: the repository in which the page begins
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

SHELLS = ("sh", "console")
MARK = re.compile(r"<!-- (?P<verb>file|run|fixture): (?P<told>.+?) -->\s*")
COMMIT = re.compile(r"\b[0-9a-f]{12}(?:[0-9a-f]{28})?\b")
"""The id of a commit, which is another one for every reader."""
INSTALLS = re.compile(r"^pip install [^&\n]*(?:&& )?", re.MULTILINE)


class Block(NamedTuple):
    """A fence: the row where it begins, its language, its text, and what its comment says."""

    row: int
    language: str
    text: str
    verb: str = ""
    told: str = ""

    @property
    def left_out(self) -> str:
        """Why it is not run; empty where it is."""
        if self.verb == "run" and self.told.startswith("skip: "):
            return self.told.removeprefix("skip: ")
        rest = INSTALLS.sub("", self.text).split()
        return (
            ""
            if rest[:1] != ["pytest"] and rest
            else "it installs, and .ci/run does that in a fresh environment"
        )

    @property
    def code(self) -> int:
        """The exit code of its last command."""
        return int(self.told.removeprefix("exit ")) if self.verb == "run" else 0


class Ran(NamedTuple):
    """A command of a block, and what came of it."""

    command: str
    code: int
    output: str


def blocks(text: str) -> list[Block]:
    """The fences of a page, each with the comment above it."""
    found, comment = [], ""
    for token in MarkdownIt().parse(text):
        if token.type == "fence":
            mark = MARK.fullmatch(comment)
            verb, told = (mark["verb"], mark["told"]) if mark else ("", "")
            assert token.map
            found.append(Block(token.map[0] + 1, token.info.strip(), token.content, verb, told))
        comment = token.content if token.type == "html_block" else ""
    return found


def fixture(text: str) -> str:
    """The name of the repository in which a page begins."""
    return next(
        (mark["told"] for mark in MARK.finditer(text) if mark["verb"] == "fixture"), "empty"
    )


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a block with the output that stands below it; all of a `sh` block is one,
    with no output to compare.
    """
    if block.language == "sh":
        yield INSTALLS.sub("", block.text), "..."
        return
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        count = next(
            (number for number, line in enumerate(lines[1:], 1) if not line.startswith("> ")),
            len(lines),
        )
        yield (
            "\n".join([lines[0], *(line.removeprefix("> ") for line in lines[1:count])]),
            "\n".join(lines[count:]),
        )


def run(command: str, root: Path, environment: dict[str, str]) -> Ran:
    """Run a command in the root of a repository, both outputs in one."""
    words = ["bash", "-euo", "pipefail", "-c", command]
    done = subprocess.run(
        words,
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return Ran(command, done.returncode, done.stdout.decode().rstrip())


def matches(output: str, shown: str) -> bool:
    """Whether an output is what a page shows; a line `...` stands for any lines, and `...` in a
    line for anything there.
    """
    any_lines, any_text = r"(?:.*\n)*?", ".*"
    lines = shown.rstrip().splitlines()
    parts = [
        any_lines
        if line == "..."
        else re.escape(line.rstrip()).replace(r"\.\.\.", any_text) + " *\n"
        for line in lines
    ]
    return re.fullmatch("".join(parts), f"{output}\n" if output else "") is not None


def place(block: Block, root: Path) -> None:
    """Write the file that a block is."""
    file = root / block.told
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block.text, encoding="utf-8")


def filled(block: Block, runs: list[Ran]) -> str:
    """The text of a `console` block with what its commands print, and `...` for what differs from
    run to run.
    """
    shown = []
    for ran, (_, before) in zip(runs, commands(block), strict=True):
        first, *rest = ran.command.splitlines()
        output = before if matches(ran.output, before) else COMMIT.sub("...", ran.output)
        shown += [f"$ {first}", *(f"> {line}" for line in rest), *output.splitlines()]
    return "\n".join(shown) + "\n"


def environment(home: Path, program: str, now: str) -> dict[str, str]:
    """A scrubbed environment in which `pmlint` is this installation and git knows a name."""
    home.mkdir()
    (home / "pmlint").write_text(f'#!/bin/sh\nexec "{program}" -I -m pmlint "$@"\n')
    (home / "pmlint").chmod(0o755)
    (home / "gitconfig").write_text(
        "[user]\nname = Dana\nemail = dana@example.org\n[init]\ndefaultBranch = main\n[commit]\ngpgSign = false\n"
    )
    return {
        "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
        "PMLINT_NOW": now,
        "PMLINT_OUTPUT_FORMAT": "text",
    }
