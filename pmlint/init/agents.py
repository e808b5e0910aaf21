"""What `pmlint init --agents` writes for agents: a skill in the folders of their tools, and a block
in `AGENTS.md` (docs/spec/agents.md, *Skill and AGENTS.md*).

- Each text names its own digest. One whose digest fits was not edited since pmlint wrote it, and
  is brought up to date; one that somebody edited stays, and `init --diff` shows the difference.
- In `AGENTS.md` only the block between the marks is ours. The rest stays, byte for byte.
- Line ends are those of the file: git may have turned them, and that is no edit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from pmlint import __version__
from pmlint.init.repository import DeclinedChange, FoundRepository, PlannedChange
from pmlint.init.texts import text
from pmlint.parsing.source import Malformed, decode_utf8

NAMES = ("claude", "shared")
"""Whose folders there are: of Claude Code, and the one that other agents share."""
SKILLS = {
    "claude": ".claude/skills/pmlint/SKILL.md",
    "shared": ".agents/skills/pmlint/SKILL.md",
}
AGENTS_FILE = "AGENTS.md"
OPEN, CLOSE = "<!-- pmlint -->", "<!-- /pmlint -->"
_DIGEST = re.compile(r'(?<=digest: ")[0-9a-f]*(?=")')

AgentsStep = Iterator[PlannedChange | DeclinedChange | str]


class OwnText(NamedTuple):
    """A text of ours in a file that exists: what is before it, itself, and what is after it."""

    head: str
    own: str
    tail: str


def agents(here: FoundRepository) -> AgentsStep:
    """The files for the agents that are asked for; without a request, those that are there and
    that a new version of pmlint writes differently.
    """
    skill = _sealed("skill.md", here)
    for name in NAMES:
        yield from _file(here, SKILLS[name], skill, is_wanted=name in here.agents)
    yield from _file(here, AGENTS_FILE, _sealed("agents-block.md", here), bool(here.agents))


def digest(own: str) -> str:
    """The SHA-256 of a text of ours in UTF-8 without the digest that it names. Its line ends are
    ``\\n``, and there is none at its end.
    """
    text = own.replace("\r\n", "\n").rstrip("\n")
    return sha256(_DIGEST.sub("", text, count=1).encode()).hexdigest()


def _sealed(template: str, here: FoundRepository) -> str:
    """A template with what is known of the repository, and with its own digest."""
    folders = f"{here.place.folder}/ or {here.routes}/"
    description = (
        "Write and repair postmortems of AI agents in this repository, and find out why a route "
        f"is held. Use it when a file below {folders} is touched, or pmlint reports a finding."
    )
    filled = (
        text(template)
        .replace("@GUIDANCE@", text("guidance.md").rstrip("\n"))
        # As JSON, which is YAML: the name of a folder may hold a colon or a quote.
        .replace("@DESCRIPTION@", json.dumps(description, ensure_ascii=False))
        .replace("@FOLDERS@", folders)
        .replace("@MINOR@", __version__.rpartition(".")[0])
        .replace("@DIGEST@", "")
    )
    return _DIGEST.sub(digest(filled), filled, count=1)


def _file(here: FoundRepository, path: str, ours: str, is_wanted: bool) -> AgentsStep:
    """One file: new, brought up to date, or left with a note."""
    try:
        before = _read(here, path)
    except Malformed as error:
        # AGENTS.md is often a link to the file of another tool, which is written once.
        if is_wanted:
            yield f"{path} stays as it is: {error.message}"
        return
    if before is None:
        if is_wanted:
            yield PlannedChange(path, None, ours)
        return
    found = _found(before, is_block=path == AGENTS_FILE)
    if found is None:
        if OPEN in before or CLOSE in before:
            yield f"{path} stays as it is: it does not have one {OPEN} before one {CLOSE}"
        elif is_wanted:
            yield PlannedChange(path, before, _with_block(before, ours))
        return
    # The line end after a block is of the file: an editor may have taken the last one away.
    ours = ours.rstrip("\n") if path == AGENTS_FILE else ours
    after = found.head + _turned(ours, before) + found.tail
    if after == before:
        return
    named = _DIGEST.search(found.own)
    if named and named[0] == digest(found.own):
        yield PlannedChange(path, before, after)
    else:
        yield f"{path} was edited and stays as it is; `pmlint init --diff` shows the difference"
        yield DeclinedChange(PlannedChange(path, before, after))


def _read(here: FoundRepository, path: str) -> str | None:
    """The text of a file, None where there is none. Raises `Malformed` where it can't be read.

    Characters that nobody sees are let through: the file is of somebody else, and is not judged.
    """
    if here.tree.entry(path) is None:
        return None
    return decode_utf8(path, here.tree.read(path))


def _found(before: str, is_block: bool) -> OwnText | None:
    """Our text in a file; None where it has no block of ours, or marks that don't pair."""
    if not is_block:
        return OwnText("", before, "")
    marks = (before.count(OPEN), before.count(CLOSE))
    start, end = before.find(OPEN), before.find(CLOSE)
    if marks != (1, 1) or end < start:
        return None
    end += len(CLOSE)
    return OwnText(before[:start], before[start:end], before[end:])


def _with_block(before: str, ours: str) -> str:
    """A file with our block after what it has."""
    if not before:
        return ours
    end = "\r\n" if "\r\n" in before else "\n"
    gap = end if before.endswith("\n") else end * 2
    return before + gap + _turned(ours, before)


def _turned(ours: str, before: str) -> str:
    """Our text in the line ends of a file."""
    return ours.replace("\n", "\r\n") if "\r\n" in before else ours
