"""What later changes are judged by: configuration, policies, people and the baseline
(docs/spec/gate.md, 4).

1. Settings are compared by what they amount to, defaults filled in, whichever file they stand in;
   policies by id, so that one that hides a shipped one is compared with it.
2. All of it is compared while any route is held; a policy that is added is not judged by it, and so
   never comes together with a restart.
3. Where records lie may move if the merge result, read by it, has every record of the base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pmlint.errors import UsageError
from pmlint.gate.checks.effective import effective
from pmlint.gate.checks.judge import Judge
from pmlint.gate.checks.nearer import nearer_refusals
from pmlint.gate.checks.people import people_refusals
from pmlint.gate.comparison import Comparison, FieldChange
from pmlint.gate.reading import has_records, keeps_files
from pmlint.gate.refusal import Refusal, spaced
from pmlint.gate.snapshot import Memory, Snapshot
from pmlint.gate.transitions import RecordRows
from pmlint.place import Path
from pmlint.policy.folder import load_policies
from pmlint.policy.policy import Policy, policy_record
from pmlint.project.baseline import read_baseline


def weakening_refusals(judge: Judge) -> Iterator[Refusal]:
    """Everything that the change weakens of what judges."""
    yield from _settings(judge)
    yield from nearer_refusals(judge)
    yield from _policies(judge)
    yield from _baseline(judge)
    yield from people_refusals(judge)


def _settings(judge: Judge) -> Iterator[Refusal]:
    case = judge.case
    rows = case.table.rows("configuration")
    if case.written == judge.after:
        return
    before = effective(case.written, judge.after, case)
    after = effective(judge.after, case.written, case)
    for change in Comparison(case.table, rows).changes(before, after):
        if change.row.frees == "same-records" and _has_same_records(judge):
            continue
        yield from judge.refuse(rows, change, judge.file)


def _has_same_records(judge: Judge) -> bool:
    """Whether the merge result, read by its own settings, has every record of the base with
    its id, its owner and its links.
    """
    case = judge.case
    try:
        theirs = Snapshot(case.merged.tree, judge.after, Memory())
        return has_records(theirs, case.base) and keeps_files(case.base, theirs)
    except UsageError:
        return False


def _policies(judge: Judge) -> Iterator[Refusal]:
    case = judge.case
    if not _may_differ(judge):
        return
    theirs = load_policies(case.merged.tree, judge.after, case.today.unended)
    old = {policy.id: policy for policy in case.policies.policies}
    new = {policy.id: policy for policy in theirs.policies}
    rows = case.table.rows("policy")
    for name in sorted(old.keys() | new.keys()):
        yield from _policy(judge, rows, name, old.get(name), new.get(name))
    added = next(row for row in rows.facts["."] if row.code == "policies-and-restart")
    if added.asks("added") and judge.restarts and _demands(old) != _demands(new):
        names = sorted(
            name for name in {*old, *new} if _demand(old.get(name)) != _demand(new.get(name))
        )
        first = new.get(names[0])
        own = first if first is not None and not first.shipped else None
        yield Refusal(
            "policies-and-restart",
            f"policy '{names[0]}' changes together with a restored route",
            own.file if own else judge.file,
            Path() / "id" if own else None,
            subject=names[0],
            field=".",
        )


def _may_differ(judge: Judge) -> bool:
    case = judge.case
    folders = {case.settings.policies, judge.after.policies}
    return case.written != judge.after or any(
        case.base.identity(entry.path) != case.merged.identity(entry.path)
        for folder in folders
        for side in (case.base, case.merged)
        for entry in side.tree.walk(folder)
    )


def _policy(
    judge: Judge, rows: RecordRows, name: str, before: Policy | None, after: Policy | None
) -> Iterator[Refusal]:
    if before is None:
        return  # it demands more; with a restart it is refused as a whole
    if after is None:
        row = rows.fact(".")
        if name in judge.after.rules and judge.after.rules[name].off:
            return  # the setting that turns it off is refused by its own row
        change = FieldChange(row, "removed", name, None, Path(), Path(), (judge.scope,))
        yield from judge.refuse(rows, change, before.file, name, side="base")
        return
    if _demand(before) == _demand(after):
        return
    spot = Comparison(judge.case.table, rows)
    for change in spot.changes(policy_record(before), policy_record(after)):
        file = after.file if not after.shipped else before.file
        side = "base" if after.shipped and not before.shipped else ""
        yield from judge.refuse(rows, change, file, name, side=side)


def _baseline(judge: Judge) -> Iterator[Refusal]:
    case = judge.case
    before, file = case.settings.baseline, judge.after.baseline
    # the setting may move, and another file with more in it is no way round
    if not file or case.base.identity(before) == case.merged.identity(file):
        return
    known = read_baseline(case.base.tree, before)
    row = case.table.rows("baseline").field("known[]")
    for entry in sorted(read_baseline(case.merged.tree, file) - known):
        text = " ".join(filter(None, entry))
        scope = judge.scope._replace(field="baseline")
        blobs = (case.base.identity(before) or None, case.merged.identity(file) or None)
        change = FieldChange(row, "added", blobs[0], blobs[1], Path(), Path(), (scope,))
        if change.loosens and judge.is_held and (lack := judge.lack(change)):
            yield Refusal(
                row.code,
                f"{text} was added to the baseline{spaced(lack)}",
                file,
                None,
                subject=entry.postmortem,
                field=row.field,
                after=entry._asdict(),
                values={"to": str(blobs[1]), "path": file},
            )


def _demand(policy: Policy | None) -> object:
    return None if policy is None else policy_record(policy)


def _demands(policies: Mapping[str, Policy]) -> dict[str, object]:
    return {name: _demand(policy) for name, policy in policies.items()}
