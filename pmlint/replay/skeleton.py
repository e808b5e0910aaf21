"""A test that plays an incident, made of the calls of its evidence: red until it is filled in.

It needs nothing but pytest and the route's own code: no network, no clock, no model, no pmlint.
What is left to fill in fails as an assertion does, because an error would show nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pmlint.model import Postmortem
from pmlint.parsing.tree import Tree
from pmlint.project.replays import calls_file
from pmlint.runs.pack.files import MAX_PACK

FOLDER = "tests/replays"
_KEPT = ("name", "arguments", "changed", "status", "attempt", "error")
"""What of an event is played: ids and moments say nothing to the route's own code."""
_HEAD = '''"""The incident of {postmortem}, played against the route's own tools and controls.

It must fail on the code of the incident and pass on the repaired code, by the same tests. Keep out
whatever can change by itself: network, clock, model.
"""

import json
from pathlib import Path

CALLS = json.loads((Path(__file__).parent / "{calls}").read_text(encoding="utf-8"))


def play(calls):
    """Feed the recorded calls to the route's own tools and controls; what reached the far end."""
    raise AssertionError("TODO: call the tools of {routes} with doubles at the far end")
'''
_TEST = """

def {test}():
    reached = [call for call in play(CALLS) if call["name"] == {tool}]
    raise AssertionError(f"TODO: say what of {{reached}} may reach the far end")
"""


class ReplaySkeleton(NamedTuple):
    """The two files, each with its text, and the names of the tests."""

    path: str
    text: str
    calls: str
    calls_text: str
    tests: tuple[str, ...]


class NoCalls(ValueError):
    """The evidence of a postmortem has no calls of tools that could be played."""


def skeleton(tree: Tree, postmortem: Postmortem) -> ReplaySkeleton:
    """The replay of a postmortem, by the rows of its ``tool_log``.

    Raises `NoCalls`, and `Malformed` where a file of the evidence cannot be read.
    """
    calls = list(_calls(tree, postmortem))
    if not calls:
        raise NoCalls("its evidence 'tool_log' has no rows of tools")
    path = f"{FOLDER}/test_{_identifier(postmortem.id)}.py"
    file = calls_file(path, postmortem.id)
    routes = " and ".join(postmortem.routes) or "the route"
    name = file.rpartition("/")[2]
    head = _HEAD.format(postmortem=postmortem.id, calls=name, routes=routes)
    tests = {f"test_{_identifier(str(call['name']))}_is_contained": call["name"] for call in calls}
    body = "".join(_TEST.format(test=test, tool=json.dumps(tool)) for test, tool in tests.items())
    # One call a line, so that a reviewer sees which values somebody filled in.
    rows = ",\n".join(f"  {json.dumps(call)}" for call in calls)
    return ReplaySkeleton(path, head + body, file, f"[\n{rows}\n]\n", tuple(tests))


def _identifier(text: str) -> str:
    """A text as a part of a name in Python: letters and digits of ASCII."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "tool"


def _calls(tree: Tree, postmortem: Postmortem) -> Iterator[Mapping[str, Any]]:
    """The calls of tools in the order of the files; other lines are skipped."""
    for kind in postmortem.evidence:
        for piece in kind.pieces if kind.kind == "tool_log" else ():
            if piece.path:
                yield from _rows(tree.read(piece.path, MAX_PACK))


def _rows(data: bytes) -> Iterator[Mapping[str, Any]]:
    for line in data.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue  # prose, as a person writes evidence
        if isinstance(row, dict) and row.get("kind") == "tool" and isinstance(row.get("name"), str):
            yield {name: row[name] for name in _KEPT if name in row}
