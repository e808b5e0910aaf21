"""Which change is judged where nobody names revisions: by a hook, a CI system, what is staged.

1. `SYSTEMS` is the table of docs/spec/adopt.md (CI): what a system sets, where base and head are,
   and the line to copy where it does not say. A system whose answer is not two variables reads it
   with a function of its own.
2. In a CI nothing is guessed: what the table does not name is ``no-revisions``, exit code 2.
3. Two systems at once (a runner inside a runner) are one too many: which of them speaks of this
   change is not known.
4. The author is who the forge says made the change. A variable that names who started the run
   names nobody (docs/spec/gate.md, 10).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pmlint.errors import UsageError
from pmlint.gate.bases import Base, Branch, CarAhead, Commit, TrainOrBranch
from pmlint.git import Repository, Unjudged

Environment = Mapping[str, str]

_ZEROS = re.compile(r"0{40}(?:0{24})?")
"""What forges write for the commit before a branch existed."""


class Asked(NamedTuple):
    """What is to be compared: a base, and a head, which is empty for what is staged.

    ``by`` is who said so, empty where nobody did. ``in_queue``: a queue or train, whose event names
    no author and whose changes were judged one by one.
    """

    base: Base
    head: str
    author: str = ""
    by: str = ""
    in_queue: bool = False

    def commits(self, repository: Repository) -> tuple[str, str]:
        """The full ids of base and head. Raises `Unjudged` where one is not there, or not clear."""
        base = self.base.commit(repository)
        return base, repository.resolve(self.head) if self.head else ""


class System(NamedTuple):
    """A CI system. Conditions are ``NAME`` (set, and not empty), ``NAME=value`` (without regard to
    case) or ``NAME=#`` (a number).

    ``here``: what only this system sets, any of which will do. ``when``: what it sets for a change
    that can be judged, all of it. ``base`` is the variable that names the branch, ``head`` those
    that name the commit, the first that is set; the last may be a revision in quotes. ``queue`` is
    the variable of the commit ahead in a merge queue. ``read`` answers instead of them.
    ``line`` is what to copy where nothing says what to compare.
    """

    name: str
    here: tuple[str, ...]
    line: str
    when: tuple[str, ...] = ()
    base: str = ""
    head: tuple[str, ...] = ()
    author: str = ""
    queue: str = ""
    read: Callable[[Environment], Asked | None] | None = None

    def is_here(self, environ: Environment) -> bool:
        """Whether the environment is one of this system."""
        named = any(_holds(condition, environ) for condition in self.here)
        return named or (bool(self.when) and self._judges(environ))

    def asked(self, environ: Environment) -> Asked | None:
        """What the system says is to be compared; None where it does not say it."""
        if self.read is not None:
            return self.read(environ)
        head = next(filter(None, (_revision(name, environ) for name in self.head)), "")
        ahead = environ.get(self.queue, "") if self.queue else ""
        if ahead and head:
            return Asked(Commit(ahead), head, by=self.name, in_queue=True)
        if not head or not self._judges(environ):
            return None
        author = environ.get(self.author, "") if self.author else ""
        return Asked(Branch(environ[self.base]), head, author, self.name)

    def _judges(self, environ: Environment) -> bool:
        conditions = (*self.when, self.base) if self.base else self.when
        return all(_holds(condition, environ) for condition in conditions)


def _holds(condition: str, environ: Environment) -> bool:
    name, _, value = condition.partition("=")
    found = environ.get(name, "").strip()
    if value == "#":
        return found.isdecimal()
    return found.casefold() == value if value else bool(found)


def _revision(name: str, environ: Environment) -> str:
    return name.strip("'") if name.startswith("'") else environ.get(name, "").strip()


def _github(environ: Environment) -> Asked | None:
    """GitHub, Gitea and Forgejo: the event's file says it."""
    name = environ.get("GITHUB_EVENT_NAME", "")
    if not re.fullmatch(r"pull_request(?:_target|_review|_review_comment)?|merge_group|push", name):
        return None
    event = _Event(environ.get("GITHUB_EVENT_PATH", ""))
    if name == "merge_group":
        base, head = event.text("merge_group", "base_sha"), event.text("merge_group", "head_sha")
        return Asked(Commit(base), head, by="GitHub", in_queue=True) if base and head else None
    if name == "push":
        return _push(event)
    base, head = (
        event.text("pull_request", "base", "ref"),
        event.text("pull_request", "head", "sha"),
    )
    author = event.text("pull_request", "user", "login")
    return Asked(Branch(base), head, author, "GitHub") if base and head else None


