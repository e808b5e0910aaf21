"""The sections ``agents`` and ``agent_passes`` of attacks.yaml as cases: what an agent may not do,
and what it may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.gate.attack_data import CATALOGUE, MODES, Case

SECTIONS = ("agents", "agent_passes")
Marks = Mapping[str, Any]
"""``message`` and ``by`` of a commit."""


def agent_cases(section: str) -> Iterator[Case]:
    """Every entry in each way in which a change says that an agent made it: alone, and between
    honest commits of a person. Each entry meets every mode, and the first of its cases has the mode
    ``recorded``.
    """
    for number, entry in enumerate(CATALOGUE[section]):
        ways = [
            way for way in CATALOGUE["agent_ways"] if way["name"] not in entry.get("without", ())
        ]
        modes = tuple(entry.get("modes", MODES))
        codes = (entry["code"],) if "code" in entry else ()
        for turn in range(len(ways)):
            way = ways[(number + turn) % len(ways)]
            for is_hidden in (False, True):
                own = {**entry, **way, "before": [*way.get("before", []), *entry.get("before", [])]}
                if is_hidden:
                    own |= among_honest(entry, inside=way, outside={})
                name = (
                    f"{entry['name']}{' among honest edits' if is_hidden else ''} | {way['name']}"
                )
                yield Case(
                    name, modes[(turn + is_hidden) % len(modes)], own, codes, entry.get("at", "")
                )


def among_honest(entry: Mapping[str, Any], inside: Marks, outside: Marks) -> dict[str, Any]:
    """The change of an entry as the second of three commits, with marks of its own."""
    edits = (CATALOGUE["honest_before"], entry["edits"], CATALOGUE["honest_after"])
    marks = (outside, inside, outside)
    commits = [
        {"edits": part, "message": mark.get("message", "change"), "by": mark.get("by", "")}
        for part, mark in zip(edits, marks, strict=True)
    ]
    return {"commits": commits}
