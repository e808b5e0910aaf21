"""What git merges is held to its ids, and what two commits have in common is what git says."""

from __future__ import annotations

import os
import random
import zlib
from pathlib import Path

import pytest

from pmlint.git import Repository, Unjudged
from pmlint.git.commits import commit_of
from tests.git_folder import GitFolder

TEXT = "".join(f"line {number}\n" for number in range(20))


class Clone(GitFolder):
    """A repository of a few files."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        for name in ("a/one.txt", "a/two.txt", "b/three.txt"):
            self.write(name, TEXT + name)
        self.start = self.commit("start")

    def side(self, name: str, path: str, text: str) -> str:
        """A branch with one file changed, removed where the text is empty."""
        self.git("checkout", "-q", "-B", name, self.start)
        if text:
            self.write(path, text)
        else:
            (self.root / path).unlink()
        return self.commit(name)

    def object(self, name: str) -> Path:
        return self.root / ".git/objects" / name[:2] / name[2:]

    def lie(self, revision: str, kind: str, data: bytes) -> str:
        """Give an object other contents; its id."""
        name = self.git("rev-parse", revision)
        os.chmod(self.object(name), 0o644)
        self.object(name).write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data))
        return name

    def raw(self, revision: str) -> bytes:
        stored = zlib.decompress(self.object(self.git("rev-parse", revision)).read_bytes())
        return stored.partition(b"\0")[2]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


def test_sides_of_which_one_has_nothing_of_its_own(clone: Clone) -> None:
    head = clone.side("head", "a/one.txt", "other\n")
    with Repository(str(clone.root)) as repository:
        tree = repository.tree_id(head)
        for target, change in ((clone.start, head), (head, clone.start), (head, head)):
            assert repository.merge(target, change) == (tree, ())
            assert clone.git("merge-tree", "--write-tree", target, change) == tree


@pytest.mark.parametrize("kind", ["commit", "tree", "folder", "blob"])
def test_a_merge_base_that_lies(kind: str, clone: Clone) -> None:
    """It says that the head changed nothing, so the merge takes the target's."""
    target = clone.side("main", "a/one.txt", TEXT + "target\n")
    head = clone.side("head", "a/one.txt", TEXT.replace("line 3", "head") + "a/one.txt")
    honest = clone.git("merge-tree", "--write-tree", target, head).splitlines()[0]
    with Repository(str(clone.root)) as repository:
        assert repository.merge(target, head).tree == honest
    revisions = {"commit": "", "tree": "^{tree}", "folder": ":a", "blob": ":a/one.txt"}
    at = revisions[kind]
    if kind == "commit":
        trees = [clone.git("rev-parse", f"{one}^{{tree}}").encode() for one in (clone.start, head)]
        lie = clone.raw(clone.start).replace(*trees)
    else:
        lie = clone.raw(f"head{at}")
    name = clone.lie(f"{clone.start}{at}", "tree" if kind == "folder" else kind, lie)
    assert clone.git("merge-tree", "--write-tree", target, head).splitlines()[0] != honest
    with (
        Repository(str(clone.root)) as repository,
        pytest.raises(Unjudged, match=f"object {name[:12]} do not match its id") as error,
    ):
        repository.merge(target, head)
    assert error.value.code == "missing-objects"


def test_a_file_that_hides_a_rename(clone: Clone) -> None:
    """One side moves a file, the other edits it: only by likeness git knows that it is one."""
    clone.git("checkout", "-q", "-B", "main", clone.start)
    (clone.root / "a/one.txt").unlink()
    clone.write("c/one.txt", TEXT + "moved\n")
    target = clone.commit("moved")
    head = clone.side("head", "a/one.txt", TEXT.replace("line 3", "head") + "a/one.txt")
    with Repository(str(clone.root)) as repository:
        merge = repository.merge(target, head)
        assert not merge.conflicts
        assert b"head" in repository.tree(merge.tree).read("c/one.txt")
    name = clone.lie("main:c/one.txt", "blob", b"nothing of the kind\n")
    with (
        Repository(str(clone.root)) as repository,
        pytest.raises(Unjudged, match=f"object {name[:12]} do not match its id"),
    ):
        repository.merge(target, head)


def test_a_file_that_has_no_part_in_the_merge(clone: Clone) -> None:
    """It is read by whoever needs it, and a large repository has many."""
    target = clone.side("main", "a/one.txt", TEXT + "target\n")
    head = clone.side("head", "a/two.txt", TEXT + "head\n")
    clone.lie("main:b/three.txt", "blob", b"nothing\n")
    with Repository(str(clone.root)) as repository:
        assert not repository.merge(target, head).conflicts


def test_what_commits_have_in_common_is_what_git_says(clone: Clone) -> None:
    """Random histories with merges, many of them crossing, and days out of order."""
    chance = random.Random(7)
    commits = [clone.start]
    tree = clone.git("rev-parse", f"{clone.start}^{{tree}}")
    for _ in range(40):
        parents = dict.fromkeys(chance.choices(commits[-8:], k=chance.choice([1, 2])))
        day = f"{1_700_000_000 + chance.randrange(900)} +0000"
        words = [word for parent in parents for word in ("-p", parent)]
        env = {"GIT_COMMITTER_DATE": day, "GIT_AUTHOR_DATE": day}
        commits.append(clone.git("commit-tree", tree, *words, "-m", "x", **env))
    several = 0
    with Repository(str(clone.root)) as repository:
        for _ in range(150):
            pair = chance.choices(commits, k=2)
            said = set(clone.git("merge-base", "--all", *pair).split())
            found = repository.commits.in_common(*pair)
            # of those that git calls redundant nothing is lost: they only are checked, too
            assert said <= set(found)
            assert len(found) > 1 or said == set(found)
            several += len(said) > 1
    assert several


def test_histories_with_nothing_in_common(clone: Clone) -> None:
    other = clone.git("commit-tree", "-m", "other", clone.git("rev-parse", "HEAD^{tree}"))
    with (
        Repository(str(clone.root)) as repository,
        pytest.raises(Unjudged, match="no commit in common"),
    ):
        repository.merge(clone.start, other)


def test_a_commit_that_git_would_not_write() -> None:
    with pytest.raises(Unjudged, match="the commit aaaaaaaaaaaa is not as git writes it") as error:
        commit_of("a" * 40, b"tree x\n")
    assert error.value.code == "unreadable-file"
