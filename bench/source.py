"""The source of the package, and what a figure about it is."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pmlint"


class Module(NamedTuple):
    """A module of the package: its path from the root, its text and its tree."""

    name: str
    text: str
    tree: ast.Module


class Figure(NamedTuple):
    """A figure: what it counts, its goal as text, and whether that is met."""

    name: str
    what: str
    value: float
    goal: str
    met: bool
    offenders: tuple[str, ...] = ()


def modules() -> list[Module]:
    """All modules of the package, in the order of their paths."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        found.append(Module(file.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return found


def at_most(name: str, what: str, goal: int, offenders: list[str]) -> Figure:
    """A figure that counts its offenders."""
    value = len(offenders)
    return Figure(name, what, value, f"at most {goal}", value <= goal, tuple(offenders))
