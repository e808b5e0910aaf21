"""The world of the gate without a git: trees in memory, so that a change is judged in milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import pairwise

from pmlint.check.verdict import Verdict
from pmlint.gate.approvals import GivenApproval
from pmlint.gate.case import GateChange
from pmlint.gate.verdict import judge
from pmlint.git import GitTree, Unjudged
from pmlint.git.makers import MadeCommit
from pmlint.git.tree import Folder, TreeItem
from pmlint.parsing.source import MAX_BYTES, Malformed
from tests.gate.world import BASE, POSTMORTEM, PROVED, ROUTE, TEST, TODAY, World

Files = dict[str, bytes]
ALLOWED = ["allowed"]


class Objects:
    """What the gate asks of a repository, over commits in memory, one after the other; the ids are
    numbers.
    """

    def __init__(self) -> None:
        self.commits: list[Files] = []
        self.blobs: dict[str, bytes] = {}
        self.folders: dict[str, Folder] = {}
        self.queued: dict[tuple[str, str], str] = {}

    def add(self, files: Files) -> str:
        self.commits.append(dict(files))
        return f"{len(self.commits):040x}"

    def resolve(self, name: str) -> str:
        number = int(name, 16)
        if not 0 < number <= len(self.commits) or len(name) < 40:
            raise Unjudged(f"there is no revision '{name}'")
        return f"{number:040x}"

    def tree(self, revision: str) -> GitTree:
        return GitTree(self, revision)

    def top(self, revision: str) -> str:
        return self._stored(self.commits[int(revision, 16) - 1])

    def folder(self, name: str) -> Folder:
        return self.folders[name]

    def item(self, files: Files, path: str) -> TreeItem:
        """What git has at the path of a file."""
        return TreeItem("file", self.named(files, path))

    def _stored(self, files: Files) -> str:
        """Keep the files below a folder as git does, a mapping for each folder, and give its id."""
        below: dict[str, Files] = {}
        items: dict[str, TreeItem] = {}
        for path, data in files.items():
            first, slash, rest = path.partition("/")
            if slash:
                below.setdefault(first, {})[rest] = data
            else:
                items[first] = self.item(files, path)
        items |= {name: TreeItem("folder", self._stored(inner)) for name, inner in below.items()}
        name = hashlib.sha1(repr(sorted(items.items())).encode()).hexdigest()
        self.folders[name] = items
        return name

    def blob(self, name: str, limit: int = MAX_BYTES) -> bytes:
        if name not in self.blobs:  # of a commit that nobody has asked for
            for files in self.commits:
                for path in files:
                    self.named(files, path)
        if name not in self.blobs:
            raise Unjudged(f"there is no object '{name}'")
        if len(self.blobs[name]) > limit:
            raise Malformed("too large")
        return self.blobs[name]

    @property
    def log(self) -> Objects:
        return self

    def is_ancestor(self, commit: str, of: str) -> bool:
        return int(self.resolve(commit), 16) <= int(self.resolve(of), 16)

    def touched(self, commit: str) -> dict[str, tuple[str, str]]:
        number = int(commit, 16)
        after, before = self.commits[number - 1], self.commits[number - 2] if number > 1 else {}
        paths = sorted(
            path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
        )
        return {path: (self.named(before, path), self.named(after, path)) for path in paths}

    def named(self, files: Files, path: str) -> str:
        if path not in files:
            return ""
        name = hashlib.sha1(b"blob %d\0" % len(files[path]) + files[path]).hexdigest()
        self.blobs[name] = files[path]
        return name

    def commits_between(self, base: str, head: str) -> list[MadeCommit]:
        return []

    def blob_at(self, commit: str, path: str) -> str:
        return self.named(self.commits[int(commit, 16) - 1], path)

    def paths_at(self, commit: str) -> list[str]:
        return sorted(self.commits[int(commit, 16) - 1])

    def parents(self, commit: str) -> list[str]:
        return self.first_parents(commit)[1:2]

    def first_parents(self, commit: str, folder: str = "") -> list[str]:
        return [f"{number:040x}" for number in range(int(commit, 16), 0, -1)]

    def first_parent_line(self, commit: str) -> frozenset[str]:
        return frozenset(self.first_parents(commit))

    def former_blobs(self, commit: str, folders: Iterable[str]) -> list[str]:
        places = set(folders)
        found: dict[str, None] = {}
        for before, after in pairwise(self.commits[: int(commit, 16)]):
            for path in before:
                is_asked = path in places or path.rpartition("/")[0] in places
                if is_asked and before[path] != after.get(path):
                    found[self.named(before, path)] = None
        return list(found)

    def deleted(self, commit: str, name: str, folders: tuple[str, ...]) -> str:
        return ""

    def merged_alone(self, target: str, head: str) -> str:
        return self.queued.get((self.resolve(target), self.resolve(head)), "")


class MemoryWorld(World):
    """A world whose target is its last commit; a change is what has been edited since."""

    def __init__(self) -> None:
        self.files: Files = {
            path.relative_to(BASE).as_posix(): path.read_bytes()
            for path in BASE.rglob("*")
            if path.is_file()
        }
        self.objects = Objects()
        self.write(TEST, "def test_limit() -> None: ...\n")
        self.write("pmlint.toml", "")
        self.edit(POSTMORTEM, PROVED)
        self.target = self.commit()

    def commit(self) -> str:
        self.target = self.objects.add(self.files)
        return self.target

    def read(self, path: str) -> str:
        return self.files[path].decode()

    def write(self, path: str, text: str) -> None:
        self.files[path] = text.encode()

    def move(self, old: str, new: str) -> None:
        self.files = {
            new + path[len(old) :] if f"{path}/".startswith(f"{old}/") else path: data
            for path, data in self.files.items()
        }

    def delete(self, path: str) -> None:
        del self.files[path]

    def change(self, author: str = "", approvals: tuple[GivenApproval, ...] = ()) -> GateChange:
        """What has been edited since the last commit, as a commit on top of it."""
        head = self.objects.add(self.files)
        at_head = tuple(entry._replace(commit=entry.commit or head) for entry in approvals)
        return GateChange(
            self.objects, self.target, head, self.objects.tree(head), TODAY, author, at_head
        )  # type: ignore[arg-type]

    def verdict(
        self,
        *,
        how: str = "branch",
        author: str = "",
        approvals: tuple[GivenApproval, ...] = (),
        base: str = "",
    ) -> Verdict:
        return judge(self.change(author, approvals))


Edit = Callable[[MemoryWorld], object]
"""A step of a change."""


def in_postmortem(*pairs: tuple[str, str]) -> Edit:
    """Texts of the postmortem, each replaced by another."""
    return lambda world: world.edit(POSTMORTEM, *pairs)


def in_route(*pairs: tuple[str, str]) -> Edit:
    """Texts of the route, each replaced by another."""
    return lambda world: world.edit(ROUTE, *pairs)


def written(path: str, text: str) -> Edit:
    return lambda world: world.write(path, text)


def deleted(path: str) -> Edit:
    return lambda world: world.delete(path)


def told(verdict: Verdict) -> list[str]:
    """Everything that a verdict says, line by line: each refusal with what blocks the route below
    it.
    """
    lines = [verdict.verdict]
    for refusal in verdict.refusals:
        lines.append(f"{refusal.code}: {refusal.message}")
        lines += [f"  {related.subject}: {related.reason}" for related in refusal.related]
    return lines


def lines(
    world: MemoryWorld, *edits: Edit, author: str = "", approvals: tuple[GivenApproval, ...] = ()
) -> list[str]:
    """What is said of a change, a line each."""
    for edit in edits:
        edit(world)
    return told(world.verdict(author=author, approvals=approvals))
