"""Which project of the base a change is judged as (docs/spec/gate.md, 1).

The folder that was named, or the current one, only says where to look: the configuration is sought
in the base, from there upwards. In the work tree the change decides what is there, so an author who
deletes the configuration, or renames its folder, would choose what is judged.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from pmlint.errors import UsageError
from pmlint.git import Repository, Unjudged
from pmlint.project.settings import NAMES

_DEFAULT = "postmortems"
"""The folder of a project that needs no configuration; `routes/` at the top may be anybody's."""


def project_of_base(repository: Repository, base: str, folder: str) -> str:
    """The folder of the project in the repository, with ``/``; empty where it is the repository.

    Raises `Unjudged` where the base has projects, and all of them lie elsewhere below the folder:
    nothing judged is not a pass.
    """
    named = place_of(folder).inside
    for place in _upwards(named):
        if _is_configured(repository, base, place):
            return place
    tree = repository.tree(base)
    if tree.entry(_DEFAULT) is not None:
        return ""
    if named and tree.entry(named) is None and not os.path.isdir(folder):
        raise UsageError(f"there is no folder '{named}'", help="name one with --repo")
    others = sorted(
        path.rpartition("/")[0]
        # Links too: a configuration that is one is refused by its own reader, and not overlooked.
        for path, *_ in tree.walk(named)
        if path.rpartition("/")[2] in NAMES
        and _is_configured(repository, base, path.rpartition("/")[0])
    )
    if others:
        listed = ", ".join(others[:5])
        raise Unjudged(
            f"the base has no project at '{named or '.'}', but below it: {listed}",
            help="; ".join(f"pmlint gate --repo {place}" for place in others[:5]),
            code="nothing-judged",
        )
    # The first project of a repository: there is nothing yet that could be weakened.
    return ""


class NamedPlace(NamedTuple):
    """A folder of the disk: the top of its repository, and its path in there, with ``/``."""

    top: str
    inside: str


def place_of(folder: str) -> NamedPlace:
    """Where a folder is, which need not exist any more.

    Links are not followed: the change could put one in the folder's place, to another folder.
    """
    here = top = os.path.abspath(folder)
    while not os.path.exists(os.path.join(top, ".git")):
        parent = os.path.dirname(top)
        if parent == top:
            return NamedPlace(here, "")
        top = parent
    inside = os.path.relpath(here, top).replace(os.sep, "/")
    return NamedPlace(top, "" if inside == "." else inside)


def _upwards(folder: str) -> list[str]:
    """A folder and those around it, the nearest first, up to the repository itself."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:depth]) for depth in range(len(parts), -1, -1)]


def _is_configured(repository: Repository, base: str, folder: str) -> bool:
    pyproject, own = (f"{folder}/{name}".lstrip("/") for name in NAMES)
    if repository.blob_at(base, own):
        return True
    blob = repository.blob_at(base, pyproject)
    # Not parsed here: whoever reads the settings reports what is wrong with them.
    return bool(blob) and b"[tool.pmlint" in repository.blob(blob)
