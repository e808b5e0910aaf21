"""What the settings of a forge say, in the JSON of its own API.

GitHub: the rules of a branch (``/rules/branches/main``), a ruleset (``/rulesets/ID``), or the older
protection of a branch. GitLab: protected branches, the project, and its approval settings. Each
file answers what it can; what no file says is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pmlint.doctor.answer import Answer, DoctorVerdict
from pmlint.doctor.steps import GENERAL, ForgeSteps
from pmlint.errors import UsageError

_ACTIONS = 15368
"""The id of GitHub Actions as an app: another app could report a check of the same name."""


class ForgeFacts(NamedTuple):
    """What settings say; None where they say nothing. ``sources`` are the apps whose check counts,
    None for any.
    """

    is_required: bool | None = None
    has_source: bool | None = None
    is_current: bool | None = None
    is_dismissed: bool | None = None
    has_no_bypass: bool | None = None
    asks_owners: bool | None = None


QUESTIONS = (
    ("required check", "is_required", "the check 'pmlint' is required"),
    ("source of the check", "has_source", "the check comes from the CI itself"),
    ("up to date", "is_current", "a branch must be up to date, or a queue tests it"),
    ("stale approvals", "is_dismissed", "a push dismisses approvals"),
    ("no bypass", "has_no_bypass", "nobody may bypass it, push directly or force"),
    ("review of owners", "asks_owners", "code owners must approve"),
)


def ask_forge(settings: Sequence[object], steps: ForgeSteps = GENERAL) -> Iterator[Answer]:
    """The questions that settings of a forge answer; without any, all are unknown.

    Raises `UsageError` for settings that are of no known shape.
    """
    facts = [_facts(data) for data in settings]
    for question, field, good in QUESTIONS:
        known = [value for one in facts if (value := getattr(one, field)) is not None]
        verdict: DoctorVerdict = "unknown" if not known else _verdict(field, known)
        unknown = "no file says it" if steps.is_read else "no export of this forge is read"
        words = {"yes": good, "no": f"it does not hold that {good}", "unknown": unknown}
        next: str = getattr(steps, field)
        if verdict == "unknown" and steps.is_read:
            next = f"name the forge's settings with --settings FILE; {next}"
        yield Answer(question, verdict, words[verdict], next)


def _verdict(field: str, known: list[bool]) -> DoctorVerdict:
    # One way around is enough to be around it; what is demanded once is demanded.
    holds = all(known) if field == "has_no_bypass" else any(known)
    return "yes" if holds else "no"


def _facts(data: object) -> ForgeFacts:
    if isinstance(data, list) and all(isinstance(one, dict) for one in data):
        if any("access_levels" in key for one in data for key in one):
            return _protected_branches(data)
        if all("type" in one for one in data):
            return _rules(data)
    if isinstance(data, dict):
        if isinstance(data.get("rules"), list):
            return _ruleset(data)
        if "enforce_admins" in data or "required_pull_request_reviews" in data:
            return _protection(data)
        if "push_access_levels" in data:
            return _protected_branches([data])
        if "only_allow_merge_if_pipeline_succeeds" in data:
            return _project(data)
        if "reset_approvals_on_push" in data:
            return ForgeFacts(is_dismissed=data["reset_approvals_on_push"] is True)
    raise UsageError(
        "this is not an export of branch rules that is known",
        help="GitHub: gh api repos/OWNER/NAME/rules/branches/main; "
        "GitLab: glab api projects/ID/protected_branches",
    )


def _rules(rules: Sequence[dict[str, Any]]) -> ForgeFacts:
    """The active rules of a branch of GitHub."""
    checks = [
        rule.get("parameters") or {} for rule in rules if rule["type"] == "required_status_checks"
    ]
    reviews = [rule.get("parameters") or {} for rule in rules if rule["type"] == "pull_request"]
    ours = [
        one
        for part in checks
        for one in part.get("required_status_checks", ())
        if one.get("context") == "pmlint"
    ]
    kinds = {rule["type"] for rule in rules}
    strict = any(part.get("strict_required_status_checks_policy") is True for part in checks)
    return ForgeFacts(
        is_required=bool(ours),
        has_source=any(one.get("integration_id") == _ACTIONS for one in ours),
        is_current=strict or "merge_queue" in kinds,
        is_dismissed=any(part.get("dismiss_stale_reviews_on_push") is True for part in reviews),
        asks_owners=any(part.get("require_code_owner_review") is True for part in reviews),
        # The rules of a branch do not name who may bypass them; a missing rule is known.
        has_no_bypass=None if {"non_fast_forward", "pull_request"} <= kinds else False,
    )


def _ruleset(data: dict[str, Any]) -> ForgeFacts:
    """A ruleset of GitHub, which names who may bypass it."""
    if data.get("enforcement") != "active":
        return ForgeFacts(False, False, False, False, False, False)
    facts = _rules([rule for rule in data["rules"] if isinstance(rule, dict) and "type" in rule])
    if "bypass_actors" not in data or facts.has_no_bypass is False:
        return facts
    return facts._replace(has_no_bypass=data["bypass_actors"] == [])


def _protection(data: dict[str, Any]) -> ForgeFacts:
    """The older protection of a branch of GitHub."""
    checks = data.get("required_status_checks") or {}
    reviews = data.get("required_pull_request_reviews") or {}
    ours = [one for one in checks.get("checks", ()) if one.get("context") == "pmlint"]
    admins = (data.get("enforce_admins") or {}).get("enabled") is True
    force = (data.get("allow_force_pushes") or {}).get("enabled") is True
    allowed = reviews.get("bypass_pull_request_allowances") or {}
    return ForgeFacts(
        is_required=bool(ours),
        has_source=any(one.get("app_id") == _ACTIONS for one in ours),
        is_current=checks.get("strict") is True,
        is_dismissed=reviews.get("dismiss_stale_reviews") is True,
        has_no_bypass=admins and not force and not any(allowed.values()),
        asks_owners=reviews.get("require_code_owner_reviews") is True,
    )


def _protected_branches(branches: Sequence[dict[str, Any]]) -> ForgeFacts:
    """Protected branches of GitLab: the export is of those that matter, so each has to hold."""
    pushes = [
        level.get("access_level", 40) != 0 or level.get("user_id") or level.get("deploy_key_id")
        for branch in branches
        for level in branch.get("push_access_levels", ({},))
    ]
    forced = any(branch.get("allow_force_push") is not False for branch in branches)
    return ForgeFacts(
        has_no_bypass=bool(branches) and not any(pushes) and not forced,
        asks_owners=bool(branches)
        and all(branch.get("code_owner_approval_required") is True for branch in branches),
    )


def _project(data: dict[str, Any]) -> ForgeFacts:
    """A project of GitLab."""
    succeeds = data["only_allow_merge_if_pipeline_succeeds"] is True
    skipped = data.get("allow_merge_on_skipped_pipeline") is True
    method = data.get("merge_method")
    trains = data.get("merge_trains_enabled") is True
    return ForgeFacts(
        is_required=succeeds and not skipped,
        # A pipeline of GitLab is its own: no app can report in its place.
        has_source=succeeds,
        is_current=trains or method in ("ff", "rebase_merge"),
    )
