"""What a change weakens in what the next change will be judged by: configuration, policies, people,
baseline, the workflow itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from pmlint.finding import Level
from pmlint.gate.side import Side
from pmlint.gate.workflows import is_watched, workflow_changes
from pmlint.model.vocabulary import rank
from pmlint.parsing.source import Malformed
from pmlint.parsing.tree import Tree
from pmlint.policy.folder import load_policies
from pmlint.policy.judge import PolicySet
from pmlint.project.baseline import read_baseline
from pmlint.project.people import known_people
from pmlint.project.settings import NAMES, RuleSettings, Settings, load

_PLACES = ("postmortems", "routes", "policies", "people", "baseline", "exclude", "ids", "timezone")


def weakened(
    target: Side, result: Side, policies: PolicySet, today: date, *, restarts: bool
) -> list[str]:
    """Everything that the change weakens.

    With a restart even a stricter policy is one change too many.
    """
    settings = load(result.tree)
    cases = list(settings_weaker(target.settings, settings))
    folders = {target.settings.policies, settings.policies}
    if settings != target.settings or any(
        True for folder in folders for _ in _changed_below(target, result, folder)
    ):
        theirs = load_policies(result.tree, settings, today)
        cases += policies_weaker(policies, theirs)
        if restarts and not cases and theirs.policies != policies.policies:
            cases.append(
                "policies-and-restart: policies change and a route is given trust; make it two changes"
            )
    cases += baseline_grown(target, result)
    cases += signers_changed(target, result)
    cases += workflows_weaker(target.tree, result.tree)
    return cases


def judged_by(target: Side, result: Side) -> list[str]:
    """The files that the change touches and that later changes are judged by."""
    settings = target.settings
    single = [
        path
        for path in (*NAMES, settings.people, settings.baseline)
        if target.identity(path) != result.identity(path)
    ]
    return [*single, *sorted(_changed_below(target, result, settings.policies))]


def _changed_below(target: Side, result: Side, folder: str) -> Iterator[str]:
    paths = {entry.path for side in (target, result) for entry in side.tree.walk(folder)}
    yield from (path for path in paths if target.identity(path) != result.identity(path))


def _shown(value: object) -> str:
    """Folders as a message lists them."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def settings_weaker(before: Settings, after: Settings) -> Iterator[str]:
    """Settings of the result that demand less than the target's."""
    for name in _PLACES:
        if getattr(before, name) != getattr(after, name):
            yield (
                f"configuration-weakened: '{name}' moves from {_shown(getattr(before, name))} "
                f"to {_shown(getattr(after, name))}"
            )
    if after.since and (before.since is None or after.since > before.since):
        yield f"configuration-weakened: 'since' moves to {after.since}"
    if after.select and set(after.select) != set(before.select):
        yield "configuration-weakened: 'select' leaves rules out"
    for name in sorted(set(after.ignore) - set(before.ignore)):
        yield f"configuration-weakened: '{name}' is ignored"
    for name in sorted(before.rules.keys() | after.rules.keys()):
        now = _strictness(after.rules.get(name))
        if now < _strictness(before.rules.get(name)):
            yield f"configuration-weakened: '{name}' {('becomes off', 'becomes a warning', 'is no longer raised to an error')[now]}"
    for severity, days in before.horizon.items():
        if after.horizon.get(severity, days) > days:
            yield f"configuration-weakened: the horizon of '{severity}' grows to {after.horizon[severity]} days"
    if after.slow_containment_minutes > before.slow_containment_minutes:
        yield f"configuration-weakened: 'slow_containment_minutes' grows to {after.slow_containment_minutes}"
    if before.words != after.words and (after.words or {}).get("remove") != (
        before.words or {}
    ).get("remove"):
        yield "configuration-weakened: words are removed"
    for source in before.registry:
        if source not in after.registry:
            yield f"configuration-weakened: the registry source '{source.shown}' is gone or maps otherwise"
    if before.gate.approvals != "recorded" and after.gate.approvals == "recorded":
        yield "configuration-weakened: approvals need only be written down"
    if before.gate.two_phase and not after.gate.two_phase:
        yield "configuration-weakened: 'two_phase' is taken away"
    for name in sorted(set(before.gate.signed_routes) - set(after.gate.signed_routes)):
        yield f"configuration-weakened: '{name}' need no longer be signed"


def _strictness(rule: RuleSettings | None) -> int:
    """0 where a rule is off, 1 for a warning, 3 for an error; 2 where nothing is said, so that it
    is what it is by itself.
    """
    if rule is None or (rule.level is None and not rule.off):
        return 2
    return 0 if rule.off else 1 if rule.level is Level.WARNING else 3


def policies_weaker(before: PolicySet, after: PolicySet) -> Iterator[str]:
    """Policies of the target that are gone, demand something else or bind less in the result.

    One that is new demands more.
    """
    now = {policy.id: policy for policy in after.policies}
    for policy in before.policies:
        kept = now.get(policy.id)
        if kept is None:
            yield f"policy-weakened: '{policy.id}' is gone or off"
        elif kept.level < policy.level or rank(kept.binds_from) > rank(policy.binds_from):
            yield f"policy-weakened: '{policy.id}' binds less"
        elif (kept.each, kept.when, kept.require, kept.applies_to) != (
            policy.each,
            policy.when,
            policy.require,
            policy.applies_to,
        ):
            yield f"policy-weakened: '{policy.id}' demands something else"
        elif kept.since != policy.since and kept.since is not None:
            yield f"policy-weakened: '{policy.id}' leaves older postmortems out"


def baseline_grown(target: Side, result: Side) -> Iterator[str]:
    """Entries that the change adds to the baseline."""
    file = target.settings.baseline
    for entry in sorted(read_baseline(result.tree, file) - read_baseline(target.tree, file)):
        yield f"baseline-grown: {entry.postmortem} {entry.rule} {entry.subject}".rstrip()


def signers_changed(target: Side, result: Side) -> Iterator[str]:
    """A roster that goes away, and keys of people that are another one in the result."""
    before, after = (known_people(side.tree, target.settings) for side in (target, result))
    if before and not (after and after.all):
        yield f"people-removed: nobody would be on the roster of {before.file} any more"
    for person in before.all if before else ():
        now = after.find(person.handle) if after else None
        if (
            person.allowed_signer
            and now is not None
            and now.allowed_signer != person.allowed_signer
        ):
            yield f"signer-changed: {person.handle} would sign with another key"


def workflows_weaker(target: Tree, result: Tree) -> Iterator[str]:
    """What the change takes from the jobs and hooks that run pmlint."""
    before, now = _watched(target), _watched(result)
    if before != now:
        for change in workflow_changes(before, now):
            yield f"workflow-weakened: {change.file}:{change.span.row}: {change.message}"


def _watched(tree: Tree) -> dict[str, bytes]:
    """The files that may run pmlint; one that cannot be read runs nothing."""
    found = {}
    for entry in tree.walk(""):
        if is_watched(entry.path):
            with suppress(Malformed):
                found[entry.path] = tree.read(entry.path)
    return found
