"""What to set on each forge, by question: the names are those of its own pages of settings."""

from __future__ import annotations

from typing import NamedTuple


class ForgeSteps(NamedTuple):
    """The next step for each question of the forge, and whether an export of its API is read."""

    is_required: str
    has_source: str
    is_current: str
    is_dismissed: str
    has_no_bypass: str
    asks_owners: str
    is_read: bool = False


GENERAL = ForgeSteps(
    "require the check 'pmlint'",
    "require 'pmlint' from the CI itself, not from any source",
    "require branches to be up to date, or a merge queue or train",
    "dismiss stale approvals when commits are pushed",
    "remove the bypass list, direct pushes and force pushes, for administrators too",
    "require the review of code owners",
    is_read=True,
)
STEPS = {
    "github": GENERAL._replace(
        has_source="require 'pmlint' from GitHub Actions, not from any source"
    ),
    "gitlab": ForgeSteps(
        "merge requests: pipelines must succeed, and skipped ones do not count",
        "merge requests: pipelines must succeed",
        "merge method: fast-forward or semi-linear, or turn merge trains on",
        "approvals: remove all approvals when a commit is added",
        "protected branches: nobody may push, and no force push",
        "protected branches: require approval from code owners",
        is_read=True,
    ),
    "forgejo": ForgeSteps(
        "branch protection: enable status check, with the pattern of 'pmlint'",
        "any token that may write a status can report 'pmlint': keep those few",
        "branch protection: block merge if the pull request is outdated",
        "branch protection: dismiss stale approvals",
        "branch protection: disable push and force push, and apply it to administrators",
        "branch protection: required approvals, and block on official review requests",
    ),
    "azure": ForgeSteps(
        "branch policies: build validation with the pipeline of pmlint, required",
        "branch policies: build validation, not a status of another service",
        "build validation: expire immediately when the branch is updated",
        "branch policies: reset all votes on new changes",
        "security of the branch: deny both permissions to bypass policies, and force push",
        "branch policies: automatically included reviewers, required, for these paths",
    ),
    "bitbucket": ForgeSteps(
        "merge checks: a successful build, and prevent merges with unresolved checks (Premium)",
        "any app that may write a build status can report 'pmlint': keep those few",
        "merge strategy: fast-forward only",
        "merge checks: reset approvals when the source branch is modified",
        "branch restrictions: nobody may write without a pull request or rewrite history",
        "merge checks: approvals of default reviewers or code owners",
    ),
}
"""By the names of `pmlint.init.ci`; what another CI runs for may lie on any forge."""


def steps_of(system: str) -> ForgeSteps:
    """The steps for the forge of a CI system; the general ones where it has none of its own."""
    return STEPS.get(system, GENERAL)
