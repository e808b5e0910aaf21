"""Which project of the base a change is judged as (docs/spec/gate.md, 1).

The folder that was named, or the current one, only says where to look: the configuration is sought
in the base, from there upwards. In the work tree the change decides what is there, so an author who
deletes the configuration, or renames its folder, would choose what is judged.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from pmlint.cli.project import below
from pmlint.errors import UsageError
from pmlint.git import Repository, Unjudged
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.project.settings import NAMES

_DEFAULT = "postmortems"
"""The folder of a project that needs no configuration; `routes/` alone may be anybody's."""


def project_of_base(
    repository: Repository, base: str, folder: str, verb: str = "gate"
) -> str | None:
    """The folder of the project in the repository, with ``/``; empty where it is the repository,
    None where the base has no project at all: there is nothing yet that could be weakened.

    Raises `Unjudged` where the base has projects, and all of them lie elsewhere below the folder:
    nothing judged is not a pass. ``verb`` is what the help says to run there.
    """
    named = place_of(folder).inside
    for place in _upwards(named):
        if _is_configured(repository, base, place):
            return place
    tree = repository.tree(base)
    for place in _upwards(named):
        if _has_reviews(tree, place):
            return place
    if named and tree.entry(named) is None and not os.path.isdir(folder):
        raise UsageError(f"there is no folder '{named}'", help="name one with --repo")
    others = _projects(repository, tree, base, named)
    if others:
        listed = ", ".join(others[:5])
        raise Unjudged(
            f"the base has no project at '{named or '.'}', but below it: {listed}",
            help="; ".join(f"pmlint {verb} --repo {place}" for place in others[:5]),
            code="nothing-judged",
        )
    return None


def require_committed_project(root: str) -> None:
    """As `require_project_of_head`; outside a repository, and before its first commit, what lies
    here is all there is.
    """
    from pmlint.edit.history import opened

    with opened(root, below(root)) as history:
        if history is not None:
            require_project_of_head(history.repository, root)


def require_project_of_head(repository: Repository, root: str) -> None:
    """Make sure that the project found in the work tree, at ``root``, is the one that HEAD has.

    Raises `UsageError` where it is not: without its configuration the files here are another
    project, and what holds a route there says nothing of this one.
    """
    here, head = repository.below, repository.resolve("HEAD")
    current = place_of(".")
    inside = current.top == place_of(root).top
    # paths of the base count from the repository until its project is known
    repository.below = ""
    try:
        found = project_of_base(repository, head, "." if inside else root)
    except Unjudged as error:
        raise UsageError(error.message, help="run it there") from None
    finally:
        repository.below = here
    if found is not None and found != here:
        raise UsageError(
            f"HEAD has the project at '{found or '.'}', and the files here at '{here or '.'}'",
            help="restore the configuration that HEAD has; what moves it counts once it is merged",
        )


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


def _projects(repository: Repository, tree: Tree, base: str, below: str) -> list[str]:
    """The folders of all projects below a folder: those with a configuration, and those that need
    none, with a review of ours in their ``postmortems/``.
    """
    found: set[str] = set()
    for path, *_ in tree.walk(below):
        folder, _, name = path.rpartition("/")
        # Links too: a configuration that is one is refused by its own reader, and not overlooked.
        if name in NAMES and _is_configured(repository, base, folder):
            found.add(folder)
        place, _, last = folder.rpartition("/")
        if last == _DEFAULT and place not in found and _is_review(tree, path):
            found.add(place)
    return sorted(found)


def _is_review(tree: Tree, path: str) -> bool:
    """Whether a file looks like one of our postmortems; a page of somebody else has no front
    matter with an id. Looser than the reader, which says what is wrong with it.
    """
    try:
        data = tree.read(path) if path.endswith(".md") else b""
    except Malformed:
        return True
    return data.lstrip(b"\xef\xbb\xbf\r\n ").startswith(b"---") and b"\nid:" in data


def _has_reviews(tree: Tree, place: str) -> bool:
    """Whether a folder is a project that needs no configuration. What is no real folder is one:
    its reader refuses it.
    """
    folder = f"{place}/{_DEFAULT}".lstrip("/")
    entry = tree.entry(folder)
    if entry is None or entry.kind != "folder":
        return entry is not None
    return any(_is_review(tree, item.path) for item in tree.walk(folder))


def _is_configured(repository: Repository, base: str, folder: str) -> bool:
    pyproject, own = (f"{folder}/{name}".lstrip("/") for name in NAMES)
    if repository.blob_at(base, own):
        return True
    blob = repository.blob_at(base, pyproject)
    # Not parsed here: whoever reads the settings reports what is wrong with them.
    return bool(blob) and b"[tool.pmlint" in repository.blob(blob)
