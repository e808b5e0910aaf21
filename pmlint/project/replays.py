"""The files that decide how a replay ends (docs/spec/trust.md, *Replay*).

1. The test itself, and all files of its folder that are no other replay: helpers, recorded calls.
2. Each ``conftest.py`` above it, which can change what passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pmlint.model import Postmortem
from pmlint.parsing.tree import Tree, normal

_CALLS = ".calls.json"


def calls_file(path: str, postmortem: str) -> str:
    """Where the recorded calls of a postmortem are: beside its replay."""
    folder = path.rpartition("/")[0]
    return f"{folder}/{postmortem}{_CALLS}".lstrip("/")


def replay_files(tree: Tree, postmortem: Postmortem, others: Iterable[Postmortem]) -> set[str]:
    """The files of a tree that decide how the replay of a postmortem ends.

    ``others`` are the postmortems whose replays may lie beside it. What they name counts only as a
    test: a helper that another review calls its replay still belongs to this one.
    """
    path = normal(postmortem.restart.replay.path) or ""
    left_out = {file for other in others for file in _own(other)} - set(_own(postmortem))
    found = {file for file in _beside(tree, path) if file not in left_out}
    return found | {path} | set(_configuration(tree, path))


def _beside(tree: Tree, path: str) -> Iterator[str]:
    """The files of the folder of a replay, with those of its folders."""
    folder = path.rpartition("/")[0]
    for entry in tree.walk(folder):
        # Of the root only what lies in it: below is the whole repository, which always changes.
        if folder or "/" not in entry.path:
            yield entry.path


def _own(postmortem: Postmortem) -> Iterator[str]:
    path = normal(postmortem.restart.replay.path)
    if path and path.rpartition("/")[2].startswith("test_"):
        yield path
        yield calls_file(path, postmortem.id)


def _configuration(tree: Tree, path: str) -> Iterator[str]:
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        file = f"{folder}/conftest.py".lstrip("/")
        if tree.entry(file) is not None:
            yield file