def _push(event: _Event) -> Asked | None:
    before, after = event.text("before"), event.text("after")
    if not before or not after or _ZEROS.fullmatch(after):
        return None
    author = event.text("sender", "login")
    if not _ZEROS.fullmatch(before):
        return Asked(Commit(before), after, author, "GitHub")
    default = event.text("repository", "default_branch")
    # The first push of the default branch would be compared with itself, which says nothing.
    if not default or event.text("ref") == f"refs/heads/{default}":
        return None
    return Asked(Branch(default), after, author, "GitHub")


def _gitlab(environ: Environment) -> Asked | None:
    """GitLab: merge requests, trains, branches and tags."""
    commit = environ.get("CI_COMMIT_SHA", "")
    if not commit or environ.get("CI_EXTERNAL_PULL_REQUEST_IID"):
        return None
    if environ.get("CI_MERGE_REQUEST_IID"):
        return _merge_request(environ, commit)
    default = environ.get("CI_DEFAULT_BRANCH", "")
    name = environ.get("CI_COMMIT_BRANCH") or environ.get("CI_COMMIT_REF_NAME")
    if environ.get("CI_COMMIT_TAG") or (default and name and name != default):
        return Asked(Branch(default), commit, by="GitLab") if default else None
    before = environ.get("CI_COMMIT_BEFORE_SHA", "")
    # Zeros in a scheduled pipeline, in one that somebody started, and in the first of a branch.
    if not default or not before or _ZEROS.fullmatch(before):
        return None
    return Asked(Commit(before), commit, by="GitLab")


def _merge_request(environ: Environment, commit: str) -> Asked | None:
    target = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
    source = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")
    kind = environ.get("CI_MERGE_REQUEST_EVENT_TYPE", "")
    if not target or kind not in ("", "detached", "merged_result", "merge_train"):
        return None
    if kind == "merge_train":
        return Asked(CarAhead(Branch(target), commit), commit, by="GitLab", in_queue=True)
    if kind or not source:
        return Asked(Branch(target), source or commit, by="GitLab")
    # In both cases the source is the head: approvals are given to it, and a car adds nothing else.
    return Asked(TrainOrBranch(Branch(target), commit, source), source, by="GitLab")


SYSTEMS = (
    System(
        "GitHub",
        ("GITHUB_ACTIONS=true", "GITEA_ACTIONS=true", "FORGEJO_ACTIONS=true"),
        '--base "origin/${{ github.event.repository.default_branch }}" --head "$GITHUB_SHA"',
        read=_github,
    ),
    System(
        "GitLab",
        ("GITLAB_CI=true", "CI_MERGE_REQUEST_IID", "CI_DEFAULT_BRANCH"),
        '--base "origin/$CI_DEFAULT_BRANCH" --head "$CI_COMMIT_SHA"',
        read=_gitlab,
    ),
    System(
        "Bitbucket",
        ("BITBUCKET_BUILD_NUMBER", "BITBUCKET_PIPELINE_UUID"),
        '--base origin/main --head "$BITBUCKET_COMMIT"',
        base="BITBUCKET_PR_DESTINATION_BRANCH",
        when=("BITBUCKET_PR_DESTINATION_BRANCH",),
        head=("BITBUCKET_COMMIT",),
    ),
    System(
        "Azure DevOps",
        ("TF_BUILD=true",),
        '--base origin/main --head "$BUILD_SOURCEVERSION"',
        when=("BUILD_REASON=pullrequest",),
        base="SYSTEM_PULLREQUEST_TARGETBRANCH",
        head=("SYSTEM_PULLREQUEST_SOURCECOMMITID",),
    ),
    System(
        "Jenkins",
        ("JENKINS_URL",),
        '--base origin/main --head "$GIT_COMMIT"',
        when=("CHANGE_TARGET",),
        base="CHANGE_TARGET",
        head=("GIT_COMMIT", "'HEAD'"),
        author="CHANGE_AUTHOR",
    ),
    System(
        "Buildkite",
        ("BUILDKITE=true",),
        '--base "origin/$BUILDKITE_PIPELINE_DEFAULT_BRANCH" --head "$BUILDKITE_COMMIT"',
        when=("BUILDKITE_PULL_REQUEST_BASE_BRANCH",),
        base="BUILDKITE_PULL_REQUEST_BASE_BRANCH",
        head=("BUILDKITE_COMMIT",),
        queue="BUILDKITE_MERGE_QUEUE_BASE_COMMIT",
    ),
    System(
        "Woodpecker",
        ("CI=woodpecker",),
        '--base "origin/$CI_REPO_DEFAULT_BRANCH" --head "$CI_COMMIT_SHA"',
        when=("CI=woodpecker", "CI_PIPELINE_EVENT=pull_request"),
        base="CI_COMMIT_TARGET_BRANCH",
        head=("CI_COMMIT_SHA",),
    ),
    System(
        "Drone",
        ("DRONE=true", "HARNESS_BUILD_ID"),
        '--base "origin/$DRONE_REPO_BRANCH" --head "$DRONE_COMMIT_SHA"',
        when=("DRONE_BUILD_EVENT=pull_request",),
        base="DRONE_TARGET_BRANCH",
        head=("DRONE_COMMIT_SHA",),
    ),
    System(
        "Travis CI",
        ("TRAVIS=true",),
        '--base origin/main --head "$TRAVIS_COMMIT"',
        when=("TRAVIS_PULL_REQUEST=#",),
        base="TRAVIS_BRANCH",
        head=("TRAVIS_PULL_REQUEST_SHA",),
    ),
    System(
        "AppVeyor",
        ("APPVEYOR=true",),
        '--base origin/main --head "$APPVEYOR_REPO_COMMIT"',
        when=("APPVEYOR_PULL_REQUEST_NUMBER",),
        base="APPVEYOR_REPO_BRANCH",
        head=("APPVEYOR_PULL_REQUEST_HEAD_COMMIT",),
    ),
    System(
        "Cirrus CI",
        ("CIRRUS_CI=true",),
        '--base "origin/$CIRRUS_DEFAULT_BRANCH" --head "$CIRRUS_CHANGE_IN_REPO"',
        when=("CIRRUS_PR",),
        base="CIRRUS_BASE_BRANCH",
        head=("CIRRUS_CHANGE_IN_REPO",),
    ),
    System(
        "Semaphore",
        ("SEMAPHORE=true",),
        '--base origin/main --head "$SEMAPHORE_GIT_SHA"',
        when=("SEMAPHORE_GIT_PR_NUMBER",),
        base="SEMAPHORE_GIT_BRANCH",
        head=("SEMAPHORE_GIT_PR_SHA",),
    ),
    System(
        "CodeBuild",
        ("CODEBUILD_BUILD_ID",),
        '--base origin/main --head "$CODEBUILD_RESOLVED_SOURCE_VERSION"',
        when=("CODEBUILD_WEBHOOK_BASE_REF",),
        base="CODEBUILD_WEBHOOK_BASE_REF",
        head=("CODEBUILD_RESOLVED_SOURCE_VERSION",),
    ),
    # No variable of these names the base.
    System("CircleCI", ("CIRCLECI=true",), '--base origin/main --head "$CIRCLE_SHA1"'),
    System("TeamCity", ("TEAMCITY_VERSION",), '--base origin/main --head "%build.vcs.number%"'),
)


