"""Git, asked safely. The only module that runs git.

A repository that is judged may be hostile: its configuration, attributes, hooks, replace refs and
grafts change what git answers and run programs. So git never runs in it. It runs in an empty bare
repository of our own, with a scrubbed environment, which borrows the objects of the judged one
(``objects/info/alternates``); refs are read here, as files. What shallow or partial clones lack is
then simply missing, and every question that needs it fails (docs/spec/security.md, *Git*).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import NamedTuple

from pmlint.git.executable import program
from pmlint.git.refs import ID, Refs, Unjudged
from pmlint.git.tree import Folder, GitTree, parse_folder
from pmlint.parsing.checkout import is_sparse
from pmlint.parsing.source import MAX_BYTES, too_large

_REVISION = re.compile(r"(?P<name>[^~^]+)(?P<steps>(?:~\d*|\^\d*)*)")
_MADE_BY = re.compile(
    r"^(?:Co-authored-by|Assisted-by|Generated-by):[ \t]*(.+)$", re.IGNORECASE | re.MULTILINE
)
_TIMEOUT = 60
"""Seconds that one question to git may take (docs/spec/security.md, budgets)."""


class Merge(NamedTuple):
    """The tree that a merge would produce, or the paths in conflict."""

    tree: str
    conflicts: tuple[str, ...] = ()


class Repository:
    """The objects and refs of a repository; a context manager that holds a temporary folder and one
    process.

    ``below`` is the folder of the project inside the repository, with ``/``, where it is not the
    repository itself: trees and paths are relative to it.
    """

    def __init__(self, folder: str, below: str = "") -> None:
        self.refs = Refs(folder)
        self.below = below
        self._stack = ExitStack()
        self._batch: subprocess.Popen[bytes] | None = None
        self._folders: dict[str, Folder] = {}

    def __enter__(self) -> Repository:
        self._own = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="pmlint-"))
        objects = os.path.join(self.refs.common_dir, "objects")
        # Each line of the alternates file is a store: the second half of such a path would be
        # another one.
        if "\n" in objects:
            raise Unjudged("the repository's path has a line break", help="move it")
        bare = os.path.join(self._own, "bare")
        for name in ("objects/info", "refs/heads"):
            os.makedirs(os.path.join(bare, name))
        # Git reads extensions only in format 1, and cannot open a store of SHA-256 objects without
        # this one.
        format = "[extensions]\n\tobjectformat = sha256\n" if self.refs.is_wide else ""
        # The environment names an empty file of grafts, and git prints advice about such files
        # where it reads the first commit.
        advice = "[advice]\n\tgraftFileDeprecated = false\n"
        config = f"[core]\n\trepositoryformatversion = 1\n\tbare = true\n{format}{advice}"
        _write(os.path.join(bare, "config"), config)
        _write(os.path.join(bare, "HEAD"), "ref: refs/heads/none\n")
        _write(os.path.join(bare, "objects/info/alternates"), objects + "\n")
        self._bare = bare
        return self

    def __exit__(self, *error: object) -> None:
        if self._batch is not None:
            assert self._batch.stdin is not None
            assert self._batch.stdout is not None
            # Closing its input alone would wait forever for a process that is stuck on writing a
            # blob that nobody reads to its end.
            self._batch.stdin.close()
            self._batch.stdout.close()
            self._batch.kill()
            self._batch.wait()
        self._stack.close()

    def resolve(self, revision: str) -> str:
        """The full id of the commit that a revision names: an id, HEAD, a branch, a remote branch
        or a tag, with ``~`` and ``^``.

        A branch wins over a tag of the same name. Raises `Unjudged`.
        """
        match = _REVISION.fullmatch(revision)
        unknown = Unjudged(
            f"there is no revision '{revision}'",
            help="fetch it: git fetch origin, or check the name",
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
        done = self._run(
            "rev-parse", "--verify", "--quiet", f"{name}{match['steps']}^{{commit}}", check=False
        )
        found = done.stdout.decode().strip()
        if done.returncode or not ID.fullmatch(found):
            raise unknown if not self.refs.is_shallow else self._missing(f"'{revision}'")
        return found

    def tree(self, revision: str) -> GitTree:
        """The files of a commit or tree, by its full id."""
        return GitTree(self, revision)

    def tree_id(self, commit: str) -> str:
        """The full id of a commit's tree."""
        return self._run("rev-parse", "--verify", f"{commit}^{{tree}}").stdout.decode().strip()

    def merge(self, target: str, head: str) -> Merge:
        """The tree that merging ``head`` into ``target`` would produce.

        Raises `Unjudged` where history is missing.
        """
        done = self._run(
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
        if "unrelated histories" in said:
            raise self._missing("what both sides have in common")
        if "usage:" in said or "unknown option" in said:
            raise Unjudged(
                "this git can't merge without a work tree",
                help="install git 2.38 or newer",
                code="git-too-old",
            )
        raise self._missing(said.strip().partition("\n")[0] or "the merge")

    def staged(self) -> str:
        """The tree of what is staged; in a hook, of the index that git says it commits.

        Raises `Unjudged` for a merge in conflict.
        """
        copy = self._copy_of_index()
        if copy is None:
            # There is no index before the first `git add`: the empty tree is staged.
            return self._run("mktree", feed=b"").stdout.decode().strip()
        done = self._run("write-tree", check=False, index=copy)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise Unjudged(
                f"what is staged is not a tree: {said}", help="resolve the conflict: git status"
            )
        return done.stdout.decode().strip()

    def left_out(self) -> list[str]:
        """The committed files that a sparse checkout leaves out of the work tree, from its root."""
        copy = self._copy_of_index()
        if copy is None or not is_sparse(self.refs.git_dir):
            return []
        listed = self._run("ls-files", "-t", "-z", index=copy).stdout
        entries = listed.decode("utf-8", "surrogateescape").split("\0")
        # "S" is git's mark of an entry that its work tree skips.
        return [entry[2:] for entry in entries if entry.startswith("S ")]

    def _copy_of_index(self) -> str | None:
        """A copy of the index; None where there is none. Raises `Unjudged`."""
        # `git commit FILE` commits from an index of its own and names it to the hook
        # (docs/spec/security.md, Git).
        index = os.environ.get("GIT_INDEX_FILE") or os.path.join(self.refs.git_dir, "index")
        copy = os.path.join(self._own, "index")
        try:
            # A copy, because `write-tree` writes what it computed back into the index, which git
            # holds locked while a hook runs.
            shutil.copyfile(index, copy)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unjudged(
                f"the index can't be read: {error.strerror}", help="git status"
            ) from None
        return copy

    def merged_alone(self, target: str, head: str) -> str:
        """The commit that a forge merged into the target to make ``head``, which is nothing but
        that merge; empty for any other head.
        """
        parents = self.parents(head)
        # Equal parents are not enough: a merge may hold edits that neither side has, so it is made
        # again here and the trees are compared.
        if len(parents) != 2 or parents[0] != target:
            return ""
        tree = self.tree_id(head)
        merge = self.merge(target, parents[1])
        return parents[1] if not merge.conflicts and merge.tree == tree else ""

    def parents(self, commit: str) -> list[str]:
        """The full ids of a commit's parents, in order."""
        return self._run("rev-list", "--parents", "-n", "1", commit).stdout.decode().split()[1:]

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether a commit is reachable from another."""
        done = self._run("merge-base", "--is-ancestor", commit, of, check=False)
        # 1 means no. A missing object is 128, and must not be read as "not an ancestor": a proof
        # that has landed would be refused, or an old one taken for new.
        if done.returncode > 1:
            raise self._missing("a part of history")
        return done.returncode == 0

    def touched(self, commit: str) -> dict[str, tuple[str, str]]:
        """The paths whose contents a commit changes against its first parent, each with the object
        ids before and after (empty where there is none); paths outside the project begin with
        ``/``.

        A merge counts by what it brought to its first-parent line. A change of mode alone is none.
        """
        parents = self._run("rev-list", "--parents", "-n", "1", commit).stdout.decode().split()[1:]
        # Without --root git shows nothing for a commit that has no parent.
        revisions = (parents[0], commit) if parents else ("--root", commit)
        done = self._run(
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
        done = self._run(
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

    def blob_at(self, commit: str, path: str) -> str:
        """The object id of a file in a commit; empty where there is none."""
        if "\n" in path:  # the process is asked line by line
            return ""
        whole = f"{self.below}/{path}" if self.below else path
        head = self._asked(f"info {commit}:{whole}")
        return head[0].decode() if len(head) == 3 and head[1] == b"blob" else ""

    def paths_at(self, commit: str) -> list[str]:
        """The paths of all files of the project in a commit."""
        return [entry.path for entry in self.tree(commit).walk("") if entry.kind == "file"]

    def commits_between(self, base: str, head: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """The commits that ``head`` has and ``base`` has not, the newest first: each with its first
        parent (empty where there is none) and the names and addresses of who made it, as its author
        and its lines ``Co-authored-by``, ``Assisted-by`` and ``Generated-by`` say.
        """
        done = self._run(
            # A .mailmap is a file of the change: it could turn an agent's name into a person's.
            *("log", "--no-mailmap", "-z", "--format=%H%x00%P%x00%an%x00%ae%x00%B"),
            *(head, f"^{base}"),
        )
        # NUL is the one character that neither a name nor a message can hold: with another one
        # between commits a message could forge a commit of its own.
        fields = done.stdout.decode("utf-8", "replace").split("\0")[:-1]
        found = []
        for commit, parents, name, address, body in zip(*[iter(fields)] * 5, strict=True):
            names = [name, address]
            for line in _MADE_BY.findall(body):
                person, _, rest = line.partition("<")
                names += filter(None, (person.strip(), rest.rstrip("> \r")))
            found.append((commit, parents.partition(" ")[0], tuple(names)))
        return found

    def first_parents(self, commit: str, folder: str = "") -> list[str]:
        """The commits of the first-parent history, the newest first; with a folder only those that
        change it.
        """
        whole = "/".join(filter(None, (self.below, folder)))
        only = ("--", whole) if whole else ()
        return self._run("rev-list", "--first-parent", commit, *only).stdout.decode().split()

    def first_parent_line(self, commit: str) -> frozenset[str]:
        """All commits of the first-parent history, in all folders."""
        return frozenset(self._run("rev-list", "--first-parent", commit).stdout.decode().split())

    def dated_first_parents(self, commit: str) -> list[tuple[date, str]]:
        """The commits of the first-parent history, the newest first, each with the day (UTC) on
        which it was committed.
        """
        lines = self._run("rev-list", "--first-parent", "--timestamp", commit).stdout.decode()
        pairs = (line.split() for line in lines.splitlines())
        return [(datetime.fromtimestamp(int(at), UTC).date(), name) for at, name in pairs]

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The content of an object by its full id.

        Raises `Malformed` for more than ``limit`` bytes, `Unjudged` where it is missing.
        """
        head = self._asked(f"contents {name}")
        if len(head) != 3:
            raise self._missing("a file of the tree")
        assert self._batch is not None
        assert self._batch.stdout is not None
        size = int(head[2])
        if size <= limit:
            # Behind the contents comes a line feed that is not part of them.
            return self._batch.stdout.read(size + 1)[:-1]
        # What is too large is read to its end all the same: else its bytes would be the answer to
        # the next question.
        left = size + 1
        while left:
            left -= len(self._batch.stdout.read(min(left, 1 << 20))) or left
        raise too_large(size, limit)

    def _asked(self, question: str) -> list[bytes]:
        """The words that the one process answers to ``info`` or ``contents`` of an object."""
        if self._batch is None:
            self._batch = subprocess.Popen(
                # one process for both questions, since git 2.36
                self._words("cat-file", "--batch-command"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment(),
                cwd=self._own,
            )
        assert self._batch.stdin is not None
        assert self._batch.stdout is not None
        self._batch.stdin.write(question.encode("utf-8", "surrogateescape") + b"\n")
        self._batch.stdin.flush()
        return self._batch.stdout.readline().split()

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
            head = self._asked(f"contents {name}^{{tree}}")
            # Base, merge result and the commits between them have most folders in common.
            self._folders[name] = self._parsed(head)
        return self._folders[name]

    def _parsed(self, head: list[bytes]) -> Folder:
        if len(head) != 3 or head[1] != b"tree":
            raise self._missing("a folder of the tree")
        assert self._batch is not None
        assert self._batch.stdout is not None
        data = self._batch.stdout.read(int(head[2]) + 1)[:-1]
        try:
            return parse_folder(data, len(head[0]) // 2)
        except ValueError:
            raise Unjudged(
                f"the folder {head[0].decode()[:12]} is not as git writes it", help="git fsck"
            ) from None

    def _missing(self, what: str) -> Unjudged:
        if self.refs.is_shallow:
            return Unjudged(
                f"{what} is not here: the clone is shallow",
                help="git fetch --unshallow (in CI: fetch-depth: 0)",
                code="shallow-history",
            )
        return Unjudged(
            f"{what} is not here",
            help="git fetch --refetch origin, with all of history (in CI: fetch-depth: 0)",
            code="missing-objects",
        )

    def _words(self, *words: str) -> list[str]:
        # A folder may be named ":(exclude)postmortems" or "*": a path is a name here and never a
        # pattern.
        return [_git(), "--no-replace-objects", "--literal-pathspecs", *words]

    def _environment(self, index: str = "") -> dict[str, str]:
        nowhere = os.devnull
        return {
            # Git finds its own programs by PATH; Windows starts nothing without SYSTEMROOT.
            **{
                name: os.environ[name]
                for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
                if name in os.environ
            },
            "HOME": self._own,
            "XDG_CONFIG_HOME": self._own,
            # `merge` reads what git says, which is translated elsewhere.
            "LC_ALL": "C",
            "GIT_DIR": self._bare,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": nowhere,
            "GIT_CONFIG_SYSTEM": nowhere,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_GRAFT_FILE": nowhere,
            # Since git 2.45 nothing is fetched then for what a partial clone lacks.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            **({"GIT_INDEX_FILE": index} if index else {}),
        }

    def _run(
        self, *words: str, check: bool = True, feed: bytes | None = None, index: str = ""
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                self._words(*words),
                input=feed,
                capture_output=True,
                env=self._environment(index),
                cwd=self._own,
                check=False,
                timeout=_TIMEOUT,
            )
        except subprocess.TimeoutExpired:
            raise Unjudged(
                f"git {words[0]} took more than {_TIMEOUT} seconds", help="git gc, then try again"
            ) from None
        if check and done.returncode:
            raise self._missing(
                done.stderr.decode(errors="replace").strip().partition("\n")[0]
                or f"the answer of git {words[0]}"
            )
        return done


def _git() -> str:
    found = program("git")
    if found is None:
        raise Unjudged("there is no git", help="install git 2.38 or newer")
    return found


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
