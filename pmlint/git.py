"""Git, asked safely. The only module that runs git.

A repository that is judged may be hostile: its configuration, attributes, hooks, replace refs and grafts change what git answers and
run programs. So git never runs in it. It runs in an empty bare repository of our own, with a scrubbed environment, which borrows the
objects of the judged one (``objects/info/alternates``); refs are read here, as files. What shallow or partial clones lack is then
simply missing, and every question that needs it fails (spec/security.md, *Git*).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import NamedTuple

from pmlint.source import MAX_BYTES, Malformed, too_large
from pmlint.tree import Entry, Kind, not_a_file
from pmlint.usage import UsageError

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REVISION = re.compile(r"(?P<name>[^~^]+)(?P<steps>(?:~\d*|\^\d*)*)")
_KINDS: dict[str, Kind] = {"100644": "file", "100755": "file", "120000": "symlink", "040000": "folder"}
_TIMEOUT = 60
"""Seconds that one question to git may take (spec/security.md, budgets)."""


class Unjudged(UsageError):
    """Git can't answer, so nothing can be judged; the help is the one command that makes it judgeable."""


class Merge(NamedTuple):
    """The tree that a merge would produce, or the paths in conflict."""

    tree: str
    conflicts: tuple[str, ...] = ()


class Repository:
    """The objects and refs of a repository; a context manager that holds a temporary folder and one process."""

    def __init__(self, folder: str) -> None:
        self.git_dir = _git_dir(folder)
        self.common_dir = _common_dir(self.git_dir)
        if os.path.exists(os.path.join(self.common_dir, "reftable")):
            raise Unjudged("the refs are kept as a reftable, which is not read yet", help="git refs migrate --ref-format=files")
        self._stack = ExitStack()
        self._batch: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Repository:
        self._own = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="pmlint-"))
        objects = os.path.join(self.common_dir, "objects")
        if "\n" in objects:
            raise Unjudged("the repository's path has a line break", help="move it")
        bare = os.path.join(self._own, "bare")
        for name in ("objects/info", "refs/heads"):
            os.makedirs(os.path.join(bare, name))
        wide = len(self._any_id() or "") == 64
        config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n" + ("[extensions]\n\tobjectformat = sha256\n" if wide else "")
        _write(os.path.join(bare, "config"), config)
        _write(os.path.join(bare, "HEAD"), "ref: refs/heads/none\n")
        _write(os.path.join(bare, "objects/info/alternates"), objects + "\n")
        self._bare = bare
        return self

    def __exit__(self, *error: object) -> None:
        if self._batch is not None:
            assert self._batch.stdin is not None
            assert self._batch.stdout is not None
            self._batch.stdin.close()
            self._batch.stdout.close()
            self._batch.kill()
            self._batch.wait()
        self._stack.close()

    def resolve(self, revision: str) -> str:
        """The full id of the commit that a revision names: an id, HEAD, a branch, a remote branch or a tag, with ``~`` and ``^``.

        A branch wins over a tag of the same name. Raises `Unjudged`.
        """
        match = _REVISION.fullmatch(revision)
        unknown = Unjudged(f"there is no revision '{revision}'", help="fetch it: git fetch origin, or check the name")
        if match is None or revision.startswith("-"):
            raise unknown
        name = self._ref(match["name"]) or match["name"]
        if not re.fullmatch(r"[0-9a-f]{4,64}", name):
            raise unknown
        done = self._run("rev-parse", "--verify", "--quiet", f"{name}{match['steps']}^{{commit}}", check=False)
        found = done.stdout.decode().strip()
        if done.returncode or not _ID.fullmatch(found):
            raise unknown if not self.is_shallow else self._missing(f"'{revision}'")
        return found

    @property
    def is_unborn(self) -> bool:
        """Whether nothing at all has been committed yet. Raises `Unjudged` where HEAD points nowhere and there are commits."""
        if self._ref("HEAD") is not None:
            return False
        heads = os.path.join(self.common_dir, "refs", "heads")
        if self._packed() or any(files for _, _, files in os.walk(heads)):
            raise Unjudged("HEAD points at no commit", help="check a branch out, or name the target: --base")
        return True

    @property
    def is_shallow(self) -> bool:
        """Whether history ends before its beginning."""
        return os.path.exists(os.path.join(self.common_dir, "shallow"))

    def tree(self, revision: str) -> GitTree:
        """The files of a commit or tree, by its full id."""
        return GitTree(self, revision)

    def merge(self, target: str, head: str) -> Merge:
        """The tree that merging ``head`` into ``target`` would produce. Raises `Unjudged` where history is missing."""
        done = self._run("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", target, head, check=False)
        parts = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        if done.returncode == 0 and _ID.fullmatch(parts[0]):
            return Merge(parts[0])
        if done.returncode == 1 and _ID.fullmatch(parts[0]):
            return Merge(parts[0], tuple(dict.fromkeys(filter(None, parts[1:]))))
        said = done.stderr.decode(errors="replace")
        if "unrelated histories" in said:
            raise self._missing("what both sides have in common")
        if "usage:" in said or "unknown option" in said:
            raise Unjudged("this git can't merge without a work tree", help="install git 2.38 or newer")
        raise self._missing(said.strip().partition("\n")[0] or "the merge")

    def staged(self) -> str:
        """The tree of what is staged; in a hook, of the index that git says it commits. Raises `Unjudged` for a merge in conflict."""
        index = os.environ.get("GIT_INDEX_FILE") or os.path.join(self.git_dir, "index")
        copy = os.path.join(self._own, "index")
        try:
            shutil.copyfile(index, copy)
        except FileNotFoundError:
            return self._run("mktree", feed=b"").stdout.decode().strip()
        except OSError as error:
            raise Unjudged(f"the index can't be read: {error.strerror}", help="git status") from None
        done = self._run("write-tree", check=False, index=copy)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
            raise Unjudged(f"what is staged is no tree: {said}", help="resolve the conflict: git status")
        return done.stdout.decode().strip()

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether a commit is reachable from another."""
        done = self._run("merge-base", "--is-ancestor", commit, of, check=False)
        if done.returncode > 1:
            raise self._missing("a part of history")
        return done.returncode == 0

    def touched(self, commit: str) -> list[str]:
        """The paths that a commit changes against each of its parents."""
        done = self._run("diff-tree", "--root", "-r", "-m", "-z", "--name-only", "--no-renames", "--no-commit-id", "--no-ext-diff", commit)
        return [path for path in done.stdout.decode("utf-8", "surrogateescape").split("\0") if path]

    def first_parents(self, commit: str) -> list[str]:
        """The commits of the first-parent history, the newest first."""
        return self._run("rev-list", "--first-parent", commit).stdout.decode().split()

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        """The content of an object by its full id. Raises `Malformed` for more than ``limit`` bytes, `Unjudged` where it is missing."""
        if self._batch is None:
            self._batch = subprocess.Popen(
                self._words("cat-file", "--batch"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self._environment(), cwd=self._own
            )
        assert self._batch.stdin is not None
        assert self._batch.stdout is not None
        self._batch.stdin.write(name.encode() + b"\n")
        self._batch.stdin.flush()
        head = self._batch.stdout.readline().split()
        if len(head) != 3:
            raise self._missing("a file of the tree")
        size = int(head[2])
        if size <= limit:
            return self._batch.stdout.read(size + 1)[:-1]
        left = size + 1
        while left:
            left -= len(self._batch.stdout.read(min(left, 1 << 20))) or left
        raise too_large(size, limit)

    def list_tree(self, revision: str) -> Iterator[tuple[str, str, str]]:
        """Mode, object id and path of everything in a tree, folders too."""
        done = self._run("ls-tree", "-r", "-t", "-z", "--full-tree", revision)
        for line in done.stdout.decode("utf-8", "surrogateescape").split("\0"):
            if line:
                head, _, path = line.partition("\t")
                mode, _, name = head.split(" ")
                yield mode, name, path

    def _ref(self, name: str) -> str | None:
        """The id that a ref's name stands for, read from files; None where there is no such ref."""
        if _ID.fullmatch(name):
            return name
        places = (
            [name] if name == "HEAD" or name.startswith("refs/") else [f"refs/heads/{name}", f"refs/remotes/{name}", f"refs/tags/{name}"]
        )
        if name.startswith("@"):
            places = ["HEAD"] if name == "@" else []
        for place in places:
            found = self._read_ref(place)
            if found:
                return found
        return None

    def _read_ref(self, name: str, depth: int = 0) -> str | None:
        if depth > 5 or ".." in name or "\0" in name:
            return None
        folder = self.git_dir if name == "HEAD" else self.common_dir
        try:
            with open(os.path.join(folder, *name.split("/")), encoding="utf-8") as file:
                text = file.read(4096).strip()
        except (OSError, ValueError):
            return self._packed().get(name)
        if text.startswith("ref: "):
            return self._read_ref(text[5:].strip(), depth + 1)
        return text if _ID.fullmatch(text) else None

    def _packed(self) -> dict[str, str]:
        try:
            with open(os.path.join(self.common_dir, "packed-refs"), encoding="utf-8", errors="replace") as file:
                pairs = (line.split(" ", 1) for line in file if line[0] not in "#^")
                return {name.strip(): commit for commit, name in pairs}
        except OSError:
            return {}

    def _any_id(self) -> str | None:
        return self._read_ref("HEAD") or next(iter(self._packed().values()), None)

    def _missing(self, what: str) -> Unjudged:
        if self.is_shallow:
            return Unjudged(f"{what} is not here: the clone is shallow", help="git fetch --unshallow (in CI: fetch-depth: 0)")
        return Unjudged(f"{what} is not here", help="git fetch --refetch origin, with all of history (in CI: fetch-depth: 0)")

    def _words(self, *words: str) -> list[str]:
        return [_program(), "--no-replace-objects", "--literal-pathspecs", *words]

    def _environment(self, index: str = "") -> dict[str, str]:
        nowhere = os.devnull
        return {
            **{name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ},
            "HOME": self._own,
            "XDG_CONFIG_HOME": self._own,
            "LC_ALL": "C",
            "GIT_DIR": self._bare,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": nowhere,
            "GIT_CONFIG_SYSTEM": nowhere,
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_GRAFT_FILE": nowhere,
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            **({"GIT_INDEX_FILE": index} if index else {}),
        }

    def _run(self, *words: str, check: bool = True, feed: bytes | None = None, index: str = "") -> subprocess.CompletedProcess[bytes]:
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
            raise Unjudged(f"git {words[0]} took more than {_TIMEOUT} seconds", help="git gc, then try again") from None
        if check and done.returncode:
            raise self._missing(done.stderr.decode(errors="replace").strip().partition("\n")[0] or f"the answer of git {words[0]}")
        return done


