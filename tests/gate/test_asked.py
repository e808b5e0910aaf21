"""What each CI system asks for by its variables, and what it leaves unsaid; without a git.
`test_events.py` judges real changes by them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pmlint.errors import UsageError
from pmlint.gate.bases import Branch, CarAhead, Commit, TrainOrBranch
from pmlint.gate.events import Asked, asked, nothing_staged
from pmlint.git import Unjudged

ZEROS = "0" * 40
MAIN = Branch("main")
Variables = Mapping[str, str]


def unsaid(environment: Variables) -> str:
    """What is said where nothing says what to compare."""
    with pytest.raises(Unjudged) as error:
        asked(environment)
    assert error.value.code == "no-revisions"
    return f"{error.value.message}; {error.value.help}"


# GitHub and what speaks as it does

REQUEST: dict[str, Any] = {
    "pull_request": {"base": {"ref": "main"}, "head": {"sha": "h"}, "user": {"login": "tom"}}
}
PUSH: dict[str, Any] = {
    **{"before": "b", "after": "a", "ref": "refs/heads/x", "sender": {"login": "tom"}},
    "repository": {"default_branch": "main"},
}
GROUP = {"merge_group": {"base_sha": "b", "head_sha": "a"}}
OF_REQUEST = Asked(MAIN, "h", "tom", "GitHub")


@pytest.mark.parametrize(
    ("name", "event", "expected"),
    [
        ("pull_request", REQUEST, OF_REQUEST),
        ("pull_request_target", REQUEST, OF_REQUEST),
        ("pull_request_review", REQUEST, OF_REQUEST),
        ("pull_request_review_comment", REQUEST, OF_REQUEST),
        ("pull_request_other", REQUEST, None),
        ("issue_comment", REQUEST, None),
        ("", REQUEST, None),
        ("pull_request", {"pull_request": {"base": {"ref": "main"}}}, None),
        ("pull_request", {"pull_request": {"head": {"sha": "h"}}}, None),
        ("pull_request", {"pull_request": {"base": "main", "head": "h"}}, None),
        ("merge_group", GROUP, Asked(Commit("b"), "a", "", "GitHub", in_queue=True)),
        ("merge_group", {"merge_group": {"base_sha": "b"}}, None),
        ("merge_group", {"merge_group": {"head_sha": "a"}}, None),
        ("push", PUSH, Asked(Commit("b"), "a", "tom", "GitHub")),
        ("push", {**PUSH, "before": ZEROS}, Asked(MAIN, "a", "tom", "GitHub")),
        ("push", {**PUSH, "before": "0" * 64}, Asked(MAIN, "a", "tom", "GitHub")),
        ("push", {**PUSH, "before": "0" * 41}, Asked(Commit("0" * 41), "a", "tom", "GitHub")),
        ("push", {**PUSH, "before": ZEROS, "ref": "refs/heads/main"}, None),
        ("push", {**PUSH, "before": ZEROS, "repository": {}}, None),
        ("push", {**PUSH, "after": ZEROS}, None),
        ("push", {**PUSH, "before": ""}, None),
        ("push", {**PUSH, "after": ""}, None),
        ("push", {**PUSH, "sender": None}, Asked(Commit("b"), "a", "", "GitHub")),
    ],
)
@pytest.mark.parametrize("by", ["GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS"])
def test_github(
    name: str, event: Mapping[str, Any], expected: Asked | None, by: str, tmp_path: Path
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))
    environment = {by: "true", "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(file)}
    if expected is not None:
        assert asked(environment) == expected
        return
    assert unsaid(environment) == (
        "in CI (GitHub), and nothing says what to compare; pmlint gate --base "
        '"origin/${{ github.event.repository.default_branch }}" --head "$GITHUB_SHA"'
    )


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, None])
def test_an_event_that_cannot_be_read(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    if text is not None:
        file.write_text(text)
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}
    with pytest.raises(UsageError) as error:
        asked({**environment, "GITHUB_EVENT_PATH": str(file)})
    assert (error.value.message, error.value.file, error.value.help, error.value.code) == (
        "the event of the workflow cannot be read",
        str(file),
        "pmlint gate --base origin/main --head HEAD",
        "unreadable-approvals",
    )
    with pytest.raises(UsageError):
        asked(environment)


# GitLab

CI = {"GITLAB_CI": "true", "CI_COMMIT_SHA": "c", "CI_DEFAULT_BRANCH": "main"}
MERGE = {**CI, "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
KIND, SOURCE = "CI_MERGE_REQUEST_EVENT_TYPE", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({**MERGE, KIND: "detached"}, Asked(MAIN, "c", "", "GitLab")),
        (MERGE, Asked(MAIN, "c", "", "GitLab")),
        ({**MERGE, KIND: "merged_result", SOURCE: "s"}, Asked(MAIN, "s", "", "GitLab")),
        (
            {**MERGE, KIND: "merge_train", SOURCE: "s"},
            Asked(CarAhead(MAIN, "c"), "c", "", "GitLab", in_queue=True),
        ),
        ({**MERGE, SOURCE: "s"}, Asked(TrainOrBranch(MAIN, "c", "s"), "s", "", "GitLab")),
        ({**MERGE, KIND: "something"}, None),
        ({**MERGE, "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": ""}, None),
        ({**MERGE, "CI_COMMIT_SHA": ""}, None),
        ({key: text for key, text in MERGE.items() if key != "CI_COMMIT_SHA"}, None),
        ({key: text for key, text in MERGE.items() if "TARGET" not in key}, None),
        ({**MERGE, "CI_EXTERNAL_PULL_REQUEST_IID": "3"}, None),
        ({**CI, "CI_COMMIT_BRANCH": "x"}, Asked(MAIN, "c", "", "GitLab")),
        ({**CI, "CI_COMMIT_REF_NAME": "x"}, Asked(MAIN, "c", "", "GitLab")),
        (
            {**CI, "CI_COMMIT_TAG": "v1", "CI_COMMIT_REF_NAME": "main"},
            Asked(MAIN, "c", "", "GitLab"),
        ),
        ({**CI, "CI_COMMIT_TAG": "v1", "CI_DEFAULT_BRANCH": ""}, None),
        ({**CI, "CI_COMMIT_BRANCH": "x", "CI_DEFAULT_BRANCH": ""}, None),
        (
            {**CI, "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": "b"},
            Asked(Commit("b"), "c", "", "GitLab"),
        ),
        ({**CI, "CI_COMMIT_BEFORE_SHA": "b"}, Asked(Commit("b"), "c", "", "GitLab")),
        ({**CI, "CI_COMMIT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": ZEROS}, None),
        ({**CI, "CI_COMMIT_BRANCH": "main"}, None),
        ({**CI, "CI_DEFAULT_BRANCH": "", "CI_COMMIT_BEFORE_SHA": "b"}, None),
    ],
)
def test_gitlab(environment: Variables, expected: Asked | None) -> None:
    if expected is not None:
        assert asked(environment) == expected
        return
    assert unsaid(environment) == (
        "in CI (GitLab), and nothing says what to compare; pmlint gate --base "
        '"origin/$CI_DEFAULT_BRANCH" --head "$CI_COMMIT_SHA"'
    )


# the others: what they set for a change, and the line to copy without each of it

OTHERS: dict[str, tuple[Variables, Variables, str]] = {
    "Bitbucket": (
        {"BITBUCKET_BUILD_NUMBER": "1"},
        {"BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_COMMIT": "h"},
        '--base origin/main --head "$BITBUCKET_COMMIT"',
    ),
    "Azure DevOps": (
        {"TF_BUILD": "True"},
        {
            "BUILD_REASON": "PullRequest",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": "main",
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": "h",
        },
        '--base origin/main --head "$BUILD_SOURCEVERSION"',
    ),
    "Jenkins": (
        {"JENKINS_URL": "x", "GIT_COMMIT": "h"},
        {"CHANGE_TARGET": "main"},
        '--base origin/main --head "$GIT_COMMIT"',
    ),
    "Buildkite": (
        {"BUILDKITE": "true"},
        {"BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main", "BUILDKITE_COMMIT": "h"},
        '--base "origin/$BUILDKITE_PIPELINE_DEFAULT_BRANCH" --head "$BUILDKITE_COMMIT"',
    ),
    "Woodpecker": (
        {"CI": "woodpecker"},
        {
            "CI_PIPELINE_EVENT": "pull_request",
            "CI_COMMIT_TARGET_BRANCH": "main",
            "CI_COMMIT_SHA": "h",
        },
        '--base "origin/$CI_REPO_DEFAULT_BRANCH" --head "$CI_COMMIT_SHA"',
    ),
    "Drone": (
        {"DRONE": "true"},
        {
            "DRONE_BUILD_EVENT": "pull_request",
            "DRONE_TARGET_BRANCH": "main",
            "DRONE_COMMIT_SHA": "h",
        },
        '--base "origin/$DRONE_REPO_BRANCH" --head "$DRONE_COMMIT_SHA"',
    ),
    "Travis CI": (
        {"TRAVIS": "true"},
        {"TRAVIS_PULL_REQUEST": "12", "TRAVIS_BRANCH": "main", "TRAVIS_PULL_REQUEST_SHA": "h"},
        '--base origin/main --head "$TRAVIS_COMMIT"',
    ),
    "AppVeyor": (
        {"APPVEYOR": "True"},
        {
            "APPVEYOR_PULL_REQUEST_NUMBER": "12",
            "APPVEYOR_REPO_BRANCH": "main",
            "APPVEYOR_PULL_REQUEST_HEAD_COMMIT": "h",
        },
        '--base origin/main --head "$APPVEYOR_REPO_COMMIT"',
    ),
    "Cirrus CI": (
        {"CIRRUS_CI": "true"},
        {"CIRRUS_PR": "12", "CIRRUS_BASE_BRANCH": "main", "CIRRUS_CHANGE_IN_REPO": "h"},
        '--base "origin/$CIRRUS_DEFAULT_BRANCH" --head "$CIRRUS_CHANGE_IN_REPO"',
    ),
    "Semaphore": (
        {"SEMAPHORE": "true"},
        {
            "SEMAPHORE_GIT_PR_NUMBER": "12",
            "SEMAPHORE_GIT_BRANCH": "main",
            "SEMAPHORE_GIT_PR_SHA": "h",
        },
        '--base origin/main --head "$SEMAPHORE_GIT_SHA"',
    ),
    "CodeBuild": (
        {"CODEBUILD_BUILD_ID": "a:1"},
        {"CODEBUILD_WEBHOOK_BASE_REF": "main", "CODEBUILD_RESOLVED_SOURCE_VERSION": "h"},
        '--base origin/main --head "$CODEBUILD_RESOLVED_SOURCE_VERSION"',
    ),
    "CircleCI": ({"CIRCLECI": "true"}, {}, '--base origin/main --head "$CIRCLE_SHA1"'),
    "TeamCity": (
        {"TEAMCITY_VERSION": "2026"},
        {},
        '--base origin/main --head "%build.vcs.number%"',
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_system(name: str) -> None:
    here, change, line = OTHERS[name]
    says = f"in CI ({name}), and nothing says what to compare; pmlint gate {line}"
    assert unsaid(here) == says
    if not change:
        return
    whole = {**here, **change}
    assert asked(whole) == Asked(MAIN, "h", "", name)
    assert asked({key: f" {text} " for key, text in whole.items()}).head == "h"
    for variable in change:
        for text in ("", " "):
            assert unsaid({**whole, variable: text}) == says, variable


def test_a_pull_request_of_travis_is_a_number() -> None:
    here, change, _ = OTHERS["Travis CI"]
    assert "nothing says" in unsaid({**here, **change, "TRAVIS_PULL_REQUEST": "false"})


def test_jenkins_names_the_author_and_may_name_no_commit() -> None:
    here, change, _ = OTHERS["Jenkins"]
    alone = {**here, **change, "CHANGE_AUTHOR": "tom", "GIT_COMMIT": ""}
    assert asked(alone) == Asked(MAIN, "HEAD", "tom", "Jenkins")


def test_a_queue_is_judged_against_what_is_ahead() -> None:
    here, change, _ = OTHERS["Buildkite"]
    ahead = {"BUILDKITE_MERGE_QUEUE_BASE_COMMIT": "b"}
    queued = Asked(Commit("b"), "h", "", "Buildkite", in_queue=True)
    assert asked({**here, **change, **ahead}) == queued
    assert asked({**here, "BUILDKITE_COMMIT": "h", **ahead}) == queued
    assert "nothing says" in unsaid({**here, **ahead})


def test_what_a_system_sets_for_a_change_says_that_it_is_here() -> None:
    assert asked(OTHERS["Bitbucket"][1]) == Asked(MAIN, "h", "", "Bitbucket")
    assert asked({"BITBUCKET_PR_DESTINATION_BRANCH": "main"} | {"BITBUCKET_COMMIT": "h"}).by
    assert asked({"HARNESS_BUILD_ID": "3", **OTHERS["Drone"][1]}).by == "Drone"
    assert asked({"BITBUCKET_PIPELINE_UUID": "{}", **OTHERS["Bitbucket"][1]}).by == "Bitbucket"
    assert "in CI (GitLab)" in unsaid({"CI_DEFAULT_BRANCH": "main"})
    assert "in CI (GitLab)" in unsaid({"CI_MERGE_REQUEST_IID": "7"})


# no system, or two

FORM = {"PRE_COMMIT_FROM_REF": "b", "PRE_COMMIT_TO_REF": "h"}


def test_a_hook_comes_first_and_names_both() -> None:
    assert asked(FORM) == Asked(Commit("b"), "h", "", "pre-commit")
    assert asked({**FORM, "CIRCLECI": "true"}) == Asked(Commit("b"), "h", "", "pre-commit")
    staged = Asked(Commit("HEAD"), "")
    assert asked({**FORM, "PRE_COMMIT_TO_REF": ""}) == staged
    assert asked({**FORM, "PRE_COMMIT_FROM_REF": ""}) == staged


def test_two_systems_are_one_too_many() -> None:
    assert unsaid({"CIRCLECI": "true", "TEAMCITY_VERSION": "1"}) == (
        "variables of CircleCI and TeamCity at once; pmlint gate --base origin/main --head HEAD"
    )


def test_a_ci_without_a_name_is_not_outside() -> None:
    says = "in CI, and nothing says what to compare; pmlint gate --base origin/main --head HEAD"
    for text in ("true", "1", "yes"):
        assert unsaid({"CI": text}) == says
    for text in ("", "0", "false", "False"):
        assert asked({"CI": text}) == Asked(Commit("HEAD"), "")


def test_nothing_staged() -> None:
    error = nothing_staged()
    assert (error.message, error.code) == ("nothing is staged", "no-revisions")
    assert error.help == "pmlint gate --worktree (or --base REV --head REV)"
