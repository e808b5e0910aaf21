"""Which change is judged in which CI: the table of the contract, row by row.

Each row builds the environment that the system makes in a real repository and asks the real command
line about a change that must be refused, and about one that is allowed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from pmlint.cli import commands
from pmlint.gate.bases import Branch, CarAhead, Commit, TrainOrBranch
from pmlint.gate.events import SYSTEMS, Asked, asked
from pmlint.git import Unjudged
from tests.gate.attack_data import CI_VARIABLES
from tests.gate.world import POSTMORTEM, ROUTE, World

ZEROS = "0" * 40
ALLOWED, REFUSED, UNJUDGED = 0, 1, 2


class Clone(NamedTuple):
    """A clone as a CI has it: HEAD is detached at the change, ``origin/main`` is the base as it is
    now.

    ``before`` is where the change branched off, ``base`` the newer tip of main, ``merge`` a merge
    of both, ``head`` the change.
    """

    world: World
    before: str
    base: str
    head: str
    merge: str

    def event(self, data: Mapping[str, object]) -> str:
        file = self.world.root.parent / "event.json"
        file.write_text(json.dumps(data))
        return str(file)

    def gate(self, environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
        code = "from pmlint.cli import main; main()"
        kept = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "PYTHONPATH", "LANG")
            if name in os.environ
        }
        command = [sys.executable, "-c", code, "gate", "--now", "2026-10-15", *words]
        return subprocess.run(
            command,
            cwd=self.world.root,
            env={**kept, **environment},
            capture_output=True,
            text=True,
            check=False,
        )


def make(world: World, edit: Callable[[World], object]) -> Clone:
    """The clone of a change: main moves on after it branches off, and no local branch has the
    base's name.
    """
    before = world.git("rev-parse", "main")
    world.git("checkout", "-q", "-b", "feature")
    edit(world)
    head = world.commit()
    world.git("checkout", "-q", "main")
    world.write("docs/other.md", "main moves on\n")
    base = world.commit()
    world.git("merge", "-q", "--no-ff", "-m", "merge", "feature")
    merge = world.git("rev-parse", "HEAD")
    world.git("update-ref", "refs/remotes/origin/main", base)
    world.git("checkout", "-q", head)
    world.git("branch", "-q", "-D", "main", "feature")
    return Clone(world, before, base, head, merge)


Row = Callable[[Clone], dict[str, str]]


def github(event: str, data: Callable[[Clone], dict[str, object]], **more: str) -> Row:
    return lambda clone: {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": clone.event(data(clone)),
        **more,
    }


def pull_request(clone: Clone) -> dict[str, object]:
    # the base's id is that of the moment when the request was opened: its ref counts
    base = {"ref": "main", "sha": clone.before}
    return {"pull_request": {"base": base, "head": {"sha": clone.head}, "user": {"login": "tom"}}}


def push(clone: Clone, before: str = "", ref: str = "refs/heads/feature") -> dict[str, object]:
    repository = {"default_branch": "main"}
    return {
        "before": before or clone.before,
        "after": clone.head,
        "ref": ref,
        "repository": repository,
        "sender": {"login": "tom"},
    }


def gitlab(**more: str) -> Row:
    def environment(clone: Clone) -> dict[str, str]:
        own = {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_DEFAULT_BRANCH": "main",
            "GITLAB_USER_LOGIN": "starter",
        }
        return own | {
            name: text.format(**clone._asdict())
            for name, text in {"CI_COMMIT_SHA": "{head}", **more}.items()
        }

    return environment


REQUEST = {"CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}


def variables(**texts: str) -> Row:
    return lambda clone: {name: text.format(**clone._asdict()) for name, text in texts.items()}


ROWS: dict[str, Row] = {
    "pre-commit, from and to": variables(PRE_COMMIT_FROM_REF="{base}", PRE_COMMIT_TO_REF="{head}"),
    "GitHub pull_request": github("pull_request", pull_request),
    "GitHub pull_request_target": github("pull_request_target", pull_request),
    "GitHub pull_request_review": github("pull_request_review", pull_request),
    "GitHub pull_request_review_comment": github("pull_request_review_comment", pull_request),
    "Gitea pull_request": github("pull_request", pull_request, GITEA_ACTIONS="true"),
    "Forgejo pull_request": github(
        "pull_request",
        pull_request,
        FORGEJO_ACTIONS="true",
        GITHUB_SERVER_URL="https://code.example.org",
    ),
    "GitHub merge_group": github(
        "merge_group",
        lambda clone: {"merge_group": {"base_sha": clone.base, "head_sha": clone.merge}},
    ),
    "GitHub push": github("push", push),
    "GitHub push of a new branch": github("push", lambda clone: push(clone, ZEROS)),
    "GitHub push of a tag": github("push", lambda clone: push(clone, ZEROS, "refs/tags/v1")),
    "GitLab detached": gitlab(**REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="detached"),
    "GitLab merged result": gitlab(
        **REQUEST,
        CI_MERGE_REQUEST_EVENT_TYPE="merged_result",
        CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="{head}",
        CI_COMMIT_SHA="{merge}",
    ),
    "GitLab merge train": gitlab(
        **REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="merge_train", CI_COMMIT_SHA="{merge}"
    ),
    "GitLab without a type": gitlab(**REQUEST),
    "GitLab without a type, merged result": gitlab(
        **REQUEST, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="{head}", CI_COMMIT_SHA="{merge}"
    ),
    "GitLab branch": gitlab(CI_COMMIT_BRANCH="feature"),
    "GitLab tag": gitlab(CI_COMMIT_TAG="v1", CI_COMMIT_REF_NAME="v1"),
    "GitLab default branch": gitlab(CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA="{before}"),
    "Bitbucket": variables(
        CI="true",
        BITBUCKET_BUILD_NUMBER="1",
        BITBUCKET_PR_DESTINATION_BRANCH="main",
        BITBUCKET_COMMIT="{head}",
    ),
    "Azure DevOps": variables(
        TF_BUILD="True",
        BUILD_REASON="PullRequest",
        SYSTEM_PULLREQUEST_TARGETBRANCH="refs/heads/main",
        SYSTEM_PULLREQUEST_SOURCECOMMITID="{head}",
    ),
    "Jenkins multibranch": variables(
        JENKINS_URL="https://ci.example.org", CHANGE_TARGET="main", GIT_COMMIT="{head}"
    ),
    "Jenkins multibranch without a commit": variables(
        JENKINS_URL="https://ci.example.org", CHANGE_TARGET="main"
    ),
    "Buildkite": variables(
        CI="true",
        BUILDKITE="true",
        BUILDKITE_PULL_REQUEST_BASE_BRANCH="main",
        BUILDKITE_COMMIT="{head}",
    ),
    "Buildkite merge queue": variables(
        CI="true",
        BUILDKITE="true",
        BUILDKITE_PULL_REQUEST_BASE_BRANCH="main",
        BUILDKITE_MERGE_QUEUE_BASE_COMMIT="{base}",
        BUILDKITE_COMMIT="{merge}",
    ),
    "Woodpecker": variables(
        CI="woodpecker",
        CI_PIPELINE_EVENT="pull_request",
        CI_COMMIT_TARGET_BRANCH="main",
        CI_COMMIT_SHA="{head}",
    ),
    "Drone": variables(
        CI="true",
        DRONE="true",
        DRONE_BUILD_EVENT="pull_request",
        DRONE_TARGET_BRANCH="main",
        DRONE_COMMIT_SHA="{head}",
    ),
    "Harness": variables(
        CI="true",
        HARNESS_BUILD_ID="3",
        DRONE_BUILD_EVENT="pull_request",
        DRONE_TARGET_BRANCH="main",
        DRONE_COMMIT_SHA="{head}",
    ),
    "Travis CI": variables(
        CI="true",
        TRAVIS="true",
        TRAVIS_PULL_REQUEST="12",
        TRAVIS_BRANCH="main",
        TRAVIS_PULL_REQUEST_SHA="{head}",
    ),
    "AppVeyor": variables(
        CI="True",
        APPVEYOR="True",
        APPVEYOR_PULL_REQUEST_NUMBER="12",
        APPVEYOR_REPO_BRANCH="main",
        APPVEYOR_PULL_REQUEST_HEAD_COMMIT="{head}",
    ),
    "Cirrus CI": variables(
        CI="true",
        CIRRUS_CI="true",
        CIRRUS_PR="12",
        CIRRUS_BASE_BRANCH="main",
        CIRRUS_CHANGE_IN_REPO="{head}",
    ),
    "Semaphore": variables(
        CI="true",
        SEMAPHORE="true",
        SEMAPHORE_GIT_PR_NUMBER="12",
        SEMAPHORE_GIT_BRANCH="main",
        SEMAPHORE_GIT_PR_SHA="{head}",
    ),
    "CodeBuild": variables(
        CODEBUILD_BUILD_ID="a:1",
        CODEBUILD_WEBHOOK_BASE_REF="refs/heads/main",
        CODEBUILD_RESOLVED_SOURCE_VERSION="{head}",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_judges_the_change(world: World, name: str) -> None:
    clone = make(world, World.restart)
    done = clone.gate(ROWS[name](clone), "--output-format", "text")
    assert (done.returncode, "held route 'refund-triage'" in done.stdout) == (REFUSED, True), (
        done.stdout + done.stderr
    )


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory, template: Path) -> Clone:
    """The clone of a change in a monorepo, whose project is in ``desk/``."""
    world = World(tmp_path_factory.mktemp("below") / "repository", template)
    (world.root / "desk").mkdir()
    world.git(
        "mv", "-k", *(path.name for path in world.root.iterdir() if path.name != ".git"), "desk"
    )
    world.commit()
    return make(
        world, lambda world: world.edit(f"desk/{ROUTE}", ("restart: false", "restart: true"))
    )


@pytest.mark.parametrize("name", ROWS)
def test_a_project_below_is_judged_or_named(
    below: Clone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # from the top there is nothing to judge, which is never a pass, and the help says which folder
    # to name
    for variable in filter(CI_VARIABLES.match, list(os.environ)):
        monkeypatch.delenv(variable)
    for variable, text in ROWS[name](below).items():
        monkeypatch.setenv(variable, text)
    monkeypatch.chdir(below.world.root)
    file = below.world.root.parent / "verdict.json"

    def gate(*words: str) -> tuple[int, list[tuple[str, str]]]:
        options = ["--now", "2026-10-15", "--output-format", "json", "-o", str(file)]
        code = commands.main(["gate", *words, *options], standalone_mode=False)
        refusals = json.loads(file.read_text(encoding="utf-8"))["refusals"]
        return code, [(one["code"], one["help"].partition(";")[0]) for one in refusals]

    assert gate() == (UNJUDGED, [("nothing-judged", "pmlint gate --repo desk")])
    code, refusals = gate("--repo", "desk")
    assert (code, {name for name, _ in refusals}) == (REFUSED, {"route-held"})


@pytest.mark.parametrize("name", ROWS)
def test_a_row_allows_an_honest_change(world: World, name: str) -> None:
    clone = make(world, lambda world: world.write("README.md", "nothing of this\n"))
    done = clone.gate(ROWS[name](clone), "--output-format", "text")
    assert done.returncode == ALLOWED, done.stdout + done.stderr


BLIND: dict[str, tuple[Row, str]] = {
    "GitHub schedule": (
        github("schedule", lambda clone: {}),
        '--base "origin/${{ github.event.repository.default_branch }}" --head "$GITHUB_SHA"',
    ),
    "GitHub workflow_dispatch": (
        github("workflow_dispatch", lambda clone: {}),
        '--head "$GITHUB_SHA"',
    ),
    "GitHub issue_comment": (github("issue_comment", lambda clone: {}), '--head "$GITHUB_SHA"'),
    "GitHub push that deletes": (
        github("push", lambda clone: {**push(clone), "after": ZEROS}),
        '--head "$GITHUB_SHA"',
    ),
    "GitHub first push of the default branch": (
        github("push", lambda clone: push(clone, ZEROS, "refs/heads/main")),
        '--head "$GITHUB_SHA"',
    ),
    "GitHub pull_request without a head": (
        github("pull_request", lambda clone: {"pull_request": {"base": {"ref": "main"}}}),
        '--head "$GITHUB_SHA"',
    ),
    "GitHub merge_group without a base": (
        github("merge_group", lambda clone: {"merge_group": {}}),
        '--head "$GITHUB_SHA"',
    ),
    "GitLab scheduled on the default branch": (
        gitlab(CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=ZEROS),
        '--base "origin/$CI_DEFAULT_BRANCH" --head "$CI_COMMIT_SHA"',
    ),
    "GitLab with a type that nobody knows": (
        gitlab(**REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="convoy"),
        '--head "$CI_COMMIT_SHA"',
    ),
    "GitLab external pull request": (
        gitlab(CI_EXTERNAL_PULL_REQUEST_IID="7", CI_COMMIT_BRANCH="feature"),
        '--head "$CI_COMMIT_SHA"',
    ),
    "Bitbucket branch": (
        variables(CI="true", BITBUCKET_BUILD_NUMBER="1", BITBUCKET_COMMIT="{head}"),
        '"$BITBUCKET_COMMIT"',
    ),
    "Azure DevOps scheduled": (
        variables(TF_BUILD="True", BUILD_REASON="Schedule"),
        '"$BUILD_SOURCEVERSION"',
    ),
    "Jenkins branch": (
        variables(JENKINS_URL="https://ci.example.org", GIT_COMMIT="{head}"),
        '--head "$GIT_COMMIT"',
    ),
    "Buildkite branch": (
        variables(
            CI="true",
            BUILDKITE="true",
            BUILDKITE_PULL_REQUEST_BASE_BRANCH="",
            BUILDKITE_COMMIT="{head}",
        ),
        '--head "$BUILDKITE_COMMIT"',
    ),
    "Woodpecker push": (
        variables(CI="woodpecker", CI_PIPELINE_EVENT="push", CI_COMMIT_SHA="{head}"),
        '--base "origin/$CI_REPO_DEFAULT_BRANCH" --head "$CI_COMMIT_SHA"',
    ),
    "Drone push": (
        variables(CI="true", DRONE="true", DRONE_BUILD_EVENT="push"),
        '--head "$DRONE_COMMIT_SHA"',
    ),
    "Travis CI push": (
        variables(CI="true", TRAVIS="true", TRAVIS_PULL_REQUEST="false"),
        '--head "$TRAVIS_COMMIT"',
    ),
    "AppVeyor branch": (variables(CI="True", APPVEYOR="True"), '--head "$APPVEYOR_REPO_COMMIT"'),
    "Cirrus CI branch": (variables(CI="true", CIRRUS_CI="true"), '--head "$CIRRUS_CHANGE_IN_REPO"'),
    "Semaphore branch": (variables(CI="true", SEMAPHORE="true"), '--head "$SEMAPHORE_GIT_SHA"'),
    "CodeBuild branch": (
        variables(CODEBUILD_BUILD_ID="a:1"),
        '--head "$CODEBUILD_RESOLVED_SOURCE_VERSION"',
    ),
    "CircleCI": (
        variables(CI="true", CIRCLECI="true", CIRCLE_PULL_REQUEST="https://example.org/7"),
        '--head "$CIRCLE_SHA1"',
    ),
    "TeamCity": (variables(TEAMCITY_VERSION="2026.1"), '--head "%build.vcs.number%"'),
    "any other CI": (variables(CI="1"), "--base origin/main --head HEAD"),
}


@pytest.mark.parametrize("name", BLIND)
def test_what_does_not_say_what_to_compare_is_not_judged(world: World, name: str) -> None:
    clone = make(world, World.restart)
    row, line = BLIND[name]
    done = clone.gate(row(clone), "--output-format", "json")
    assert done.returncode == UNJUDGED, done.stdout + done.stderr
    data = json.loads(done.stdout)
    assert [refusal["code"] for refusal in data["refusals"]] == ["no-revisions"]
    assert data["refusals"][0]["message"].startswith("in CI")
    assert data["refusals"][0]["help"].startswith("pmlint gate --base ")
    assert line in data["refusals"][0]["help"]


def test_every_system_has_a_row() -> None:
    tried = {system.name for row in ROWS for system in SYSTEMS if row.startswith(system.name)}
    refused = {system.name for row in BLIND for system in SYSTEMS if row.startswith(system.name)}
    assert {system.name for system in SYSTEMS} - tried == {"CircleCI", "TeamCity"}
    assert {system.name for system in SYSTEMS} - refused == set()


@pytest.mark.parametrize(
    "first", ["Bitbucket", "Jenkins multibranch", "GitLab detached", "Azure DevOps"]
)
def test_two_systems_at_once_are_named(world: World, first: str) -> None:
    clone = make(world, World.restart)
    both = ROWS[first](clone) | ROWS["Travis CI"](clone)
    done = clone.gate(both, "--output-format", "text")
    assert done.returncode == UNJUDGED
    assert "no-revisions: variables of " in done.stdout
    assert f"{first.split()[0]}" in done.stdout
    assert "and Travis CI at once" in done.stdout


# a base that is not there


def test_a_base_that_is_not_fetched(world: World) -> None:
    clone = make(world, World.restart)
    clone.world.git("update-ref", "-d", "refs/remotes/origin/main")
    clone.world.git("branch", "main", clone.head)  # a local branch is what a job may make of itself
    done = clone.gate(ROWS["Bitbucket"](clone), "--output-format", "text")
    assert done.returncode == UNJUDGED
    assert done.stdout.startswith(
        "error unknown-revision: the base branch 'main' is not fetched\n"
        "  = help: git fetch origin +refs/heads/main:refs/remotes/origin/main\n"
    )


def test_the_one_remote_that_has_the_base(world: World) -> None:
    clone = make(world, World.restart)
    clone.world.git("update-ref", "-d", "refs/remotes/origin/main")
    clone.world.git("update-ref", "refs/remotes/upstream/main", clone.base)
    clone.world.git("update-ref", "refs/remotes/mine/other/main", clone.head)
    assert clone.gate(ROWS["Bitbucket"](clone)).returncode == REFUSED
    clone.world.git("pack-refs", "--all")
    assert clone.gate(ROWS["Bitbucket"](clone)).returncode == REFUSED
    clone.world.git("update-ref", "refs/remotes/mine/main", clone.head)
    done = clone.gate(ROWS["Bitbucket"](clone), "--output-format", "text")
    assert done.returncode == UNJUDGED
    assert "several remotes have a branch 'main': mine, upstream" in done.stdout


def test_a_base_with_slashes(world: World) -> None:
    clone = make(world, World.restart)
    clone.world.git("update-ref", "refs/remotes/origin/release/2026/10", clone.base)
    environment = ROWS["Bitbucket"](clone) | {"BITBUCKET_PR_DESTINATION_BRANCH": "release/2026/10"}
    assert clone.gate(environment).returncode == REFUSED


# trains: the cars ahead are part of the base


def train(world: World) -> Clone:
    """Two cars: the one ahead restarts, and the second does nothing of the kind."""
    clone = make(world, lambda world: world.write("README.md", "nothing of this\n"))
    world.git("checkout", "-q", clone.base)
    world.restart()
    ahead = world.commit()
    world.git("merge", "-q", "--no-ff", "-m", "car", clone.head)
    return clone._replace(merge=world.git("rev-parse", "HEAD"), before=ahead)


def test_a_car_is_judged_against_the_one_ahead(world: World) -> None:
    clone = train(world)
    ahead = gitlab(**REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="merge_train", CI_COMMIT_SHA="{before}")(
        clone
    )
    assert clone.gate(ahead).returncode == REFUSED
    second = gitlab(**REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="merge_train", CI_COMMIT_SHA="{merge}")(
        clone
    )
    assert clone.gate(second).returncode == ALLOWED


def test_a_train_without_merges_is_judged_as_a_whole(world: World) -> None:
    """The commit before the last may be one of the same change, and restart."""

    def two(world: World) -> None:
        world.restart()
        world.commit()
        world.write("README.md", "nothing of this\n")

    train = gitlab(**REQUEST, CI_MERGE_REQUEST_EVENT_TYPE="merge_train", CI_COMMIT_SHA="{head}")
    clone = make(world, two)
    assert clone.gate(train(clone)).returncode == REFUSED


def test_a_train_whose_type_is_empty(world: World) -> None:
    clone = train(world)
    row = gitlab(**REQUEST, CI_COMMIT_SHA="{merge}", CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="{head}")
    done = clone.gate(row(clone), "--output-format", "json")
    assert done.returncode == ALLOWED
    assert json.loads(done.stdout)["judged"]["base"] == clone.before


def test_cars_that_are_innocent_one_by_one(world: World) -> None:
    world.write(
        "routes/letters.yaml",
        world.read(ROUTE).replace("refund", "letter").replace("[PM-2026-001]", "[]"),
    )
    world.commit()
    up = ("state: paused\nrestart: false", "state: running\nrestart: true")
    clone = make(world, lambda world: world.edit("routes/letters.yaml", up))
    world.git("checkout", "-q", clone.base)
    text = (
        world.read(POSTMORTEM)
        .replace("PM-2026-001", "PM-2026-002", 1)
        .replace("[refund-triage]", "[letter-triage]")
    )
    world.write("postmortems/PM-2026-002-letters.md", text)
    world.commit()
    world.git("merge", "-q", "--no-ff", "-m", "car", clone.head)
    clone = clone._replace(merge=world.git("rev-parse", "HEAD"))
    assert clone.gate(ROWS["GitLab detached"](clone)).returncode == ALLOWED
    assert clone.gate(ROWS["GitLab merge train"](clone)).returncode == REFUSED


def test_a_merge_that_a_branch_brings_is_not_a_train(world: World) -> None:
    clone = train(world)
    row = gitlab(**REQUEST, CI_COMMIT_SHA="{merge}", CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="{merge}")
    assert clone.gate(row(clone)).returncode == REFUSED


# outside a CI


def test_nothing_staged_outside_a_ci(world: World) -> None:
    clone = make(world, World.restart)
    done = clone.gate({}, "--output-format", "text")
    assert done.returncode == UNJUDGED
    assert done.stdout.startswith(
        "error no-revisions: nothing is staged\n"
        "  = help: pmlint gate --worktree (or --base REV --head REV)\n"
    )
    assert clone.gate({}, "--staged").returncode == ALLOWED
    assert clone.gate({}, "--worktree").returncode == ALLOWED
    assert clone.gate({"CI": "true"}, "--staged").returncode == ALLOWED
    assert clone.gate({"CI": "false"}).returncode == UNJUDGED
    clone.world.write("README.md", "something\n")
    clone.world.git("add", "-A")
    assert clone.gate({}).returncode == ALLOWED
    assert clone.gate({"CI": "0"}).returncode == ALLOWED


# the author


def test_who_made_the_change(world: World) -> None:
    clone = make(world, World.restart)

    def author(name: str) -> str:
        return asked(ROWS[name](clone)).author

    assert author("GitHub pull_request") == "tom"
    assert author("GitHub push") == "tom"
    assert author("GitHub merge_group") == ""
    assert author("GitLab detached") == ""  # GITLAB_USER_LOGIN started the pipeline
    assert author("Azure DevOps") == ""
    jenkins = ROWS["Jenkins multibranch"](clone) | {"CHANGE_AUTHOR": "tom"}
    assert asked(jenkins).author == "tom"
    queues = {name for name in ROWS if asked(ROWS[name](clone)).in_queue}
    assert queues == {"GitHub merge_group", "GitLab merge train", "Buildkite merge queue"}


def test_what_is_asked(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"merge_group": {"base_sha": "b", "head_sha": "a"}}')
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "merge_group",
        "GITHUB_EVENT_PATH": str(event),
    }
    assert asked(environment) == Asked(Commit("b"), "a", by="GitHub", in_queue=True)
    train = {
        **REQUEST,
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": "c",
        "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train",
    }
    assert asked(train) == Asked(CarAhead(Branch("main"), "c"), "c", by="GitLab", in_queue=True)
    empty = {
        **REQUEST,
        "GITLAB_CI": "true",
        "CI_COMMIT_SHA": "c",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "s",
    }
    assert asked(empty) == Asked(TrainOrBranch(Branch("main"), "c", "s"), "s", by="GitLab")
    assert asked({}) == Asked(Commit("HEAD"), "")


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 10_000])
def test_an_event_that_cannot_be_read(tmp_path: Path, world: World, text: str) -> None:
    event = tmp_path / "event.json"
    event.write_text(text)
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
    }
    done = make(world, World.restart).gate(environment, "--output-format", "json")
    assert done.returncode == UNJUDGED
    refusal = json.loads(done.stdout)["refusals"][0]
    assert (refusal["code"], refusal["message"]) == (
        "unreadable-approvals",
        "the event of the workflow cannot be read",
    )


def test_a_value_of_another_type_is_not_a_value(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text('{"pull_request": {"base": [], "head": {"sha": 7}}}')
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
    }
    with pytest.raises(Unjudged, match="in CI"):
        asked(environment)