class GitTree:
    """The files of a commit or tree (`pmlint.tree.Tree`). ``ids`` are the object ids by path, so that equal files are known as equal."""

    def __init__(self, repository: Repository, revision: str) -> None:
        self.revision = revision
        self.ids: dict[str, str] = {}
        self._repository = repository
        self._kinds: dict[str, Kind] = {}
        for mode, name, path in repository.list_tree(revision):
            kind = self._kinds[path] = _KINDS.get(mode, "other")
            self.ids[path] = name if kind == "file" else f"{kind} {name}"

    def walk(self, folder: str) -> list[Entry]:
        top = self.entry(folder) if folder else Entry("", "folder")
        if top is None or top.kind != "folder":
            return [] if top is None else [top]
        below = f"{folder}/" if folder else ""
        return sorted(Entry(path, kind) for path, kind in self._kinds.items() if kind != "folder" and path.startswith(below))

    def entry(self, path: str) -> Entry | None:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if self._kinds.get("/".join(parts[:depth])) == "symlink":
                return Entry(path, "symlink")
        kind = self._kinds.get(path)
        return None if kind is None else Entry(path, kind)

    def read(self, path: str, limit: int = MAX_BYTES) -> bytes:
        kind = self._kinds.get(path)
        if kind is None:
            raise Malformed("the file can't be read: there is none", help="check that it exists")
        if kind != "file":
            raise not_a_file({"symlink": "a symbolic link", "folder": "a folder"}.get(kind, "not a regular file"))
        return self._repository.blob(self.ids[path], limit)

    def paths(self) -> Iterable[str]:
        """Every path, folders too."""
        return self._kinds


