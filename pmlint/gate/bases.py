"""What a change can be compared with: a branch, a commit, or the car ahead in a merge train.

A base is a branch as it is now, on the remote, and never a branch of this clone: a job can make any
branch that it likes.
"""

from __future__ import annotations

import shlex
from typing import NamedTuple

from pmlint.git import Repository, Unjudged
from pmlint.git.refs import fetch_command


class Branch(NamedTuple):
    """A branch of the remote, as it is now."""

    name: str

    def commit(self, repository: Repository) -> str:
        """The full id of its tip. Raises `Unjudged` where it is not fetched, or not clear."""
        name = self.name.removeprefix("refs/heads/")
        remotes = repository.refs.remotes_with(name)
        if "origin" in remotes:
            return repository.resolve(f"refs/remotes/origin/{name}")
        if len(remotes) == 1:
            return repository.resolve(f"refs/remotes/{remotes[0]}/{name}")
        if remotes:
            raise Unjudged(
                f"several remotes have a branch '{name}': {', '.join(remotes)}",
                help=f"pmlint gate --base {shlex.quote(f'{remotes[0]}/{name}')} --head HEAD",
                code="unknown-revision",
            )
        raise Unjudged(
            f"the base branch '{name}' is not fetched",
            help=fetch_command(name),
            code="unknown-revision",
        )


class Commit(NamedTuple):
    """A commit by its id, or by any other name of a revision."""

    name: str

    def commit(self, repository: Repository) -> str:
        """Its full id. Raises `Unjudged` where it is not there."""
        return repository.resolve(self.name)


class CarAhead(NamedTuple):
    """The first parent of the merge that a merge train made: what is merged before it.

    A project that merges without merge commits has trains without them, too: the first parent of
    such a commit may be another of the same change, so only the ``branch`` is sure to be before it.
    """

    branch: Branch
    of: str

    def commit(self, repository: Repository) -> str:
        """Its full id. Raises `Unjudged` where it is not there."""
        parents = repository.log.parents(repository.resolve(self.of))
        return parents[0] if len(parents) == 2 else self.branch.commit(repository)


class TrainOrBranch(NamedTuple):
    """The base of a GitLab pipeline that does not say whether it is one of a train.

    The type of the event was empty in some pipelines (gitlab-org/gitlab#292611). A train's commit
    is a merge of the ``source`` whose first parent, the car ahead, is not on the target branch.
    """

    branch: Branch
    merge: str
    source: str

    def commit(self, repository: Repository) -> str:
        """The car ahead where it is a train, else the branch as it is now. Raises `Unjudged`."""
        branch = self.branch.commit(repository)
        parents = repository.log.parents(repository.resolve(self.merge))
        if len(parents) != 2 or parents[1] != self.source:
            return branch
        return branch if repository.log.is_ancestor(parents[0], branch) else parents[0]


Base = Branch | Commit | CarAhead | TrainOrBranch
