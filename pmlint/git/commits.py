"""Commits that match their ids, and what two of them have in common.

Git believes the name of an object's file. A commit that lies about its tree or its parents chooses
what a change is merged with: a merge base that had the route running took the restart out of the
merge, and the gate saw nothing.
"""

from __future__ import annotations

import re
import sys
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from pmlint.git.process import SafeGit
from pmlint.git.refs import Unjudged

_COMMIT = re.compile(
    rb"tree (?P<tree>[0-9a-f]+)\n(?P<parents>(?:parent [0-9a-f]+\n)*)author [^\n]*\n"
    rb"committer [^\n]*> (?P<at>-?\d+) [^\n]*\n"
)
_ONE, _OTHER, _OLDER, _FOUND = 1, 2, 4, 8
_BOTH = _ONE | _OTHER


class CommitObject(NamedTuple):
    """A commit: the full ids of its tree and its parents, and its day in Unix seconds."""

    tree: str
    parents: tuple[str, ...]
    at: int


class CheckedCommits:
    """Commits by their full ids, each read once and held to its id."""

    def __init__(self, git: SafeGit) -> None:
        self._git = git
        self._read: dict[str, CommitObject] = {}

    def read(self, name: str) -> CommitObject:
        """A commit. Raises `Unjudged` where it is missing or does not match its id."""
        if name not in self._read:
            head = self._git.asked(f"contents {name}")
            if len(head) != 3 or head[1] != b"commit":
                raise self._git.missing("a part of history")
            self._read[name] = commit_of(name, self._git.contents(head, sys.maxsize))
        return self._read[name]

    def in_common(self, one: str, other: str) -> list[str]:
        """The best common ancestors of two commits, as git finds them: it reads no other commit.

        They are painted down from both sides, the newest first, until only common ones are left.
        """
        painted: dict[str, int] = {}
        queue: list[tuple[int, int, str]] = []
        order = count()
        found: list[str] = []

        def paint(name: str, colours: int) -> None:
            known = painted.get(name, 0)
            if known & colours != colours:
                painted[name] = known | colours
                heappush(queue, (-self.read(name).at, next(order), name))

        paint(one, _ONE)
        paint(other, _OTHER)
        while any(not painted[name] & _OLDER for _, _, name in queue):
            name = heappop(queue)[2]
            colours = painted[name] & (_BOTH | _OLDER)
            if colours == _BOTH:
                if not painted[name] & _FOUND:
                    painted[name] |= _FOUND
                    found.append(name)
                colours |= _OLDER
            for parent in self.read(name).parents:
                paint(parent, colours)
        return [name for name in found if not painted[name] & _OLDER]


def commit_of(name: str, data: bytes) -> CommitObject:
    """What a commit object says. Raises `Unjudged` for one that git would not write."""
    match = _COMMIT.match(data)
    if match is None:
        raise Unjudged(
            f"the commit {name[:12]} is not as git writes it",
            help="git fsck",
            code="unreadable-file",
        )
    parents = tuple(line[7:].decode() for line in match["parents"].splitlines())
    return CommitObject(match["tree"].decode(), parents, int(match["at"]))