def asked(environ: Environment) -> Asked:
    """What the surroundings ask for; outside a hook and a CI what is staged against HEAD.

    Raises `Unjudged` where a CI does not say what to compare, or two do.
    """
    if environ.get("PRE_COMMIT_FROM_REF") and environ.get("PRE_COMMIT_TO_REF"):
        base, head = environ["PRE_COMMIT_FROM_REF"], environ["PRE_COMMIT_TO_REF"]
        return Asked(Commit(base), head, by="pre-commit")
    here = [system for system in SYSTEMS if system.is_here(environ)]
    if len(here) > 1:
        names = " and ".join(system.name for system in here)
        raise _no_revisions(f"variables of {names} at once", "--base origin/main --head HEAD")
    if here:
        found = here[0].asked(environ)
        if found is None:
            what = f"in CI ({here[0].name}), and nothing says what to compare"
            raise _no_revisions(what, here[0].line)
        return found
    if environ.get("CI", "").casefold() not in ("", "0", "false"):
        what = "in CI, and nothing says what to compare"
        raise _no_revisions(what, "--base origin/main --head HEAD")
    return Asked(Commit("HEAD"), "")


def nothing_staged() -> Unjudged:
    """What is raised outside a CI, without options, where nothing is staged."""
    return _no_revisions("nothing is staged", "--worktree", " (or --base REV --head REV)")


def _no_revisions(what: str, options: str, note: str = "") -> Unjudged:
    return Unjudged(what, help=f"pmlint gate {options}{note}", code="no-revisions")


class _Event:
    """The event of a GitHub workflow. Raises `UsageError` where its file cannot be read."""

    def __init__(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                self._data = json.load(file)
            if not isinstance(self._data, dict):
                raise ValueError
        except (OSError, ValueError, RecursionError):
            raise UsageError(
                "the event of the workflow cannot be read",
                file=path,
                help="pmlint gate --base origin/main --head HEAD",
                code="unreadable-approvals",
            ) from None

    def text(self, *names: str) -> str:
        """The text at a path of the event; empty where there is none."""
        found: Any = self._data
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, str) else ""
