"""What verbs ask git: whether a commit exists, what it changed, and the object id of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from pmlint.errors import UsageError
from pmlint.git import GitTree, Repository
from pmlint.git.objects import blob_id
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree

DEFAULT = ("main", "master")
"""What git calls the first branch, before and since 2.28 made it a setting."""
LARGEST = 1 << 27
"""The most bytes of a proof: more than forges take."""


class History:
    """The repository around a project, and its ``HEAD`` by full id."""

    def __init__(self, repository: Repository, head: str) -> None:
        self.repository = repository
        self.head = head

    def commit(self, revision: str) -> str:
        """The full id of a commit. Raises `UsageError` where git does not have it."""
        try:
            return self.repository.resolve(revision)
        except UsageError as error:
            raise UsageError(
                f"--proof '{revision}' is not a commit of this repository", help=error.help
            ) from None

    def has(self, revision: str) -> bool:
        """Whether git knows a commit by this name."""
        try:
            self.repository.resolve(revision)
        except UsageError:
            return False
        return True

    @cached_property
    def base(self) -> str:
        """The commit that the change will be compared with, by full id: the tip of the default
        branch, or HEAD where HEAD is that branch, or where nothing says which one it is.

        A clone names the default branch in ``origin/HEAD``; elsewhere ``main`` or ``master`` is it.
        """
        refs = self.repository.refs
        here = _symbolic(refs.git_dir, "HEAD").removeprefix("refs/heads/")
        remote = _symbolic(refs.common_dir, "refs/remotes/origin/HEAD")
        if remote:
            name = remote.removeprefix("refs/remotes/origin/")
            # On the default branch itself the change is not merged anywhere yet: HEAD is what it
            # starts from.
            return self.head if name == here else refs.find("origin/HEAD") or self.head
        if here in DEFAULT:
            return self.head
        found = (refs.find(f"refs/heads/{name}") for name in DEFAULT)
        return next(filter(None, found), self.head)

    def has_landed(self, commit: str) -> bool:
        """Whether a commit is on the base."""
        return self.repository.log.is_ancestor(commit, self.base)

    def tree(self) -> GitTree:
        """The files of the base."""
        return self.repository.tree(self.base)


def _symbolic(folder: str, name: str) -> str:
    """The ref that a symbolic ref names; empty where it is none (a detached HEAD)."""
    try:
        with open(os.path.join(folder, *name.split("/")), encoding="utf-8") as file:
            text = file.read(4096).strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text.removeprefix("ref: ") if text.startswith("ref: ") else ""


@contextmanager
def opened(root: str, below: str) -> Iterator[History | None]:
    """The history of a project; None outside a repository, and before its first commit."""
    try:
        repository = Repository(root, below)
    except UsageError:
        yield None
        return
    with repository:
        try:
            # Before the first commit there is a repository and nothing in it.
            head = repository.resolve("HEAD")
        except UsageError:
            head = ""
        yield History(repository, head) if head else None


def blob_of(tree: Tree, history: History | None, path: str) -> str:
    """The git object id of a file's content; empty where the file cannot be read.

    Where HEAD has the file with the same lines, its id counts: a Windows clone has other line ends
    than the object. A repository of SHA-256 ids has ids of 64 digits.
    """
    try:
        content = tree.read(path, LARGEST)
    except Malformed:
        return ""
    if history is not None:
        committed = history.repository.tree(history.head)
        known = committed.identity(path)
        # With `core.autocrlf` the work tree has CRLF and the object LF; the gate reads the object.
        if known and _lines(committed.read(path, LARGEST)) == _lines(content):
            return known
    is_wide = history is not None and history.repository.refs.is_wide
    return blob_id(content, is_wide=is_wide)


def _lines(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
