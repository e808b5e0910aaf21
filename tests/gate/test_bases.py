"""What a change is compared with: a branch as the remote has it, a commit, or the car ahead."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from pmlint.gate.bases import Branch, CarAhead, Commit, TrainOrBranch
from pmlint.git import Repository, Unjudged
from tests.git_folder import GitFolder


class Clone(GitFolder):
    """A clone by hand: ``main`` of three remotes, and a branch of its own of that name."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.first = self.commit("first")
        self.second = self.commit("second")

    def remote(self, name: str, branch: str, commit: str) -> None:
        self.git("update-ref", f"refs/remotes/{name}/{branch}", commit)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


def commit_of(clone: Clone, base: Branch | Commit | CarAhead | TrainOrBranch) -> str:
    with Repository(str(clone.root)) as repository:
        return base.commit(repository)


@pytest.mark.parametrize("name", ["main", "refs/heads/main"])
def test_a_branch_of_the_remote(name: str, clone: Clone) -> None:
    """One of this clone is anybody's: the job makes it."""
    clone.remote("upstream", "main", clone.second)
    assert commit_of(clone, Branch(name)) == clone.second  # the only remote that has it
    clone.remote("origin", "main", clone.first)
    assert commit_of(clone, Branch(name)) == clone.first


def test_a_branch_of_several_remotes_is_none_of_them(clone: Clone) -> None:
    for remote in ("fork", "upstream"):
        clone.remote(remote, "main", clone.first)
    with pytest.raises(Unjudged, match="several remotes have a branch 'main': fork, upstream") as e:
        commit_of(clone, Branch("main"))
    words = shlex.split(e.value.help)
    assert words[:3] == ["pmlint", "gate", "--base"]
    assert e.value.code == "unknown-revision"
    # the way out names what is there
    assert commit_of(clone, Commit(words[3])) == clone.first


def test_a_branch_that_no_remote_has(clone: Clone) -> None:
    with pytest.raises(Unjudged, match="the base branch 'main' is not fetched") as e:
        commit_of(clone, Branch("main"))
    assert e.value.code == "unknown-revision"
    assert e.value.help.startswith("git fetch ")


def test_the_car_ahead(clone: Clone) -> None:
    """Where the train makes no merge the first parent may be of the same change."""
    branch = Branch("main")
    clone.remote("origin", "main", clone.first)
    clone.git("checkout", "-q", "--detach", clone.second)
    clone.git("commit", "-q", "--allow-empty", "-m", "of the same change")
    change = clone.git("rev-parse", "HEAD")
    assert commit_of(clone, CarAhead(branch, change)) == clone.first
    clone.git("checkout", "-q", "--detach", clone.second)
    clone.git("merge", "-q", "--no-ff", "-m", "train", change)
    assert commit_of(clone, CarAhead(branch, clone.git("rev-parse", "HEAD"))) == clone.second


def test_a_train_or_a_branch(clone: Clone) -> None:
    """GitLab does not say which; a train's merge has the car ahead before it, which the branch
    does not have.
    """
    clone.remote("origin", "main", clone.second)

    def merged(onto: str, source: str) -> str:
        clone.git("checkout", "-q", "--detach", onto)
        clone.git("merge", "-q", "--no-ff", "-m", "merge", source)
        return clone.git("rev-parse", "HEAD")

    def made(name: str) -> str:
        clone.git("checkout", "-q", "-b", name, clone.first)
        clone.write(f"{name}.txt", name)
        return clone.commit(name)

    source, other = made("source"), made("other")
    branch = Branch("main")
    car = merged(clone.second, other)
    train = merged(car, source)
    plain = merged(clone.second, source)
    older = merged(clone.first, source)
    for merge, expected in ((train, car), (plain, clone.second), (older, clone.second)):
        assert commit_of(clone, TrainOrBranch(branch, merge, source)) == expected
    # no merge of this source: whatever the job checked out, the branch as it is now
    assert commit_of(clone, TrainOrBranch(branch, source, source)) == clone.second
    assert commit_of(clone, TrainOrBranch(branch, train, other)) == clone.second
