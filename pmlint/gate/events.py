"""What is asked where nobody says: by pre-commit, by the event of a forge's CI, else what is staged
against HEAD.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from pmlint.project.settings import UsageError


class Asked(NamedTuple):
    """The revisions to compare: the first of ``bases`` that exists is the target; an empty head is
    what is staged.
    """

    bases: tuple[str, ...]
    head: str
    author: str = ""
    said_by: str = ""


def asked(environ: Mapping[str, str]) -> Asked:
    """What the surroundings ask. Raises `UsageError` for an event file that can't be read."""
    if environ.get("PRE_COMMIT_FROM_REF") and environ.get("PRE_COMMIT_TO_REF"):
        return Asked(
            (environ["PRE_COMMIT_FROM_REF"],), environ["PRE_COMMIT_TO_REF"], said_by="pre-commit"
        )
    if environ.get("GITHUB_ACTIONS") == "true" and environ.get("GITHUB_EVENT_NAME") in (
        "pull_request",
        "pull_request_target",
        "merge_group",
        "push",
    ):
        return _github(environ)
    if environ.get("CI_MERGE_REQUEST_IID"):
        branch = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
        shas = (
            environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA"),
            environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        )
        head = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get(
            "CI_COMMIT_SHA", "HEAD"
        )
        return Asked(
            (f"refs/remotes/origin/{branch}", *filter(None, shas)),
            head,
            environ.get("GITLAB_USER_LOGIN", ""),
            "GitLab",
        )
    if environ.get("BITBUCKET_PR_DESTINATION_BRANCH"):
        bases = (
            f"refs/remotes/origin/{environ['BITBUCKET_PR_DESTINATION_BRANCH']}",
            environ.get("BITBUCKET_PR_DESTINATION_COMMIT"),
        )
        return Asked(
            tuple(filter(None, bases)), environ.get("BITBUCKET_COMMIT", "HEAD"), said_by="Bitbucket"
        )
    return Asked(("HEAD",), "")


def _github(environ: Mapping[str, str]) -> Asked:
    event = _event(environ.get("GITHUB_EVENT_PATH", ""))
    name = environ["GITHUB_EVENT_NAME"]
    if name == "merge_group":
        group = event.get("merge_group", {})
        return Asked(
            (str(group.get("base_sha", "")),), str(group.get("head_sha", "")), said_by="GitHub"
        )
    if name == "push":
        return Asked(
            (str(event.get("before", "")),),
            str(event.get("after", "")),
            _login(event.get("sender")),
            "GitHub",
        )
    request = event.get("pull_request", {})
    base, head = request.get("base", {}), request.get("head", {})
    bases = (f"refs/remotes/origin/{base.get('ref', '')}", str(base.get("sha", "")))
    return Asked(bases, str(head.get("sha", "")), _login(request.get("user")), "GitHub")


def _login(person: Any) -> str:
    return str(person.get("login", "")) if isinstance(person, dict) else ""


def _event(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            data = json.load(file)
        if not isinstance(data, dict):
            raise ValueError
    except (OSError, ValueError, RecursionError):
        raise UsageError(
            "GitHub's event can't be read",
            file=path,
            help="name the revisions: --base origin/main --head HEAD",
        ) from None
    return data
