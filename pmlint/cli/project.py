"""What every verb needs: the repository's root, its settings, and what day it is."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from typing import NamedTuple

from pmlint.model.dates import parse_date, parse_moment
from pmlint.parsing.tree import WorkTree
from pmlint.project.settings import NAMES, Settings, UsageError, load


class Project(NamedTuple):
    """A repository on disk: its root, the tree, its settings."""

    root: str
    tree: WorkTree
    settings: Settings


def find(folder: str = ".") -> Project:
    """The project around a folder, with its settings. Raises `UsageError` where they are wrong."""
    root = root_of(folder)
    tree = WorkTree(root)
    return Project(root, tree, load(tree))


def root_of(folder: str) -> str:
    """The root of the project around a folder: where its configuration stands, else that of its
    repository, else the folder itself.
    """
    here = os.path.abspath(folder)
    while not (_configured(here) or os.path.exists(os.path.join(here, ".git"))):
        parent = os.path.dirname(here)
        if parent == here:
            return os.path.abspath(folder)
        here = parent
    return here


def below(folder: str) -> str:
    """Where the project around a folder lies in its git repository, with ``/``; empty where it is
    the repository itself.
    """
    root = top = root_of(folder)
    while not os.path.exists(os.path.join(top, ".git")):
        parent = os.path.dirname(top)
        if parent == top:
            return ""
        top = parent
    inside = os.path.relpath(root, top).replace(os.sep, "/")
    return "" if inside == "." else inside


def _configured(folder: str) -> bool:
    if os.path.isfile(os.path.join(folder, NAMES[1])):
        return True
    try:
        with open(os.path.join(folder, NAMES[0]), encoding="utf-8", errors="replace") as file:
            return "[tool.pmlint" in file.read()
    except OSError:
        return False


def today(now: str | None) -> date:
    """The day that ``--now`` names, else today in UTC. Raises `UsageError` for what is no day."""
    if not now:
        return datetime.now(UTC).date()
    moment = parse_moment(now)
    day = moment.astimezone(UTC).date() if moment else parse_date(now)
    if day is None:
        raise UsageError(
            f"'{now}' is not a day",
            help="write --now 2026-11-24, or a moment such as 2026-11-24T12:00:00Z",
        )
    return day


def wants_color(choice: str) -> bool:
    """``--color``, then ``NO_COLOR``, then ``FORCE_COLOR``, then the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