def _git_dir(folder: str) -> str:
    """The git directory of the repository around a folder. Raises `Unjudged` where there is none."""
    here = os.path.abspath(folder)
    while True:
        inside = os.path.join(here, ".git")
        if os.path.isdir(inside):
            return inside
        if os.path.isfile(inside):
            with open(inside, encoding="utf-8", errors="replace") as file:
                return os.path.normpath(os.path.join(here, file.read(4096).partition("gitdir:")[2].strip()))
        if os.path.isfile(os.path.join(here, "HEAD")) and os.path.isdir(os.path.join(here, "objects")):
            return here
        parent = os.path.dirname(here)
        if parent == here:
            raise Unjudged(f"'{folder}' is in no git repository", help="run it in the repository, or: git init")
        here = parent


def _common_dir(git_dir: str) -> str:
    """Where objects and refs are: the git directory itself, or that of the main work tree."""
    try:
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8") as file:
            return os.path.normpath(os.path.join(git_dir, file.read(4096).strip()))
    except OSError:
        return git_dir


def _program() -> str:
    """Git by its full path, never one that lies in the current folder."""
    path = os.pathsep.join(part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(part))
    found = shutil.which("git", path=path)
    if found is None:
        raise Unjudged("there is no git", help="install git 2.38 or newer")
    return found


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
