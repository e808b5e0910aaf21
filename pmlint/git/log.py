"""What is asked about the commits of a repository: who made them, and what they changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from pmlint.git.commits import CheckedCommits
from pmlint.git.makers import FORMAT, MadeCommit, makers_of
from pmlint.git.process import SafeGit


class CommitHeading(NamedTuple):
    """What people know a commit by: the day (UTC) on which it was committed, its author's name, and
    the first line of its message.
    """

    day: date
    author: str
    subject: str


class CommitLog:
    """The commits that a `SafeGit` knows, by their full ids; paths are relative to the folder
    ``below``.
    """

    def __init__(self, git: SafeGit, commits: CheckedCommits, below: str) -> None:
        self._git = git
        self._commits = commits
        self.below = below

    def parents(self, commit: str) -> list[str]:
        """The full ids of a commit's parents, in order."""
        return list(self._commits.read(commit).parents)

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether a commit is reachable from another."""
        done = self._git.run("merge-base", "--is-ancestor", commit, of, check=False)
        # 1 means no. A missing object is 128, and must not be read as "not an ancestor": a proof
        # that has landed would be refused, or an old one taken for new.
        if done.returncode > 1:
            raise self._git.missing("a part of history")
        return done.returncode == 0

    def touched(self, commit: str) -> dict[str, tuple[str, str]]:
        """The paths whose contents a commit changes against its first parent, each with the object
        ids before and after (empty where there is none); paths outside the project begin with
        ``/``.

        A merge counts by what it brought to its first-parent line. A change of mode alone is none.
        """
        parents = self.parents(commit)
        # Without --root git shows nothing for a commit that has no parent.
        revisions = (parents[0], commit) if parents else ("--root", commit)
        done = self._git.run(
            "diff-tree",
            "-r",
            "-z",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-commit-id",
            "--no-ext-diff",
            *revisions,
        )
        fields = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        inside = f"{self.below}/" if self.below else ""
        found: dict[str, tuple[str, str]] = {}
        for head, path in zip(fields[::2], fields[1::2], strict=False):
            _, _, before, after, _ = head.split(" ")
            # The contents are the same, so only the mode changed: that is no proof of a fix
            # (docs/spec/gate.md, 5).
            if before == after:
                continue
            name = path.removeprefix(inside) if path.startswith(inside) else f"/{path}"
            # Git writes an id of zeros where there is no file.
            found[name] = before.strip("0") and before, after.strip("0") and after
        return found

    def deleted(self, commit: str, name: str, folders: tuple[str, ...]) -> str:
        """The newest commit of the first-parent line that deletes a file of the folders whose name
        begins with ``name``; empty where there is none.
        """
        whole = ["/".join(filter(None, (self.below, folder))) or "." for folder in folders]
        done = self._git.run(
            # Without -m git prints no files for merges, and a forge deletes by merging. With rename
            # detection a file that was moved out of the folder would not be deleted.
            *("log", "--first-parent", "-m", "--diff-filter=D", "--no-renames", "--no-ext-diff"),
            *("--name-only", "-z", "--format=%x01%H", commit, "--", *whole),
        )
        for entry in done.stdout.decode("utf-8", "surrogateescape").split("\1")[1:]:
            found, *paths = (part.strip() for part in entry.split("\0"))
            if any(path.rpartition("/")[2].startswith(name) for path in paths):
                return found
        return ""

    def former_blobs(self, commit: str, folders: Iterable[str]) -> list[str]:
        """The object ids of files of some folders that the first-parent history of a commit
        changed or deleted, as they were before, the newest first.
        """
        whole = ["/".join(filter(None, (self.below, folder))) or "." for folder in folders]
        done = self._git.run(
            # as in `deleted`
            *("log", "--first-parent", "-m", "--diff-filter=DM", "--no-renames", "--no-ext-diff"),
            *("--raw", "--no-abbrev", "-z", "--format=", commit, "--", *whole),
        )
        fields = iter(filter(None, done.stdout.decode("utf-8", "surrogateescape").split("\0")))
        # of each file a head, ":MODE MODE BEFORE AFTER STATUS", and its path; links and submodules
        # have other modes
        heads = [head.split(" ") for head, _ in zip(fields, fields, strict=True)]
        return list(dict.fromkeys(head[2] for head in heads if head[0].startswith(":100")))

    def commits_between(self, base: str, head: str) -> list[MadeCommit]:
        """The commits that ``head`` has and ``base`` has not, the newest first."""
        # A .mailmap is a file of the change: it could turn an agent's name into a person's.
        shown = ("log", "--no-mailmap", "-z", f"--format={FORMAT}")
        return makers_of(self._git.run(*shown, head, f"^{base}").stdout)

    def heading(self, commit: str) -> CommitHeading:
        """What people know a commit by, as the commit itself says it."""
        shown = ("log", "-1", "--no-mailmap", "--format=%ct%x00%an%x00%s", commit)
        at, author, subject = self._git.run(*shown).stdout.decode("utf-8", "replace").split("\0")
        return CommitHeading(datetime.fromtimestamp(int(at), UTC).date(), author, subject.strip())

    def first_parents(self, commit: str, folder: str = "") -> list[str]:
        """The commits of the first-parent history, the newest first; with a folder only those that
        change it.
        """
        whole = "/".join(filter(None, (self.below, folder)))
        only = ("--", whole) if whole else ()
        return self._git.run("rev-list", "--first-parent", commit, *only).stdout.decode().split()

    def first_parent_line(self, commit: str) -> frozenset[str]:
        """All commits of the first-parent history, in all folders."""
        listed = self._git.run("rev-list", "--first-parent", commit).stdout
        return frozenset(listed.decode().split())

    def dated_first_parents(self, commit: str) -> list[tuple[date, str]]:
        """The commits of the first-parent history, the newest first, each with the day (UTC) on
        which it was committed.
        """
        lines = self._git.run("rev-list", "--first-parent", "--timestamp", commit).stdout.decode()
        pairs = (line.split() for line in lines.splitlines())
        return [(datetime.fromtimestamp(int(at), UTC).date(), name) for at, name in pairs]
