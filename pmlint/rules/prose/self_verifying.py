"""The proof of an action is the text that promises it.

A merged postmortem, a lessons file, a changed prompt and a test that only opens one of them show
that somebody wrote something down. None of them runs against the route.

Fix: name what runs against the route, such as a test that replays the failure.

Bad::
    actions: [{id: A1}, {id: A2, done_when: docs/lessons.md is merged with 3 new lessons}]
Good::
    actions: [{id: A1}, {id: A2, done_when: tests/docs/test_limits.py fails where docs/limits.md differs from the 12 limits of the gateway}]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pmlint.finding import Level, Problem
from pmlint.model import Postmortem
from pmlint.model.resources import read_json
from pmlint.parsing.source import Malformed
from pmlint.project.files import is_postmortem_path
from pmlint.rules.prose.reading import read
from pmlint.rules.prose.say import WAIVE, say
from pmlint.rules.rule import Context, Rule

_READERS = frozenset(
    "__future__ pathlib os os.path re io pytest unittest json yaml typing fs path node:fs node:path sys".split()
)
"""What a test imports that only reads files."""
_IMPORT = r"(?m)^[^\S\n]*(?:from|import)\s+([\w.]+)|require\([\"']([\w./-]+)[\"']\)"
_LARGEST = 64 * 1024
_MARKS = "`\"'().,;:"
_HELP = f"name what runs against the route, such as 'tests/agents/test_refund_scope.py fails for a refund of 200.01 EUR'; {WAIVE}"


def check(postmortem: Postmortem, context: Context) -> Iterator[Problem]:
    """What ``done_when`` says, the paths that it names, and the paths of the proof."""
    reading = read(postmortem, context)
    soft = cache(lambda path, alone: _soft(path, postmortem, context, alone=alone))
    for action, end in reading.ends:
        if match := end.said("self-proof"):
            yield say(end, match, action.id)
            continue
        paths = _paths(end.text)
        for start, path in paths:
            if why := soft(path, len(paths) == 1):
                yield Problem(
                    f"'{path}' {why}", end.place(start, start + len(path)), action.id, _HELP
                )
                break
    for action in reading.actions:
        for proof in action.proof:
            if proof.path and (why := soft(proof.path, len(action.proof) == 1)):
                yield Problem(f"'{proof.path}' {why}", proof.at / "path", action.id, _HELP)


def _paths(text: str) -> list[tuple[int, str]]:
    """The paths in a text, each with where it begins."""
    words = [
        (match.start() + len(match[0]) - len(match[0].lstrip(_MARKS)), match[0].strip(_MARKS))
        for match in re.finditer(r"\S+", text)
    ]
    return [
        (start, word) for start, word in words if "/" in word[1:] or word.endswith((".md", "rules"))
    ]


def _soft(path: str, postmortem: Postmortem, context: Context, *, alone: bool) -> str:
    """Why a path proves nothing; empty where it may.

    Another path beside a soft one may be the proof.
    """
    name = path.rpartition("/")[2].lower()
    if name.startswith("test_") or any(mark in name for mark in ("_test.", ".test.", ".spec.")):
        return (
            "only opens a lessons, prompt or postmortem file" if _only_opens(path, context) else ""
        )
    if not alone:
        return ""
    if path == postmortem.file:
        return "is this postmortem"
    if is_postmortem_path(path, context.settings):
        return "is a postmortem"
    return "is a lessons or prompt file" if _instructs(path) else ""


def _instructs(path: str) -> bool:
    """Whether a file holds what agents or people are told: by its name, or by its folder."""
    *folders, name = path.lower().split("/")
    stem, dot, suffix = name.rpartition(".")
    known = read_json("words/en.json")["instruction_files"]
    if f".{suffix}" in known["names"] or not dot or suffix not in known["suffixes"]:
        return f".{suffix}" in known["names"]
    return (
        stem in known["stems"]
        or stem.endswith("prompt")
        or any(folder in known["folders"] for folder in folders)
    )


def _only_opens(path: str, context: Context) -> bool:
    """Whether a test names such a file, and imports nothing that could run the route."""
    try:
        text = context.tree.read(path, _LARGEST).decode("utf-8", "replace")
    except Malformed:
        return False
    imports = {name for pair in re.findall(_IMPORT, text) for name in pair if name}
    quoted: list[str] = re.findall(r"[\"']([^\"'\n]+)[\"']", text)
    names = any(
        _instructs(name) or re.search(r"postmortems?/|PM-\d{4}-\d+", name) for name in quoted
    )
    return names and imports <= _READERS and "subprocess" not in text


RULE = Rule("self-verifying", Level.ERROR, "postmortem", check, __doc__)
