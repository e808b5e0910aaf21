"""The trees of a repository, and what merging makes of them. `pmlint.git.process` is how git is
asked, `pmlint.git.log` what is asked about commits.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable
from glob import escape as glob_escape
from glob import glob
from typing import NamedTuple

from pmlint.git.commits import CheckedCommits, commit_of
from pmlint.git.log import CommitLog
from pmlint.git.merging import MergeInputs
from pmlint.git.process import SafeGit, said_by_git, too_old
from pmlint.git.refs import ID, Refs, Unjudged, fetch_command
from pmlint.git.tree import Folder, GitTree, parse_folder
from pmlint.parsing.checkout import is_sparse
from pmlint.parsing.source import MAX_BYTES

_REVISION = re.compile(r"(?P<name>[^~^]+)(?P<steps>(?:~\d*|\^\d*)*)")


class Merge(NamedTuple):
    """The tree that a merge would produce, or the paths in conflict."""

    tree: str
    conflicts: tuple[str, ...] = ()


def _how_to_fetch(revision: str) -> str:
    """What brings a revision into the clone, or says that it is not the name of one."""
    remote, _, branch = re.sub(r"[~^].*", "", revision).partition("/")
    if remote == "origin" and branch:
        return fetch_command(branch)
    if ID.fullmatch(revision):
        return f"git fetch origin {revision}"
    return "fetch it: git fetch origin, or check the name"


class Repository:
    """The objects and refs of a repository; a context manager that holds a `SafeGit`.

    ``below`` is the folder of the project inside the repository, with ``/``, where it is not the
    repository itself: trees and paths are relative to it. ``place`` is where the folder of the
    `SafeGit` is made; None is the folder for temporary files. ``log`` answers what is asked about
    its commits, ``commits`` reads them one by one.
    """

    def __init__(self, folder: str, below: str = "", place: str | None = None) -> None:
        self.refs = Refs(folder)
        self._git = SafeGit(self.refs, place)
        self.commits = CheckedCommits(self._git)
        self.log = CommitLog(self._git, self.commits, below)
        self._folders: dict[str, Folder] = {}

    @property
    def below(self) -> str:
        """The folder of the project; the gate finds it on the base, once the repository is open."""
        return self.log.below

    @below.setter
    def below(self, folder: str) -> None:
        self.log.below = folder

    def __enter__(self) -> Repository:
        self._git.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._git.__exit__(*error)

    def resolve(self, revision: str) -> str:
        """The full id of the commit that a revision names: an id, HEAD, a branch, a remote branch
        or a tag, with ``~`` and ``^``.

        A branch wins over a tag of the same name. Raises `Unjudged`.
        """
        match = _REVISION.fullmatch(revision)
        unknown = Unjudged(
            f"there is no revision '{revision}'",
            help=_how_to_fetch(revision),
            code="unknown-revision",
        )
        # The expression leaves out what git would search for ("^{/text}" walks all of history,
        # ":path" is not a commit), and a leading "-" would be an option.
        if match is None or revision.startswith("-"):
            raise unknown
        name = self.refs.find(match["name"]) or match["name"]
        # Only ids reach git, so no name is looked up twice in two orders; four digits are git's
        # shortest.
        if not re.fullmatch(r"[0-9a-f]{4,64}", name):
            raise unknown
        done = self._git.run(
            "rev-parse", "--verify", "--quiet", f"{name}{match['steps']}^{{commit}}", check=False
        )
        found = done.stdout.decode().strip()
        if done.returncode or not ID.fullmatch(found):
            raise unknown if not self.refs.is_shallow else self._git.missing(f"'{revision}'")
        return found

    def tree(self, revision: str) -> GitTree:
        """The files of a commit or tree, by its full id."""
        return GitTree(self, revision)

    def tree_id(self, commit: str) -> str:
        """The full id of a commit's tree."""
        return self.commits.read(commit).tree

    def merge(self, target: str, head: str) -> Merge:
        """The tree that merging ``head`` into ``target`` would produce.

        Raises `Unjudged` where history is missing, or an object does not match its id.
        """
        bases = self.commits.in_common(target, head)
        if not bases:
            raise self._nothing_in_common(target)
        # one side has nothing of its own: what git would make of them is the other
        for base, other in ((target, head), (head, target)):
            if bases == [base]:
                return Merge(self.tree_id(other))
        MergeInputs(self.commits, self).require_sound(bases, target, head)
        return self._merged(target, head)

    def require_sound(self, names: Iterable[str]) -> None:
        """Raise `Unjudged` where the contents of an object, by its full id, do not match it."""
        for name in dict.fromkeys(names):
            head = self._git.asked(f"contents {name}")
            if len(head) != 3:
                raise self._git.missing("a file of the tree")
            self._git.hold_to_id(head)

    def _merged(self, target: str, head: str) -> Merge:
        """The tree of a merge that git has to make."""
        done = self._git.run(
            "merge-tree",
            "--write-tree",
            "-z",
            # With -z the paths come as they are; else git quotes those with blanks or other
            # letters.
            "--name-only",
            "--no-messages",
            target,
            head,
            check=False,
        )
        parts = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        if done.returncode == 0 and ID.fullmatch(parts[0]):
            return Merge(parts[0])
        # 1 is a conflict, and the tree has the marks of it; everything above is a fault.
        if done.returncode == 1 and ID.fullmatch(parts[0]):
            return Merge(parts[0], tuple(dict.fromkeys(filter(None, parts[1:]))))
        said = done.stderr.decode(errors="replace")
        if "usage:" in said or "unknown option" in said:
            raise too_old()
        raise self._git.failed("merge-tree", done.stderr)

    def _nothing_in_common(self, target: str) -> Unjudged:
        """The refusal of two histories without a common commit; in a shallow clone it may be one
        that was not fetched.
        """
        if self.refs.is_shallow:
            return self._git.missing("what both sides have in common")
        return Unjudged(
            "base and head have no commit in common",
            help=f"put the change on the base: git rebase --root --onto {target}",
            code="shallow-history",
        )

    def staged(self) -> str:
        """The tree of what is staged; in a hook, of the index that git says it commits.

        Raises `Unjudged` for a merge in conflict.
        """
        copy = self._copy_of_index()
        if copy is None:
            # There is no index before the first `git add`: the empty tree is staged.
            return self._git.run("mktree", feed=b"").stdout.decode().strip()
        done = self._git.run("write-tree", check=False, index=copy)
        if done.returncode:
            raise Unjudged(
                f"what is staged is not a tree: {said_by_git(done.stderr)}",
                help="resolve the conflict: git status",
                code="merge-conflict",
            )
        return done.stdout.decode().strip()

    def left_out(self) -> list[str]:
        """The committed files that a sparse checkout leaves out of the work tree, from its root."""
        copy = self._copy_of_index()
        if copy is None or not is_sparse(self.refs.git_dir):
            return []
        listed = self._git.run("ls-files", "-t", "-z", index=copy).stdout
        entries = listed.decode("utf-8", "surrogateescape").split("\0")
        # "S" is git's mark of an entry that its work tree skips.
        return [entry[2:] for entry in entries if entry.startswith("S ")]

    def _copy_of_index(self) -> str | None:
        """A copy of the index; None where there is none. Raises `Unjudged`."""
        # `git commit FILE` commits from an index of its own and names it to the hook
        # (docs/spec/security.md, Git).
        index = os.environ.get("GIT_INDEX_FILE") or os.path.join(self.refs.git_dir, "index")
        copy = os.path.join(self._git.folder, "index")
        try:
            # A copy, because `write-tree` writes what it computed back into the index, which git
            # holds locked while a hook runs.
            shutil.copyfile(index, copy)
            # An index may be split in two (`core.splitIndex`): git seeks its half beside HEAD.
            for half in glob(os.path.join(glob_escape(self.refs.git_dir), "sharedindex.*")):
                shutil.copyfile(half, os.path.join(self._git.bare, os.path.basename(half)))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unjudged(
                f"the index can't be read: {error.strerror}",
                help="git status",
                code="unreadable-file",
            ) from None
        return copy

    def merged_alone(self, target: str, head: str) -> str:
        """The commit that a forge merged into the target to make ``head``, which is nothing but
        that merge; empty for any other head.
        """
        parents = self.log.parents(head)
        # Equal parents are not enough: a merge may hold edits that neither side has, so it is made
        # again here and the trees are compared.
        if len(parents) != 2 or parents[0] != target:
            return ""
        tree = self.tree_id(head)
        merge = self.merge(target, parents[1])
        return parents[1] if not merge.conflicts and merge.tree == tree else ""

    def blob_at(self, commit: str, path: str) -> str:
        """The object id of a file in a commit; empty where there is none."""
        if "\n" in path:  # the process is asked line by line
            return ""
        whole = f"{self.below}/{path}" if self.below else path
        head = self._git.asked(f"info {commit}:{whole}")
        return head[0].decode() if len(head) == 3 and head[1] == b"blob" else ""

    def paths_at(self, commit: str) -> list[str]:
        """The paths of all files of the project in a commit."""
        return [entry.path for entry in self.tree(commit).walk("") if entry.kind == "file"]

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The content of an object by its full id.

        Raises `Malformed` for more than ``limit`` bytes, `Unjudged` where it is missing.
        """
        head = self._git.asked(f"contents {name}")
        if len(head) != 3:
            raise self._git.missing("a file of the tree")
        return self._git.contents(head, limit)

    def lacking(self, names: Iterable[str]) -> list[str]:
        """Those of some objects, by their full ids, that are not here."""
        feed = "".join(f"{name}\n" for name in dict.fromkeys(names))
        if not feed:
            return []
        said = self._git.run("cat-file", "--batch-check", feed=feed.encode()).stdout.decode()
        end = " missing"
        return [line.removesuffix(end) for line in said.splitlines() if line.endswith(end)]

    def top(self, revision: str) -> str | None:
        """The id of the project's folder in a commit or tree, by its full id; None where it has no
        such folder.
        """
        top = revision
        for step in filter(None, self.below.split("/")):
            found = self.folder(top).get(step)
            # A symbolic link in the place of a folder would lead the gate to files that are not the
            # project's.
            if found is None or found.kind != "folder":
                return None
            top = found.name
        return top

    def folder(self, name: str) -> Folder:
        """What is in a folder, by the full id of its tree, or of a commit for the root.

        Raises `Unjudged` where it is missing, or not as git writes it.
        """
        if name not in self._folders:
            head = self._git.asked(f"contents {name}")
            if head[1:2] == [b"commit"]:
                data = self._git.contents(head, sys.maxsize)
                return self.folder(commit_of(name, data).tree)
            # Base, merge result and the commits between them have most folders in common.
            self._folders[name] = self._parsed(head)
        return self._folders[name]

    def _parsed(self, head: list[bytes]) -> Folder:
        if len(head) != 3 or head[1] != b"tree":
            raise self._git.missing("a folder of the tree")
        data = self._git.contents(head, sys.maxsize)
        try:
            return parse_folder(data, len(head[0]) // 2)
        except ValueError:
            raise Unjudged(
                f"the folder {head[0].decode()[:12]} is not as git writes it",
                help="git fsck",
                code="unreadable-file",
            ) from None
