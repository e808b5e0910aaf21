"""The names by which old reviews call things, by section and language: `names.json`."""

from __future__ import annotations

import json
from functools import cache
from os.path import dirname, join
from typing import Any


@cache
def _data() -> Any:
    with open(join(dirname(__file__), "names.json"), encoding="utf-8") as file:
        return json.load(file)


def meaning(group: str, name: str) -> str:
    """What a name of a group means, compared without case; empty where it is not in the list."""
    folded = " ".join(name.casefold().split()).strip(" :*_")
    return _index(group).get(folded, "")


@cache
def _index(group: str) -> dict[str, str]:
    """Each name with its meaning; of a name in two lists the first counts."""
    found: dict[str, str] = {}
    for known, names in _data()[group].items():
        for name in names:
            found.setdefault(name, known)
    return found


def listed(group: str, known: str) -> tuple[str, ...]:
    """The names of one meaning."""
    return tuple(_data()[group][known])
